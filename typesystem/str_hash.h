#ifndef WEFT_TYPESYSTEM_STR_HASH_H_
#define WEFT_TYPESYSTEM_STR_HASH_H_

#include <cstdint>
#include <string_view>

namespace weft {

// The hash of a string's bytes, the same in every executor because frozen strings carry it: FNV-1a
// over the bytes, finished by a multiplication that spreads its high bits into the low ones. It is
// never 0, which in memory means "not computed yet".
constexpr int64_t StrHash(std::string_view bytes) {
  uint64_t hash = 14695981039346656037u;
  for (char c : bytes) {
    hash ^= static_cast<uint8_t>(c);
    hash *= 1099511628211u;
  }
  hash ^= hash >> 32;
  hash *= 0xd6e8feb86659fd93u;
  hash ^= hash >> 32;
  return hash == 0 ? 1 : static_cast<int64_t>(hash);
}

}  // namespace weft

#endif  // WEFT_TYPESYSTEM_STR_HASH_H_
