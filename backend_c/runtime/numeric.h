#ifndef WEFT_BACKEND_C_RUNTIME_NUMERIC_H_
#define WEFT_BACKEND_C_RUNTIME_NUMERIC_H_

// Arithmetic of the restricted language where C leaves the result undefined: division of the most
// negative number, conversion of floats that do not fit, counting the bits of zero. Sums, products
// and shifts of signed numbers need -fwrapv.

#include <stdint.h>
#include <string.h>

// Division truncates; the divisor is not zero. The most negative number divided by -1 is itself.
#define WEFT_DEFINE_DIVISION(suffix, type)                   \
  static inline type weft_div_##suffix(type a, type b) {     \
    return b == -1 ? (type)(0 - (u##type)a) : (type)(a / b); \
  }                                                          \
  static inline type weft_rem_##suffix(type a, type b) { return b == -1 ? (type)0 : (type)(a % b); }
WEFT_DEFINE_DIVISION(i8, int8_t)
WEFT_DEFINE_DIVISION(i16, int16_t)
WEFT_DEFINE_DIVISION(i32, int32_t)
WEFT_DEFINE_DIVISION(i64, int64_t)
#undef WEFT_DEFINE_DIVISION

// A float as an integer, cut towards zero. What does not fit becomes the nearest end of the range,
// a NaN becomes 0. `above` is the first float that is too large.
#define WEFT_DEFINE_CONVERSION(suffix, type, least, most, above) \
  static inline type weft_##suffix##_from_f64(double x) {        \
    if (x > (double)(least)-1.0 || x >= (double)(least)) {       \
      return x < (above) ? (type)x : (most);                     \
    }                                                            \
    return x != x ? (type)0 : (least);                           \
  }                                                              \
  static inline type weft_##suffix##_from_f32(float x) {         \
    return weft_##suffix##_from_f64((double)x);                  \
  }
WEFT_DEFINE_CONVERSION(i8, int8_t, INT8_MIN, INT8_MAX, 128.0)
WEFT_DEFINE_CONVERSION(i16, int16_t, INT16_MIN, INT16_MAX, 32768.0)
WEFT_DEFINE_CONVERSION(i32, int32_t, INT32_MIN, INT32_MAX, 2147483648.0)
WEFT_DEFINE_CONVERSION(i64, int64_t, INT64_MIN, INT64_MAX, 9223372036854775808.0)
WEFT_DEFINE_CONVERSION(u8, uint8_t, 0, UINT8_MAX, 256.0)
WEFT_DEFINE_CONVERSION(u16, uint16_t, 0, UINT16_MAX, 65536.0)
WEFT_DEFINE_CONVERSION(u32, uint32_t, 0, UINT32_MAX, 4294967296.0)
WEFT_DEFINE_CONVERSION(u64, uint64_t, 0, UINT64_MAX, 18446744073709551616.0)
#undef WEFT_DEFINE_CONVERSION

// For zero: the width.
static inline int32_t weft_clz_u32(uint32_t x) { return x == 0 ? 32 : __builtin_clz(x); }
static inline int32_t weft_clz_u64(uint64_t x) { return x == 0 ? 64 : __builtin_clzll(x); }
static inline int32_t weft_ctz_u32(uint32_t x) { return x == 0 ? 32 : __builtin_ctz(x); }
static inline int32_t weft_ctz_u64(uint64_t x) { return x == 0 ? 64 : __builtin_ctzll(x); }
static inline int32_t weft_popcount_u32(uint32_t x) { return __builtin_popcount(x); }
static inline int32_t weft_popcount_u64(uint64_t x) { return __builtin_popcountll(x); }

static inline uint64_t weft_f64_bits(double x) {
  uint64_t bits;
  memcpy(&bits, &x, sizeof bits);
  return bits;
}
static inline double weft_f64_from_bits(uint64_t bits) {
  double x;
  memcpy(&x, &bits, sizeof x);
  return x;
}
static inline uint32_t weft_f32_bits(float x) {
  uint32_t bits;
  memcpy(&bits, &x, sizeof bits);
  return bits;
}
static inline float weft_f32_from_bits(uint32_t bits) {
  float x;
  memcpy(&x, &bits, sizeof x);
  return x;
}

#endif  // WEFT_BACKEND_C_RUNTIME_NUMERIC_H_
