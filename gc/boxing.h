#ifndef WEFT_GC_BOXING_H_
#define WEFT_GC_BOXING_H_

// References that hold a number themselves instead of naming an object ("immediates").
//
// Which there are is chosen for a whole artefact by a macro: WEFT_BOXING_NAN, WEFT_BOXING_TAGGED,
// or neither when every reference is null or an object. typesystem/boxing.h, which the translator
// goes by, says the same in C++ and describes the two forms.
//
// Whoever looks through a reference that may be to any object asks weft_is_heap_reference first;
// collectors do in gc/support.h, where they visit slots. Compiles as C11 and as C++20.

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(WEFT_BOXING_NAN)

#define WEFT_HAS_IMMEDIATES 1

static inline bool weft_is_immediate(const void* reference) {
  return (uint64_t)(uintptr_t)reference >> 48 != 0;
}
// Neither null nor an immediate.
static inline bool weft_is_heap_reference(const void* reference) {
  return (uint64_t)(uintptr_t)reference - 1 < (UINT64_C(1) << 48) - 1;
}

static inline bool weft_is_f64(const void* reference) {
  return (uint64_t)(uintptr_t)reference >> 49 != 0;
}
static inline void* weft_box_f64(double value) {
  uint64_t bits;
  memcpy(&bits, &value, sizeof bits);
  uint64_t word = bits + (UINT64_C(2) << 48);
  // Only some NaNs are that large.
  if (__builtin_expect(word < bits, 0)) word = (UINT64_C(0x7ff8) + 2) << 48;
  return (void*)(uintptr_t)word;
}
static inline double weft_unbox_f64(const void* reference) {
  uint64_t bits = (uint64_t)(uintptr_t)reference - (UINT64_C(2) << 48);
  double value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

static inline bool weft_is_i64(const void* reference) {
  return (uint64_t)(uintptr_t)reference >> 48 == 1;
}
static inline bool weft_fits_i64(int64_t value) {
  return (uint64_t)value + (UINT64_C(1) << 47) < UINT64_C(1) << 48;
}
static inline void* weft_box_i64(int64_t value) {
  return (void*)(uintptr_t)(((uint64_t)value & ((UINT64_C(1) << 48) - 1)) | UINT64_C(1) << 48);
}
static inline int64_t weft_unbox_i64(const void* reference) {
  return (int64_t)((uint64_t)(uintptr_t)reference << 16) >> 16;
}

#elif defined(WEFT_BOXING_TAGGED)

#define WEFT_HAS_IMMEDIATES 1

static inline bool weft_is_immediate(const void* reference) {
  return ((uintptr_t)reference & 1) != 0;
}
static inline bool weft_is_heap_reference(const void* reference) {
  return ((uintptr_t)reference & 1) == 0 && reference != NULL;
}

static inline bool weft_is_i64(const void* reference) { return weft_is_immediate(reference); }
static inline bool weft_fits_i64(int64_t value) {
  return (uint64_t)value + (UINT64_C(1) << 62) < UINT64_C(1) << 63;
}
static inline void* weft_box_i64(int64_t value) {
  return (void*)(uintptr_t)((uint64_t)value << 1 | 1);
}
static inline int64_t weft_unbox_i64(const void* reference) {
  return (int64_t)(intptr_t)reference >> 1;
}

#else

#define WEFT_HAS_IMMEDIATES 0

static inline bool weft_is_immediate(const void* reference) {
  (void)reference;
  return false;
}
static inline bool weft_is_heap_reference(const void* reference) { return reference != NULL; }

#endif

#if WEFT_HAS_IMMEDIATES
#ifdef __cplusplus
static_assert(sizeof(void*) == 8, "a reference that holds a number has 64 bits");
#else
_Static_assert(sizeof(void*) == 8, "a reference that holds a number has 64 bits");
#endif

// The identity hash of an immediate, which has no header to keep one in.
static inline int64_t weft_hash_immediate(const void* reference) {
  return (int64_t)(((uint64_t)(uintptr_t)reference * UINT64_C(0x9e3779b97f4a7c15)) >> 36);
}
#endif

#endif  // WEFT_GC_BOXING_H_
