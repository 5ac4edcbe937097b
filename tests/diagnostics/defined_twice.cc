// weft: check tests/diagnostics/other/twice.cc FILE
// Two sources that define one function, and disagree about a class.
#include "dsl/weft.h"

struct Pair {  //! W0212: 'Pair' is defined differently
  int first;
  int second;
};

int twice(int n) { return n + n; }  //! W0117: 'twice' is defined twice

int run(weft::Array<weft::Str> args) {
  Pair pair{twice(1), 2};
  return pair.first;
}
WEFT_MAIN(run)
