// An index behind the end of an array is a fatal error, not an exception.
// battery: exit=134 check stderr="fatal error: index 5 is out of range for length 3"

#include "tests/battery/show.h"

using namespace weft;

static int read(Array<int> a, int i) { return a[i]; }

int run(Array<Str>) {
  Array<int> a(3);
  show("fine", read(a, 2));
  try {
    show("not here", read(a, 5));
  } catch (...) {
    println("not caught");
  }
  return 0;
}

WEFT_MAIN(run)

//| fine 0
