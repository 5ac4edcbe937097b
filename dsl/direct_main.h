#ifndef WEFT_DSL_DIRECT_MAIN_H_
#define WEFT_DSL_DIRECT_MAIN_H_

// How a direct build starts, and the hooks that its compiler flags call: one for each function
// entry
// (-finstrument-functions, for StackOverflowError) and one for each null dereference and division
// by zero
// (-fsanitize=null,integer-divide-by-zero). Included by the one file that says WEFT_MAIN.

#include <cxxabi.h>

#include <csignal>
#include <typeinfo>

#include "dsl/array.h"
#include "dsl/direct.h"
#include "dsl/exception.h"
#include "dsl/str.h"

namespace weft::direct {

inline int report_uncaught(Exception* exception) {
  const char* mangled = typeid(*exception).name();
  int status = 0;
  char* name = abi::__cxa_demangle(mangled, nullptr, nullptr, &status);
  std::fflush(stdout);
  std::fprintf(stderr, "uncaught exception: %s", status == 0 ? name : mangled);
  if (!exception->message.is_null() && exception->message.length() > 0) {
    std::fprintf(stderr, ": ");
    std::fwrite(exception->message.data()->bytes, 1,
                static_cast<size_t>(exception->message.length()), stderr);
  }
  std::fprintf(stderr, "\n");
  return 1;
}

// For a build without the sanitizer's checks: at least a message.
inline void on_fault(int signal) {
  std::signal(signal, SIG_DFL);
  fatal(nullptr, 0, signal == SIGFPE ? "division by zero" : "null dereference");
}

inline int run_main(int (*run)(Array<Str>), int argc, char** argv) {
  set_stack_limit(reinterpret_cast<uintptr_t>(__builtin_frame_address(0)));
#ifndef WEFT_DIRECT_ASAN
  std::signal(SIGSEGV, on_fault);
  std::signal(SIGFPE, on_fault);
#endif
  int code;
  try {
    Array<Str> args(argc);
    for (int i = 0; i < argc; i++) {
      args[i] = Str(str_of_bytes(argv[i], static_cast<int64_t>(std::strlen(argv[i]))));
    }
    code = run(args);
  } catch (Exception* exception) {
    code = report_uncaught(exception);
  }
  std::fflush(stdout);
  return code;
}

// What Clang and GCC hand to the sanitizer's functions: where the check stands, and more that is
// not read here.
struct CheckedPlace {
  const char* file;
  uint32_t line;
  uint32_t column;
};

}  // namespace weft::direct

extern "C" {

// Weak, because every file of a program includes this, and so that a build with the sanitizer's own
// run time keeps its reports.
[[gnu::weak, gnu::no_instrument_function]] void __ubsan_handle_type_mismatch_v1_abort(
    weft::direct::CheckedPlace* place, void*) {
  weft::direct::fatal(place->file, static_cast<int>(place->line), "null dereference");
}

[[gnu::weak, gnu::no_instrument_function]] void __ubsan_handle_divrem_overflow_abort(
    weft::direct::CheckedPlace* place, void*, void*) {
  weft::direct::fatal(place->file, static_cast<int>(place->line), "division by zero");
}

[[gnu::weak, gnu::no_instrument_function]] void __cyg_profile_func_enter(void*, void*) {
  weft::direct::check_stack(reinterpret_cast<uintptr_t>(__builtin_frame_address(0)));
}

[[gnu::weak, gnu::no_instrument_function]] void __cyg_profile_func_exit(void*, void*) {}

}  // extern "C"

// The direct build keeps all memory on purpose, which is no leak. Part of WEFT_MAIN, as the
// sanitizer's own weak definition would win over a second weak one.
#ifdef WEFT_DIRECT_ASAN
#define WEFT_DIRECT_ASAN_OPTIONS \
  extern "C" const char* __asan_default_options() { return "detect_leaks=0"; }
#else
#define WEFT_DIRECT_ASAN_OPTIONS
#endif

#endif  // WEFT_DSL_DIRECT_MAIN_H_
