#ifndef WEFT_DSL_HASH_H_
#define WEFT_DSL_HASH_H_

// Hasher<K>: how Dict hashes and compares keys. There is one for integers, enums, bool, Str and
// pointers to objects (by identity); a program adds its own as a specialisation with the same two
// functions.

#include <cstdint>
#include <type_traits>

#include "dsl/object.h"
#include "dsl/str.h"

namespace weft {

// Spreads the bits of `value` so that both ends of the result depend on all of them.
constexpr uint64_t mix_hash(uint64_t value) {
  value ^= value >> 32;
  value *= 0xd6e8feb86659fd93u;
  value ^= value >> 32;
  return value;
}

// The hash of a sequence, from the hash so far and the next part's hash.
constexpr uint64_t combine_hash(uint64_t so_far, uint64_t next) {
  return mix_hash(so_far * 31 + next);
}

template <class K>
struct Hasher {
  static_assert(std::is_integral_v<K> || std::is_enum_v<K>,
                "Dict needs a weft::Hasher for this type of key");
  static uint64_t hash(K key) { return mix_hash(static_cast<uint64_t>(key)); }
  static bool equal(K a, K b) { return a == b; }
};

template <>
struct Hasher<Str> {
  static uint64_t hash(Str key) { return static_cast<uint64_t>(key.hash()); }
  static bool equal(Str a, Str b) { return a == b; }
};

template <class T>
struct Hasher<T*> {
  static uint64_t hash(T* key) {
    return key == nullptr ? 0 : mix_hash(static_cast<uint64_t>(identity_hash(key)));
  }
  static bool equal(T* a, T* b) { return a == b; }
};

}  // namespace weft

#endif  // WEFT_DSL_HASH_H_
