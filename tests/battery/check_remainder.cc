// The remainder of a division by zero, unsigned.
// battery: exit=134 check stderr="fatal error: division by zero"

#include "tests/battery/show.h"

using namespace weft;

static uint32_t rest(uint32_t a, uint32_t b) {
  a %= b;
  return a;
}

int run(Array<Str>) {
  show("fine", rest(7, 4));
  show("not here", rest(7, 0));
  return 0;
}

WEFT_MAIN(run)

//| fine 3
