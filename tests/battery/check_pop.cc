// pop() of an empty list.
// battery: exit=134 check stderr="fatal error: index -1 is out of range for length 0"

#include "tests/battery/show.h"

using namespace weft;

int run(Array<Str>) {
  List<Str> xs;
  xs.append("only");
  println(xs.pop());
  println(xs.pop());
  return 0;
}

WEFT_MAIN(run)

//| only
