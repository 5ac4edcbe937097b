#ifndef WEFT_BACKEND_C_RUNTIME_OPS_H_
#define WEFT_BACKEND_C_RUNTIME_OPS_H_

// The operations of flow graphs that C has no operator for, or one that means something else.
//
// Compiles as C11 and as C++20, and needs no option: integers wrap whatever -fwrapv says. A macro
// evaluates each operand once; what would have to evaluate one twice is an inline function.

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "backend_c/runtime/runtime.h"

#ifdef __cplusplus
#define WEFT_STATIC_ASSERT(condition) static_assert(condition, #condition)
#else
#define WEFT_STATIC_ASSERT(condition) _Static_assert(condition, #condition)
#endif

// Which functions of generated code a translation unit keeps to itself: none when every shard is
// one, all of them in all.c, which defines this before it includes the shards.
#ifndef WEFT_FUNCTION
#define WEFT_FUNCTION
#endif

#define WEFT_NOINLINE __attribute__((noinline))
#define WEFT_COLD __attribute__((cold))
#define WEFT_UNREACHABLE() __builtin_unreachable()

// Any function, as a value. It is cast to what it is where it is called.
typedef void (*weft_code)(void);

// ---- Integers that wrap. Unsigned arithmetic does, and the conversion back is modulo 2^n. The
// narrow types go through uint32_t, because uint16_t operands would be promoted to int.

#define weft_add_i8(a, b) ((int8_t)((uint32_t)(a) + (uint32_t)(b)))
#define weft_add_i16(a, b) ((int16_t)((uint32_t)(a) + (uint32_t)(b)))
#define weft_add_i32(a, b) ((int32_t)((uint32_t)(a) + (uint32_t)(b)))
#define weft_add_i64(a, b) ((int64_t)((uint64_t)(a) + (uint64_t)(b)))
#define weft_add_u8(a, b) ((uint8_t)((uint32_t)(a) + (uint32_t)(b)))
#define weft_add_u16(a, b) ((uint16_t)((uint32_t)(a) + (uint32_t)(b)))
#define weft_sub_i8(a, b) ((int8_t)((uint32_t)(a) - (uint32_t)(b)))
#define weft_sub_i16(a, b) ((int16_t)((uint32_t)(a) - (uint32_t)(b)))
#define weft_sub_i32(a, b) ((int32_t)((uint32_t)(a) - (uint32_t)(b)))
#define weft_sub_i64(a, b) ((int64_t)((uint64_t)(a) - (uint64_t)(b)))
#define weft_sub_u8(a, b) ((uint8_t)((uint32_t)(a) - (uint32_t)(b)))
#define weft_sub_u16(a, b) ((uint16_t)((uint32_t)(a) - (uint32_t)(b)))
#define weft_mul_i8(a, b) ((int8_t)((uint32_t)(a) * (uint32_t)(b)))
#define weft_mul_i16(a, b) ((int16_t)((uint32_t)(a) * (uint32_t)(b)))
#define weft_mul_i32(a, b) ((int32_t)((uint32_t)(a) * (uint32_t)(b)))
#define weft_mul_i64(a, b) ((int64_t)((uint64_t)(a) * (uint64_t)(b)))
#define weft_mul_u8(a, b) ((uint8_t)((uint32_t)(a) * (uint32_t)(b)))
#define weft_mul_u16(a, b) ((uint16_t)((uint32_t)(a) * (uint32_t)(b)))
#define weft_neg_i8(a) ((int8_t)(0u - (uint32_t)(a)))
#define weft_neg_i16(a) ((int16_t)(0u - (uint32_t)(a)))
#define weft_neg_i32(a) ((int32_t)(0u - (uint32_t)(a)))
#define weft_neg_i64(a) ((int64_t)(UINT64_C(0) - (uint64_t)(a)))
#define weft_neg_u8(a) ((uint8_t)(0u - (uint32_t)(a)))
#define weft_neg_u16(a) ((uint16_t)(0u - (uint32_t)(a)))
#define weft_neg_u32(a) (0u - (uint32_t)(a))
#define weft_neg_u64(a) (UINT64_C(0) - (uint64_t)(a))

// A shift takes its count modulo the width. Signed right shifts are arithmetic in gcc and clang.
#define weft_shl_i8(a, n) ((int8_t)((uint32_t)(a) << ((n) & 7)))
#define weft_shl_i16(a, n) ((int16_t)((uint32_t)(a) << ((n) & 15)))
#define weft_shl_i32(a, n) ((int32_t)((uint32_t)(a) << ((n) & 31)))
#define weft_shl_i64(a, n) ((int64_t)((uint64_t)(a) << ((n) & 63)))
#define weft_shl_u8(a, n) ((uint8_t)((uint32_t)(a) << ((n) & 7)))
#define weft_shl_u16(a, n) ((uint16_t)((uint32_t)(a) << ((n) & 15)))
#define weft_shl_u32(a, n) ((uint32_t)(a) << ((n) & 31))
#define weft_shl_u64(a, n) ((uint64_t)(a) << ((n) & 63))
#define weft_shr_i8(a, n) ((int8_t)((int8_t)(a) >> ((n) & 7)))
#define weft_shr_i16(a, n) ((int16_t)((int16_t)(a) >> ((n) & 15)))
#define weft_shr_i32(a, n) ((int32_t)(a) >> ((n) & 31))
#define weft_shr_i64(a, n) ((int64_t)(a) >> ((n) & 63))
#define weft_shr_u8(a, n) ((uint8_t)((uint32_t)(a) >> ((n) & 7)))
#define weft_shr_u16(a, n) ((uint16_t)((uint32_t)(a) >> ((n) & 15)))
#define weft_shr_u32(a, n) ((uint32_t)(a) >> ((n) & 31))
#define weft_shr_u64(a, n) ((uint64_t)(a) >> ((n) & 63))

// Division truncates; the divisor is not zero. The least number divided by -1 is itself.
#define WEFT_SIGNED_DIVISION(suffix, type)                              \
  static inline type weft_div_##suffix(type a, type b) {                \
    return b == -1 ? (type)(UINT64_C(0) - (uint64_t)a) : (type)(a / b); \
  }                                                                     \
  static inline type weft_rem_##suffix(type a, type b) { return b == -1 ? (type)0 : (type)(a % b); }
WEFT_SIGNED_DIVISION(i8, int8_t)
WEFT_SIGNED_DIVISION(i16, int16_t)
WEFT_SIGNED_DIVISION(i32, int32_t)
WEFT_SIGNED_DIVISION(i64, int64_t)
#undef WEFT_SIGNED_DIVISION

#define WEFT_UNSIGNED_DIVISION(suffix, type)                                     \
  static inline type weft_div_##suffix(type a, type b) { return (type)(a / b); } \
  static inline type weft_rem_##suffix(type a, type b) { return (type)(a % b); }
WEFT_UNSIGNED_DIVISION(u8, uint8_t)
WEFT_UNSIGNED_DIVISION(u16, uint16_t)
WEFT_UNSIGNED_DIVISION(u32, uint32_t)
WEFT_UNSIGNED_DIVISION(u64, uint64_t)
#undef WEFT_UNSIGNED_DIVISION

#define WEFT_OVERFLOW_TESTS(suffix, type)                          \
  static inline bool weft_add_overflows_##suffix(type a, type b) { \
    type result;                                                   \
    return __builtin_add_overflow(a, b, &result);                  \
  }                                                                \
  static inline bool weft_sub_overflows_##suffix(type a, type b) { \
    type result;                                                   \
    return __builtin_sub_overflow(a, b, &result);                  \
  }                                                                \
  static inline bool weft_mul_overflows_##suffix(type a, type b) { \
    type result;                                                   \
    return __builtin_mul_overflow(a, b, &result);                  \
  }
WEFT_OVERFLOW_TESTS(i8, int8_t)
WEFT_OVERFLOW_TESTS(i16, int16_t)
WEFT_OVERFLOW_TESTS(i32, int32_t)
WEFT_OVERFLOW_TESTS(i64, int64_t)
WEFT_OVERFLOW_TESTS(u8, uint8_t)
WEFT_OVERFLOW_TESTS(u16, uint16_t)
WEFT_OVERFLOW_TESTS(u32, uint32_t)
WEFT_OVERFLOW_TESTS(u64, uint64_t)
#undef WEFT_OVERFLOW_TESTS

// ---- Floats.

// The remainder of two floats, as C's fmod: exact, with the dividend's sign.
static inline double weft_rem_f64(double a, double b) { return __builtin_fmod(a, b); }
static inline float weft_rem_f32(float a, float b) { return __builtin_fmodf(a, b); }

// A float as an integer, cut towards zero. What does not fit becomes the nearest end of the range,
// and a NaN becomes 0. `above` is the first float that is too large.
#define WEFT_SATURATE(suffix, type, least, most, above)      \
  static inline type weft_##suffix##_from_f64(double a) {    \
    if (a > (double)(least) - 1.0 || a >= (double)(least)) { \
      return a < (above) ? (type)a : (most);                 \
    }                                                        \
    return a != a ? (type)0 : (least);                       \
  }                                                          \
  static inline type weft_##suffix##_from_f32(float a) {     \
    return weft_##suffix##_from_f64((double)a);              \
  }
WEFT_SATURATE(i8, int8_t, INT8_MIN, INT8_MAX, 128.0)
WEFT_SATURATE(i16, int16_t, INT16_MIN, INT16_MAX, 32768.0)
WEFT_SATURATE(i32, int32_t, INT32_MIN, INT32_MAX, 2147483648.0)
WEFT_SATURATE(i64, int64_t, INT64_MIN, INT64_MAX, 9223372036854775808.0)
WEFT_SATURATE(u8, uint8_t, 0, UINT8_MAX, 256.0)
WEFT_SATURATE(u16, uint16_t, 0, UINT16_MAX, 65536.0)
WEFT_SATURATE(u32, uint32_t, 0, UINT32_MAX, 4294967296.0)
WEFT_SATURATE(u64, uint64_t, 0, UINT64_MAX, 18446744073709551616.0)
#undef WEFT_SATURATE

static inline uint64_t weft_f64_bits(double a) {
  uint64_t bits;
  memcpy(&bits, &a, sizeof bits);
  return bits;
}
static inline double weft_f64_from_bits(uint64_t bits) {
  double a;
  memcpy(&a, &bits, sizeof a);
  return a;
}
static inline uint32_t weft_f32_bits(float a) {
  uint32_t bits;
  memcpy(&bits, &a, sizeof bits);
  return bits;
}
static inline float weft_f32_from_bits(uint32_t bits) {
  float a;
  memcpy(&a, &bits, sizeof a);
  return a;
}

// ---- Bits. Of zero, all are leading and trailing.

static inline int32_t weft_clz_u32(uint32_t a) { return a == 0 ? 32 : __builtin_clz(a); }
static inline int32_t weft_clz_u64(uint64_t a) { return a == 0 ? 64 : __builtin_clzll(a); }
static inline int32_t weft_ctz_u32(uint32_t a) { return a == 0 ? 32 : __builtin_ctz(a); }
static inline int32_t weft_ctz_u64(uint64_t a) { return a == 0 ? 64 : __builtin_ctzll(a); }
static inline int32_t weft_popcount_u32(uint32_t a) { return __builtin_popcount(a); }
static inline int32_t weft_popcount_u64(uint64_t a) { return __builtin_popcountll(a); }

// ---- Objects.

static inline uint32_t weft_type_id(const void* object) {
  return ((const weft_object*)object)->type_id;
}

// Whether an object's type id lies in the range of TYPE: an enumerator with a TYPE_END beside it.
#define WEFT_HAS_TYPE(object, TYPE) \
  ((uint32_t)(weft_type_id(object) - (uint32_t)TYPE) < (uint32_t)(TYPE##_END - TYPE))
static inline bool weft_is_instance(const void* object, uint32_t first, uint32_t end) {
  return object != NULL && (uint32_t)(weft_type_id(object) - first) < (uint32_t)(end - first);
}
#define WEFT_IS_INSTANCE(object, TYPE) \
  weft_is_instance(object, (uint32_t)TYPE, (uint32_t)TYPE##_END)

// The same where the reference may be an immediate. `kinds` says whether those that there are have
// the type.
enum { WEFT_NO_IMMEDIATES, WEFT_FLOAT_IMMEDIATES, WEFT_INT_IMMEDIATES, WEFT_ALL_IMMEDIATES };
#if WEFT_HAS_IMMEDIATES
static inline uint32_t weft_type_id_of_any(const void* object, uint32_t of_float, uint32_t of_int) {
  if (!weft_is_immediate(object)) return weft_type_id(object);
  return of_int == 0 || (of_float != 0 && !weft_is_i64(object)) ? of_float : of_int;
}
static inline bool weft_has_type_of_any(const void* object, uint32_t first, uint32_t end,
                                        int kinds) {
  if (weft_is_immediate(object)) {
    if (kinds == WEFT_NO_IMMEDIATES || kinds == WEFT_ALL_IMMEDIATES) return kinds != 0;
    return weft_is_i64(object) == (kinds == WEFT_INT_IMMEDIATES);
  }
  return (uint32_t)(weft_type_id(object) - first) < (uint32_t)(end - first);
}
static inline bool weft_is_instance_of_any(const void* object, uint32_t first, uint32_t end,
                                           int kinds) {
  // One comparison for both where no immediate has the type.
  if (kinds == WEFT_NO_IMMEDIATES) {
    return weft_is_heap_reference(object) &&
           (uint32_t)(weft_type_id(object) - first) < (uint32_t)(end - first);
  }
  return object != NULL && weft_has_type_of_any(object, first, end, kinds);
}
#define WEFT_HAS_TYPE_OF_ANY(object, TYPE, kinds) \
  weft_has_type_of_any(object, (uint32_t)TYPE, (uint32_t)TYPE##_END, kinds)
#define WEFT_IS_INSTANCE_OF_ANY(object, TYPE, kinds) \
  weft_is_instance_of_any(object, (uint32_t)TYPE, (uint32_t)TYPE##_END, kinds)
#endif

static inline int64_t weft_identity_hash(const void* object) {
#if WEFT_HAS_IMMEDIATES
  if (weft_is_immediate(object)) return weft_hash_immediate(object);
#endif
  return weft_gc_identity_hash((weft_object*)object);
}

// A place is a base and an offset from it; the base of a local's place is null.
#define WEFT_AT(type, base, offset) (*(type*)((uintptr_t)(base) + (uintptr_t)(offset)))

#define WEFT_ITEM_OFFSET(start, index, size) \
  ((int64_t)((uint64_t)(start) + (uint64_t)(index) * (uint64_t)(size)))
#define WEFT_ITEM_ADDRESS(object, start, index, size) \
  ((char*)(object) + ((uint64_t)(start) + (uint64_t)(index) * (uint64_t)(size)))

// The ranges may overlap; an empty one may be of no object at all.
static inline void weft_copy_bytes(char* to, const char* from, int64_t count) {
  if (count > 0) memmove(to, from, (size_t)count);
}
static inline bool weft_bytes_equal(const char* a, const char* b, int64_t count) {
  return count <= 0 || memcmp(a, b, (size_t)count) == 0;
}
static inline int32_t weft_bytes_compare(const char* a, const char* b, int64_t count) {
  int order = count <= 0 ? 0 : memcmp(a, b, (size_t)count);
  return (order > 0) - (order < 0);
}

// A weak reference: an object with one field, which the collector clears. NULL without memory.
static inline weft_object* weft_weakref_make(uint32_t type_id, size_t size, size_t offset,
                                             void* target) {
  weft_object* object = weft_gc_alloc(type_id, size);
  if (object != NULL) WEFT_AT(void*, object, offset) = target;
  return object;
}

// Instructions of an interpreter loop as functions that call each other in place of returning
// (backend_c/dispatch.h).
#if defined(__has_attribute)
#if __has_attribute(musttail)
#define WEFT_MUSTTAIL __attribute__((musttail))
#endif
#if __has_attribute(preserve_none) && (defined(__x86_64__) || defined(__aarch64__))
#define WEFT_HANDLER __attribute__((preserve_none))
#endif
#endif
#ifndef WEFT_HANDLER
#define WEFT_HANDLER
#endif

// Announce stores of references to the collector (gc/weft_gc.h); empty for one that has no use for
// it. The base of a place that holds a reference is never null.
#if WEFT_GC_HAS_WRITE_BARRIER
#define WEFT_WRITE_BARRIER(object, slot, value) \
  weft_gc_write_barrier((weft_object*)(object), slot, (void*)(value))
#define WEFT_WRITE_BARRIER_OBJECT(object) weft_gc_write_barrier_object((weft_object*)(object))
#define WEFT_WRITE_BARRIER_ITEM(object, slot, value) \
  weft_gc_write_barrier_item((weft_object*)(object), slot, (void*)(value))
#define WEFT_WRITE_BARRIER_AT(base, offset, value) \
  weft_gc_write_barrier_item((weft_object*)(base), &WEFT_AT(void*, base, offset), (void*)(value))
#define WEFT_WRITE_BARRIER_COPY(object, to, from, bytes) \
  weft_gc_write_barrier_copy((weft_object*)(object), to, from, bytes)
#define WEFT_REMEMBER_ALWAYS(array) weft_gc_remember_always((weft_object*)(array))
#define WEFT_WRITE_BARRIER_GLOBAL(slot, value) weft_gc_write_barrier_global(slot, (void*)(value))
#endif

#ifdef __cplusplus
#define WEFT_BEGIN_C extern "C" {
#define WEFT_END_C }
#else
#define WEFT_BEGIN_C
#define WEFT_END_C
#endif

#endif  // WEFT_BACKEND_C_RUNTIME_OPS_H_
