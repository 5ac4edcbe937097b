// weft: print FILE --stage=annotated --function=weft_entry_
// exit: 0
// A call by a pointer that nothing ever makes point to a function.

#include "dsl/weft.h"

static int (*hook)(int) = nullptr;

int run(weft::Array<weft::Str> args) {
  return hook(static_cast<int>(args.length()));  //! W0302: never points to a function
}

WEFT_MAIN(run)
