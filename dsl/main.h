#ifndef WEFT_DSL_MAIN_H_
#define WEFT_DSL_MAIN_H_

// WEFT_MAIN(run), once in a program at namespace scope, makes `int run(weft::Array<weft::Str>
// args)` its entry point. args[0] is the name under which the program was started. What `run`
// returns is the exit code.

#include "dsl/array.h"
#include "dsl/exception.h"
#include "dsl/macros.h"
#include "dsl/str.h"
#ifndef __WEFT__
#include "dsl/direct_main.h"
#endif

#ifdef __WEFT__
#define WEFT_MAIN(run)                                                                 \
  [[clang::annotate("weft.entry")]] int weft_entry_(::weft::Array<::weft::Str> args) { \
    return run(args);                                                                  \
  }
#else
#define WEFT_MAIN(run)     \
  WEFT_DIRECT_ASAN_OPTIONS \
  int main(int argc, char** argv) { return ::weft::direct::run_main(run, argc, argv); }
#endif

#endif  // WEFT_DSL_MAIN_H_
