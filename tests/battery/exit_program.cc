// exit_program ends at once, from deep inside, without running guards.
// battery: exit=7

#include "tests/battery/show.h"

using namespace weft;

class Guard {
 public:
  Guard() {}
  Guard(const Guard&) = delete;
  ~Guard() { println("not printed"); }
};
static int deep(int n) {
  Guard guard;
  if (n == 0) {
    print("leaving\n");
    exit_program(7);
  }
  return deep(n - 1);
}

int run(Array<Str>) {
  try {
    deep(5);
  } catch (...) {
    println("not caught");
  }
  return 0;
}

WEFT_MAIN(run)

//| leaving
