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

// A place in the restricted C++ program, for messages.
typedef struct weft_place {
  const char* function;
  const char* file;
  uint32_t line;
} weft_place;

static inline int weft_exception_occurred(void) { return WEFT_UNLIKELY(weft_exception != NULL); }

// Makes `exception` the pending one. Raising the one that was caught last (`throw;`) continues its
// traceback, any other begins a new one.
WEFT_COLD_FUNCTION void weft_exception_set(weft_object* exception, const weft_place* place);

// Makes the prebuilt StackOverflowError pending; see weft_stack_check.
WEFT_COLD_FUNCTION void weft_stack_overflowed(const weft_place* place);

// Notes that the pending exception passed this place, which may be that of an allocation that
// raised it.
WEFT_COLD_FUNCTION void weft_traceback_add(const weft_place* place);

// Takes the pending exception, leaving none.
static inline weft_object* weft_exception_take(void) {
  weft_object* exception = weft_exception;
  weft_exception = NULL;
  return exception;
}

// Prints `uncaught exception: CLASS: MESSAGE` and the traceback of the pending exception.
WEFT_COLD_FUNCTION void weft_report_uncaught(void);

// `FILE:LINE: fatal error: TEXT` and the function's name, after what the program printed; aborts.
WEFT_COLD_FUNCTION WEFT_NORETURN void weft_fatal(const weft_str* text, const weft_place* place);
WEFT_COLD_FUNCTION WEFT_NORETURN void weft_check_nonnull_failed(const weft_place* place);
WEFT_COLD_FUNCTION WEFT_NORETURN void weft_check_index_failed(int64_t index, int64_t length,
                                                              const weft_place* place);
WEFT_COLD_FUNCTION WEFT_NORETURN void weft_check_nonzero_failed(const weft_place* place);
// An object with the type id `actual` is not of the class whose first one is `expected`.
WEFT_COLD_FUNCTION WEFT_NORETURN void weft_check_cast_failed(uint32_t actual, uint32_t expected,
                                                             const weft_place* place);
WEFT_COLD_FUNCTION WEFT_NORETURN void weft_unreachable(const weft_place* place);

#ifdef __cplusplus
}
#endif

#endif  // WEFT_BACKEND_C_RUNTIME_EXCEPTIONS_H_
