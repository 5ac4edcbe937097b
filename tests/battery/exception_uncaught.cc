// An exception that nobody catches ends the program with exit code 1 and says which it was.
// battery: exit=1 stderr="uncaught exception: weft::ValueError: nobody wants me"

#include "tests/battery/show.h"

using namespace weft;

static void thrower() { throw new ValueError("nobody wants me"); }

int run(Array<Str>) {
  println("before");
  try {
    thrower();
  } catch (LookupError*) {
    println("not this one");
  }
  println("not here");
  return 0;
}

WEFT_MAIN(run)

//| before
