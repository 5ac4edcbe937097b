// fatal() ends the program with one's own words, in every build.
// battery: exit=134 stderr="fatal error: own words 42"

#include "tests/battery/show.h"

using namespace weft;

class Guard {
 public:
  Guard() {}
  Guard(const Guard&) = delete;
  ~Guard() { println("not printed"); }
};
static void check(int x) {
  if (x > 40) fatal("own words " + format_int(x));
}

int run(Array<Str>) {
  Guard guard;
  check(5);
  println("before");
  try {
    check(42);
  } catch (...) {
    println("not caught");
  }
  return 0;
}

WEFT_MAIN(run)

//| before
