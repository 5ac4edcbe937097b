#ifndef WEFT_DSL_EXCEPTION_H_
#define WEFT_DSL_EXCEPTION_H_

// What is thrown: `throw new ValueError("...")`, `catch (ValueError* e)`. An exception that nobody
// catches ends the program with exit code 1 and `uncaught exception: CLASS: MESSAGE` on stderr.

#include "dsl/macros.h"
#include "dsl/object.h"
#include "dsl/str.h"

namespace weft {

class Exception : public Object {
 public:
  Str message;

  explicit Exception(Str message = Str()) : message(message) {}
};

// An arithmetic result does not fit (ovf_add and its family).
class OverflowError : public Exception {
 public:
  using Exception::Exception;
};

// There is no memory for a new object. The run time throws `memory_error_instance`, as it cannot
// allocate one.
class MemoryError : public Exception {
 public:
  using Exception::Exception;
};

// Calls are nested too deeply. The run time throws `stack_overflow_instance`.
class StackOverflowError : public Exception {
 public:
  using Exception::Exception;
};

// The operating system refused; `code` is its errno.
class OSError : public Exception {
 public:
  int32_t code;

  OSError(int32_t code, Str message) : Exception(message), code(code) {}
};

// An argument has no meaning for the function called.
class ValueError : public Exception {
 public:
  using Exception::Exception;
};

// A key or an element that was asked for is not there.
class LookupError : public Exception {
 public:
  using Exception::Exception;
};

inline MemoryError* const memory_error_instance = new MemoryError("out of memory");
inline StackOverflowError* const stack_overflow_instance = new StackOverflowError("stack overflow");

#ifndef __WEFT__
namespace direct {
[[noreturn, gnu::no_instrument_function]] inline void throw_memory_error() {
  throw memory_error_instance;
}
[[noreturn, gnu::no_instrument_function]] inline void throw_stack_overflow() {
  throw stack_overflow_instance;
}
}  // namespace direct
#endif

}  // namespace weft

#endif  // WEFT_DSL_EXCEPTION_H_
