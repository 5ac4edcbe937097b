#ifndef WEFT_DSL_INTRINSICS_H_
#define WEFT_DSL_INTRINSICS_H_

// Operations of the machine and hints that have no spelling in C++ itself. bits.h and overflow.h
// build on them.

#include <cstdint>
#include <type_traits>

#include "dsl/macros.h"
#ifndef __WEFT__
#include "dsl/direct_intrinsics.h"
#endif

namespace weft {

#ifdef __WEFT__

class Str;

// Ends the program: prints `FILE:LINE: fatal error: TEXT` and aborts. It is not an exception and
// runs no scope guard.
[[noreturn]] WEFT_INTRINSIC("fatal") void fatal(Str text);

// Says that control never comes here. Coming here is a fatal error where checks are on.
[[noreturn]] WEFT_INTRINSIC("unreachable") void unreachable();

// How `operator[]` takes an index, whatever integer type it is written in.
using Index = int64_t;

// An index outside 0 <= index < length is a fatal error where checks are on.
WEFT_INTRINSIC("check_index") void check_index(Index index, int64_t length);

// What comes in goes out; a just-in-time compiler may treat the value as a constant from here on.
// In an interpreter loop, `promote(code[next])` also promises that the array's elements do not
// change once the loop has seen it: code may be made for what they are. A reference that is
// promoted before it becomes a variable of the loop, as the function that is called, promises
// nothing: code may be made for one of them, and then knows what its immutable fields hold.
template <class T>
WEFT_INTRINSIC("promote")
T promote(T value);

// A T whose fields are all zero, false or null, as in a new array. No constructor runs.
template <class T>
WEFT_INTRINSIC("zero_value")
T zero_value();

// Whether the sum, difference or product does not fit. T is int32_t, int64_t, uint32_t or uint64_t.
template <class T>
WEFT_INTRINSIC("add_overflows")
bool add_overflows(T a, T b);
template <class T>
WEFT_INTRINSIC("sub_overflows")
bool sub_overflows(T a, T b);
template <class T>
WEFT_INTRINSIC("mul_overflows")
bool mul_overflows(T a, T b);

// Zero bits above the highest one, below the lowest one, and the number of ones. T is uint32_t or
// uint64_t. For zero, clz and ctz give the width of T.
template <class T>
WEFT_INTRINSIC("clz")
int32_t clz(T value);
template <class T>
WEFT_INTRINSIC("ctz")
int32_t ctz(T value);
template <class T>
WEFT_INTRINSIC("popcount")
int32_t popcount(T value);

// The bits of a float as an integer, and back.
WEFT_INTRINSIC("f64_bits") uint64_t f64_bits(double value);
WEFT_INTRINSIC("f64_from_bits") double f64_from_bits(uint64_t bits);
WEFT_INTRINSIC("f32_bits") uint32_t f32_bits(float value);
WEFT_INTRINSIC("f32_from_bits") float f32_from_bits(uint32_t bits);

#endif

// Which way a condition mostly goes.
constexpr bool likely(bool condition) { return __builtin_expect(condition, true); }
constexpr bool unlikely(bool condition) { return __builtin_expect(condition, false); }

}  // namespace weft

#endif  // WEFT_DSL_INTRINSICS_H_
