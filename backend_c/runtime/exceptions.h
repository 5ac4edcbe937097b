#ifndef WEFT_BACKEND_C_RUNTIME_EXCEPTIONS_H_
#define WEFT_BACKEND_C_RUNTIME_EXCEPTIONS_H_

// The pending exception, tracebacks, and errors that end the program.
//
// Raising sets weft_exception and returns; every caller tests it and passes it on. On its way each
// function notes where it was, off the hot path: a program that raises nothing pays nothing for its
// tracebacks.

#include "gc/weft_gc.h"

#ifdef __cplusplus
extern "C" {
#endif

// A function of the restricted C++ program, for messages. One for each function and each file that
// code inlined into it comes from.
typedef struct weft_function {
  const char* name;
  const char* file;
} weft_function;

// Makes `exception` the pending one. Raising the one that was caught last (`throw;`) continues its
// traceback, any other begins a new one.
WEFT_COLD_FUNCTION void weft_raise(void* exception, const weft_function* function, int32_t line);

// Makes the prebuilt StackOverflowError pending.
WEFT_COLD_FUNCTION void weft_raise_stack_overflow(void);

// Notes that the pending exception passed this place, which includes the place of an allocation or
// a stack check that failed.
WEFT_COLD_FUNCTION void weft_traceback_add(const weft_function* function, int32_t line);

// For an exception that was taken; see weft_exception_take.
WEFT_COLD_FUNCTION void weft_traceback_caught(void);

// Takes the pending exception, leaving none.
static inline weft_object* weft_exception_take(void) {
  weft_object* exception = weft_exception;
  weft_exception = NULL;
  weft_traceback_caught();
  return exception;
}

// Prints the traceback of the pending exception and `uncaught exception: CLASS: MESSAGE`.
WEFT_COLD_FUNCTION void weft_report_uncaught(void);

// `FILE:LINE: fatal error: TEXT` and the function's name, after what the program printed; aborts.
WEFT_COLD_FUNCTION WEFT_NORETURN void weft_fatal(void* message, const weft_function* function,
                                                 int32_t line);
WEFT_COLD_FUNCTION WEFT_NORETURN void weft_check_failed_null(const weft_function* function,
                                                             int32_t line);
WEFT_COLD_FUNCTION WEFT_NORETURN void weft_check_failed_index(int64_t index, int64_t length,
                                                              const weft_function* function,
                                                              int32_t line);
WEFT_COLD_FUNCTION WEFT_NORETURN void weft_check_failed_zero(const weft_function* function,
                                                             int32_t line);
// `expected` is the name of a class.
WEFT_COLD_FUNCTION WEFT_NORETURN void weft_check_failed_cast(void* object, const char* expected,
                                                             const weft_function* function,
                                                             int32_t line);
WEFT_COLD_FUNCTION WEFT_NORETURN void weft_unreachable(const weft_function* function, int32_t line);

#ifdef __cplusplus
}
#endif

#endif  // WEFT_BACKEND_C_RUNTIME_EXCEPTIONS_H_
