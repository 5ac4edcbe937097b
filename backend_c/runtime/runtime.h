#ifndef WEFT_BACKEND_C_RUNTIME_RUNTIME_H_
#define WEFT_BACKEND_C_RUNTIME_RUNTIME_H_

// The one header that generated C includes. It compiles as C11 and as C++20.
//
//   gc/weft_gc.h     objects, types, allocation, the collector
//   exceptions.h     the pending exception, tracebacks, fatal errors, failing checks
//
// The external functions that a program calls are declared by the generated code itself; os.h is
// for the sources here.
//
// The generated program defines, besides what gc/weft_gc.h asks for:

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "backend_c/runtime/exceptions.h"
#include "gc/weft_gc.h"

#ifdef __cplusplus
extern "C" {
#endif

// The program's entry. The arguments are an array of strings, the program's name first. What it
// returns is the exit code, unless weft_exception is set.
int32_t weft_entry(weft_object* arguments);

// The type ids of Str and of Array<Str>, the type of the entry's parameter.
extern const uint32_t weft_str_type_id;
extern const uint32_t weft_args_type_id;

// Where an exception object holds its message (a string); 0 when the program has no exceptions.
extern const uint32_t weft_exception_message_offset;

// The globals with the prebuilt exceptions of dsl/exception.h; NULL where the program has none.
extern weft_object** const weft_memory_error_slot;
extern weft_object** const weft_stack_overflow_slot;

// ---- Strings ------------------------------------------------------------------------------------

// Computes the hash, which is not in the string yet, and keeps it there.
WEFT_SLOW_FUNCTION int64_t weft_str_hash_slow(weft_str* string);

static inline int64_t weft_str_hash(void* object) {
  weft_str* string = (weft_str*)object;
  return WEFT_LIKELY(string->hash != 0) ? string->hash : weft_str_hash_slow(string);
}

// ---- The stack ----------------------------------------------------------------------------------

extern char* weft_stack_limit;

#if defined(__x86_64__) && defined(__GNUC__)
static inline char* weft_stack_pointer(void) {
  char* here;
  __asm__("movq %%rsp, %0" : "=r"(here));
  return here;
}
#elif defined(__aarch64__) && defined(__GNUC__)
static inline char* weft_stack_pointer(void) {
  char* here;
  __asm__("mov %0, sp" : "=r"(here));
  return here;
}
#else
#define weft_stack_pointer() ((char*)__builtin_frame_address(0))
#endif

// Functions that can call themselves, directly or not, begin with this. True when the stack is used
// up: StackOverflowError is pending then, and its traceback begun.
static inline bool weft_stack_check(const weft_place* place) {
  if (WEFT_LIKELY(weft_stack_pointer() >= weft_stack_limit)) return false;
  weft_stack_overflowed(place);
  return true;
}

// ---- The shadow stack, as the gc transform uses it ----------------------------------------------

// Around a call, relative to the top: WEFT_ROOT_SET(0, p), WEFT_ROOT_SET(1, q),
// WEFT_ROOTS_ENTER(2), the call, WEFT_ROOTS_LEAVE(2), and when the collector moves objects
// p = (T*)WEFT_ROOT_GET(0). A function that does it often keeps the top in a variable.
#define WEFT_ROOT_SET(slot, pointer) (weft_shadow_top[slot] = (void*)(pointer))
#define WEFT_ROOTS_ENTER(count) (weft_shadow_top += (count))
#define WEFT_ROOTS_LEAVE(count) (weft_shadow_top -= (count))
#define WEFT_ROOT_GET(slot) (weft_shadow_top[slot])

#ifdef __cplusplus
}
#endif

#endif  // WEFT_BACKEND_C_RUNTIME_RUNTIME_H_
