// What is not C++ is for Clang to say.
//! W0100 at 1: does not parse
#include "dsl/weft.h"

int run(weft::Array<weft::Str> args) { return nothing_of_that_name; }
WEFT_MAIN(run)
