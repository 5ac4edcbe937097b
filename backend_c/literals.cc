#include "backend_c/literals.h"

#include <fmt/format.h>

#include <bit>
#include <cmath>

#include "common/check.h"

namespace weft::backend_c {

std::string IntLiteral(TypeKind kind, int64_t value) {
  switch (kind) {
    case TypeKind::kBool:
      return value != 0 ? "true" : "false";
    case TypeKind::kU64:
      if (value >= 0 && value <= INT32_MAX) return fmt::format("{}u", value);
      return fmt::format("UINT64_C({})", static_cast<uint64_t>(value));
    case TypeKind::kU32:
      return fmt::format("{}u", static_cast<uint32_t>(value));
    default:
      if (value == INT64_MIN) return "INT64_MIN";
      if (value == INT32_MIN) return "INT32_MIN";
      if (value > INT32_MAX || value < INT32_MIN) {
        return value < 0 ? fmt::format("(-INT64_C({}))", -value)
                         : fmt::format("INT64_C({})", value);
      }
      return value < 0 ? fmt::format("({})", value) : fmt::format("{}", value);
  }
}

std::string FloatLiteral(TypeKind kind, double value) {
  const char* suffix = kind == TypeKind::kF32 ? "f" : "";
  const char* sign = std::signbit(value) ? "-" : "";
  std::string text;
  if (std::isnan(value)) {
    uint64_t payload = std::bit_cast<uint64_t>(value) & 0x7ffffffffffffu;
    if (kind == TypeKind::kF32) payload >>= 29;
    text = payload == 0 ? fmt::format("__builtin_nan{}(\"\")", suffix)
                        : fmt::format("__builtin_nan{}(\"{:#x}\")", suffix, payload);
  } else if (std::isinf(value)) {
    text = fmt::format("__builtin_inf{}()", suffix);
  } else if (std::fabs(value) < 1e15 && std::trunc(value) == value) {
    text = fmt::format("{:.1f}{}", std::fabs(value), suffix);
  } else {
    text = fmt::format("{:a}{}", std::fabs(value), suffix);
  }
  return *sign != 0 ? fmt::format("(-{})", text) : text;
}

std::string StringLiteral(std::string_view bytes, bool may_wrap) {
  std::string text = "\"";
  size_t column = 0;
  for (size_t i = 0; i < bytes.size(); ++i) {
    uint8_t c = static_cast<uint8_t>(bytes[i]);
    if (may_wrap && column > 0 && column % 96 == 0) text += "\"\n    \"";
    ++column;
    if (c == '"' || c == '\\') {
      text += '\\';
      text += static_cast<char>(c);
    } else if (c == '\n') {
      text += "\\n";
    } else if (c >= 0x20 && c < 0x7f && c != '?') {
      text += static_cast<char>(c);
    } else {
      // Three octal digits end by themselves, whatever follows. A question mark could begin a
      // trigraph.
      text += fmt::format("\\{:03o}", c);
    }
  }
  return text + "\"";
}

std::string CommentText(std::string_view text) {
  std::string result;
  for (char c : text) result += c == '\n' || c == '\r' ? ' ' : c;
  // A backslash at the end would continue the comment.
  while (!result.empty() && result.back() == '\\') result.pop_back();
  return result;
}

}  // namespace weft::backend_c
