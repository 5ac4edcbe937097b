#ifndef WEFT_INTERPRETER_SPEC_LOX_NATIVES_H_
#define WEFT_INTERPRETER_SPEC_LOX_NATIVES_H_

#include "interpreter_spec/lox/globals.h"

namespace lox {

// Defines the functions that every program finds: `clock`.
void DefineNatives(Globals* globals);

}  // namespace lox

#endif  // WEFT_INTERPRETER_SPEC_LOX_NATIVES_H_
