#ifndef WEFT_INTERPRETER_SPEC_LOX_COMPILER_H_
#define WEFT_INTERPRETER_SPEC_LOX_COMPILER_H_

#include "interpreter_spec/lox/function.h"
#include "interpreter_spec/lox/globals.h"

namespace lox {

// Compiles a program. Prints what is wrong with it on standard error; if anything is, the result is
// null.
Function* Compile(Str source, Globals* globals);

}  // namespace lox

#endif  // WEFT_INTERPRETER_SPEC_LOX_COMPILER_H_
