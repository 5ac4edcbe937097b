// What run() returns is the exit code.
// battery: exit=42

#include "tests/battery/show.h"

using namespace weft;

int run(Array<Str>) {
  print("no newline at the end\n");
  return 42;
}

WEFT_MAIN(run)

//| no newline at the end
