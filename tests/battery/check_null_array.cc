// An element of a null array.
// battery: exit=134 check stderr="fatal error: null dereference"

#include "tests/battery/show.h"

using namespace weft;

static int first(Array<int> a) { return a[0]; }

int run(Array<Str>) {
  Array<int> a(1);
  a[0] = 5;
  show("fine", first(a));
  show("not here", first(nullptr));
  return 0;
}

WEFT_MAIN(run)

//| fine 5
