#ifndef WEFT_DSL_OVERFLOW_H_
#define WEFT_DSL_OVERFLOW_H_

// Arithmetic that throws OverflowError instead of wrapping. T is int32_t, int64_t, uint32_t or
// uint64_t.

#include "dsl/exception.h"
#include "dsl/intrinsics.h"

namespace weft {

template <class T>
inline T ovf_add(T a, T b) {
  if (unlikely(add_overflows(a, b))) throw new OverflowError("integer overflow in addition");
  return a + b;
}

template <class T>
inline T ovf_sub(T a, T b) {
  if (unlikely(sub_overflows(a, b))) throw new OverflowError("integer overflow in subtraction");
  return a - b;
}

template <class T>
inline T ovf_mul(T a, T b) {
  if (unlikely(mul_overflows(a, b))) throw new OverflowError("integer overflow in multiplication");
  return a * b;
}

template <class T>
inline T ovf_neg(T a) {
  return ovf_sub(T{0}, a);
}

}  // namespace weft

#endif  // WEFT_DSL_OVERFLOW_H_
