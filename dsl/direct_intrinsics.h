#ifndef WEFT_DSL_DIRECT_INTRINSICS_H_
#define WEFT_DSL_DIRECT_INTRINSICS_H_

// The direct build's intrinsics.h.

#include <cstdint>
#include <type_traits>

#include "dsl/direct.h"

namespace weft {

[[noreturn]] inline void unreachable(WEFT_DIRECT_HERE) {
  direct::fatal(file, line, "unreachable code was reached");
}

// An index into something. It carries the place where it was written, so that a failing check can
// name it although `operator[]` takes one argument only.
struct Index {
  int64_t value;
  const char* file;
  int line;

  template <class I>
    requires(std::is_integral_v<I> || std::is_enum_v<I>)
  // NOLINTNEXTLINE(google-explicit-constructor): an index is written as a plain integer.
  constexpr Index(I index, WEFT_DIRECT_HERE)
      : value(static_cast<int64_t>(index)), file(file), line(line) {}

  constexpr operator int64_t() const { return value; }
};

inline void check_index(Index index, int64_t length) {
  direct::check_index(index.value, length, index.file, index.line);
}

template <class T>
inline T promote(T value) {
  return value;
}

template <class T>
inline T zero_value() {
  struct Bytes {
    alignas(T) char bytes[sizeof(T)];
  };
  return __builtin_bit_cast(T, Bytes{});
}

template <class T>
inline bool add_overflows(T a, T b) {
  T result;
  return __builtin_add_overflow(a, b, &result);
}

template <class T>
inline bool sub_overflows(T a, T b) {
  T result;
  return __builtin_sub_overflow(a, b, &result);
}

template <class T>
inline bool mul_overflows(T a, T b) {
  T result;
  return __builtin_mul_overflow(a, b, &result);
}

template <class T>
inline int32_t clz(T value) {
  static_assert(std::is_same_v<T, uint32_t> || std::is_same_v<T, uint64_t>);
  if (value == 0) return sizeof(T) * 8;
  return sizeof(T) == 8 ? __builtin_clzll(value) : __builtin_clz(static_cast<uint32_t>(value));
}

template <class T>
inline int32_t ctz(T value) {
  static_assert(std::is_same_v<T, uint32_t> || std::is_same_v<T, uint64_t>);
  if (value == 0) return sizeof(T) * 8;
  return sizeof(T) == 8 ? __builtin_ctzll(value) : __builtin_ctz(static_cast<uint32_t>(value));
}

template <class T>
inline int32_t popcount(T value) {
  static_assert(std::is_same_v<T, uint32_t> || std::is_same_v<T, uint64_t>);
  return __builtin_popcountll(value);
}

inline uint64_t f64_bits(double value) { return __builtin_bit_cast(uint64_t, value); }
inline double f64_from_bits(uint64_t bits) { return __builtin_bit_cast(double, bits); }
inline uint32_t f32_bits(float value) { return __builtin_bit_cast(uint32_t, value); }
inline float f32_from_bits(uint32_t bits) { return __builtin_bit_cast(float, bits); }

}  // namespace weft

#endif  // WEFT_DSL_DIRECT_INTRINSICS_H_
