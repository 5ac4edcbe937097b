// A negative index, of a list.
// battery: exit=134 check stderr="fatal error: index -1 is out of range for length 3"

#include "tests/battery/show.h"

using namespace weft;

int run(Array<Str>) {
  List<int> xs;
  for (int i = 0; i < 3; i++) xs.append(i);
  int64_t i = xs.index_of(99);
  println("before");
  xs[i] = 5;
  println("not here");
  return 0;
}

WEFT_MAIN(run)

//| before
