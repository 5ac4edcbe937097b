// An expression of absurd depth is a diagnostic, not a crash.
#include "dsl/weft.h"

#define TEN - - - - - - - - - -
#define HUNDRED TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN
#define THOUSAND \
  HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED

int deep(int n) {
  return THOUSAND THOUSAND THOUSAND n;  //! W0133: nested too deeply
}

int run(weft::Array<weft::Str> args) { return deep(1); }
WEFT_MAIN(run)
