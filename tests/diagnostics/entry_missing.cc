// weft: run FILE
// A program without WEFT_MAIN.
//! W0135 at 1: the program has no entry point
#include "dsl/weft.h"

int run(weft::Array<weft::Str> args) { return 0; }
