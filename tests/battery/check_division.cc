// Division of an integer by zero.
// battery: exit=134 check stderr="fatal error: division by zero"

#include "tests/battery/show.h"

using namespace weft;

static int64_t divide(int64_t a, int64_t b) { return a / b; }

int run(Array<Str>) {
  show("fine", divide(7, 2));
  show("double", 1 / 0.0);
  show("not here", divide(7, 0));
  return 0;
}

WEFT_MAIN(run)

//| fine 3
//| double inf
