#ifndef WEFT_DSL_MATH_H_
#define WEFT_DSL_MATH_H_

// Mathematical functions of the C library, under their own names, and what builds on them.

#include <cstdint>

#include "dsl/macros.h"
#ifndef __WEFT__
#include <cmath>
#endif

namespace weft {

#ifdef __WEFT__
#define WEFT_MATH_1(name) WEFT_EXTERNAL(#name) double name(double x);
#define WEFT_MATH_2(name) WEFT_EXTERNAL(#name) double name(double x, double y);
#else
// The same functions under a second name, so that `using namespace weft` makes no call ambiguous.
#define WEFT_MATH_1(name) using ::name;
#define WEFT_MATH_2(name) using ::name;
#endif

WEFT_MATH_1(sqrt)
WEFT_MATH_1(cbrt)
WEFT_MATH_1(floor)
WEFT_MATH_1(ceil)
WEFT_MATH_1(trunc)
WEFT_MATH_1(round)
WEFT_MATH_1(fabs)
WEFT_MATH_1(exp)
WEFT_MATH_1(expm1)
WEFT_MATH_1(log)
WEFT_MATH_1(log2)
WEFT_MATH_1(log10)
WEFT_MATH_1(log1p)
WEFT_MATH_1(sin)
WEFT_MATH_1(cos)
WEFT_MATH_1(tan)
WEFT_MATH_1(asin)
WEFT_MATH_1(acos)
WEFT_MATH_1(atan)
WEFT_MATH_1(sinh)
WEFT_MATH_1(cosh)
WEFT_MATH_1(tanh)
WEFT_MATH_2(pow)
WEFT_MATH_2(fmod)
WEFT_MATH_2(atan2)
WEFT_MATH_2(hypot)

#undef WEFT_MATH_1
#undef WEFT_MATH_2

constexpr double kPi = 3.14159265358979323846;
constexpr double kE = 2.71828182845904523536;

constexpr double kInfinity = __builtin_inf();
constexpr double kNaN = __builtin_nan("");

constexpr bool is_nan(double x) { return x != x; }
constexpr bool is_infinite(double x) { return x == kInfinity || x == -kInfinity; }
constexpr bool is_finite(double x) { return x - x == 0.0; }

template <class T>
constexpr T min(T a, T b) {
  return b < a ? b : a;
}
template <class T>
constexpr T max(T a, T b) {
  return a < b ? b : a;
}

// `x` as an int64_t, cut towards zero; numbers outside the range give its ends and a NaN gives 0.
// (A plain cast of a number that does not fit is refused nowhere and gives an unspecified result.)
constexpr int64_t to_int64(double x) {
  if (x >= 9223372036854775808.0) return INT64_MAX;
  if (x <= -9223372036854775808.0) return INT64_MIN;
  return is_nan(x) ? 0 : static_cast<int64_t>(x);
}

}  // namespace weft

#endif  // WEFT_DSL_MATH_H_
