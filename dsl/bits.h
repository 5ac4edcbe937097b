#ifndef WEFT_DSL_BITS_H_
#define WEFT_DSL_BITS_H_

// Bit twiddling over the intrinsics clz, ctz and popcount.

#include <cstdint>

#include "dsl/intrinsics.h"

namespace weft {

constexpr uint32_t rotate_left(uint32_t value, int32_t count) {
  return (value << (count & 31)) | (value >> (-count & 31));
}
constexpr uint64_t rotate_left(uint64_t value, int32_t count) {
  return (value << (count & 63)) | (value >> (-count & 63));
}
constexpr uint32_t rotate_right(uint32_t value, int32_t count) {
  return rotate_left(value, -count);
}
constexpr uint64_t rotate_right(uint64_t value, int32_t count) {
  return rotate_left(value, -count);
}

// How many bits it takes to write `value`; 0 for 0.
inline int32_t bit_width(uint64_t value) { return 64 - clz(value); }

constexpr bool is_power_of_two(uint64_t value) { return value != 0 && (value & (value - 1)) == 0; }

// The smallest power of two that is not below `value`, which is at most 2^63.
inline uint64_t round_up_to_power_of_two(uint64_t value) {
  return value <= 1 ? 1 : uint64_t{1} << bit_width(value - 1);
}

// The high 64 bits of the 128-bit product.
constexpr uint64_t multiply_high(uint64_t a, uint64_t b) {
  uint64_t a_low = a & 0xffffffffu;
  uint64_t a_high = a >> 32;
  uint64_t b_low = b & 0xffffffffu;
  uint64_t b_high = b >> 32;
  uint64_t middle = a_high * b_low + ((a_low * b_low) >> 32);
  uint64_t middle2 = a_low * b_high + (middle & 0xffffffffu);
  return a_high * b_high + (middle >> 32) + (middle2 >> 32);
}

}  // namespace weft

#endif  // WEFT_DSL_BITS_H_
