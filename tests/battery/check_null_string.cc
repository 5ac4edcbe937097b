// The length of a null string.
// battery: exit=134 check stderr="fatal error: null dereference"

#include "tests/battery/show.h"

using namespace weft;

int run(Array<Str>) {
  Array<Str> texts(1);
  println("before");
  show("not here", texts[0].length());
  return 0;
}

WEFT_MAIN(run)

//| before
