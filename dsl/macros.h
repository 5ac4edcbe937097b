#ifndef WEFT_DSL_MACROS_H_
#define WEFT_DSL_MACROS_H_

// The annotations of restricted C++. `__WEFT__` is defined when Weft reads the program; then each
// macro becomes a Clang annotation that the frontend knows by its first string. In the direct build
// (any C++20 compiler) hints mean nothing.

#ifdef __WEFT__

// A function that the toolchain implements itself: `name` is the operation that a call becomes.
#define WEFT_INTRINSIC(name) [[clang::annotate("weft.intrinsic", name)]]
// A function of the run-time library, called by its C symbol.
#define WEFT_EXTERNAL(symbol) [[clang::annotate("weft.external", symbol)]]
// A type that the toolchain knows: "str" or "array".
#define WEFT_CORE(name) [[clang::annotate("weft.core", name)]]
// A value class that shares what it names. Its methods receive `this` by value and never assign to
// its own fields.
#define WEFT_HANDLE [[clang::annotate("weft.handle")]]
// A class whose objects hold one int64_t or double and nothing else, and have no identity.
#define WEFT_UNBOXED [[clang::annotate("weft.unboxed")]]
// A call may be left out when its result is known: the function only depends on its arguments.
#define WEFT_ELIDABLE [[clang::annotate("weft.elidable")]]
// The loops of this function are unrolled where their bounds are constant.
#define WEFT_UNROLL [[clang::annotate("weft.unroll")]]
// The function holds an interpreter loop.
#define WEFT_INTERPRETER_LOOP [[clang::annotate("weft.interpreter_loop")]]
#define WEFT_NOINLINE [[clang::annotate("weft.noinline")]]
#define WEFT_INLINE [[clang::annotate("weft.inline")]]
// The function is rarely called: out of line and out of the way.
#define WEFT_COLD [[clang::annotate("weft.cold")]]
// A class or a function of the platform: texts "HOST:WHAT", see dsl/host.h.
#define WEFT_HOST_CLASS(...) [[clang::annotate("weft.host_class", __VA_ARGS__)]]
#define WEFT_HOST_METHOD(...) [[clang::annotate("weft.host_method", __VA_ARGS__)]]
// The host may call the function, under its own name without namespaces.
#define WEFT_EXPORT [[clang::annotate("weft.export")]]

#else

#define WEFT_INTRINSIC(name) inline
#define WEFT_EXTERNAL(symbol) inline
#define WEFT_CORE(name)
#define WEFT_HANDLE
#define WEFT_UNBOXED
#define WEFT_ELIDABLE
#define WEFT_UNROLL
#define WEFT_INTERPRETER_LOOP
#define WEFT_NOINLINE [[gnu::noinline]]
#define WEFT_INLINE
#define WEFT_COLD [[gnu::cold]]
#define WEFT_HOST_CLASS(...)
#define WEFT_HOST_METHOD(...)
#define WEFT_EXPORT

#endif

#endif  // WEFT_DSL_MACROS_H_
