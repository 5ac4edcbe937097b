#include "backend_common/mangle.h"

#include <fmt/format.h>

namespace weft::backend_common {

namespace {

constexpr size_t kLongestPlainName = 80;

bool IsLetterOrDigit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

}  // namespace

uint64_t HashBytes(std::string_view bytes) {
  uint64_t hash = 0xcbf29ce484222325u;
  for (char c : bytes) {
    hash ^= static_cast<uint8_t>(c);
    hash *= 0x100000001b3u;
  }
  return hash;
}

std::string ShortHash(std::string_view bytes) {
  uint64_t hash = HashBytes(bytes);
  return fmt::format("{:010x}", (hash ^ (hash >> 40)) & 0xffffffffffu);
}

std::string Mangle(std::string_view name) {
  std::string result;
  bool plain = !name.empty();
  for (size_t i = 0; i < name.size(); ++i) {
    if (IsLetterOrDigit(name[i])) {
      result += name[i];
    } else if (name.substr(i, 2) == "::") {
      // "a_::b" and "a::_b" would meet.
      plain = plain && i > 0 && name[i - 1] != '_' && i + 2 < name.size() && name[i + 2] != '_';
      result += "__";
      ++i;
    } else if (name[i] == '_') {
      plain = plain && (i == 0 || name[i - 1] != '_');
      result += '_';
    } else {
      plain = false;
      if (!result.empty() && result.back() != '_') result += '_';
    }
  }
  if (plain && result.size() <= kLongestPlainName && result.find("__x") == std::string::npos) {
    return result;
  }
  if (result.size() > kLongestPlainName) result.resize(kLongestPlainName);
  while (!result.empty() && result.back() == '_') result.pop_back();
  return fmt::format("{}__x{}", result, ShortHash(name));
}

}  // namespace weft::backend_common
