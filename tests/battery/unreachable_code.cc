// Coming to unreachable() is a fatal error where checks are on.
// battery: exit=134 check stderr="fatal error"

#include "tests/battery/show.h"

using namespace weft;

enum class Kind { kA, kB };
static int value(Kind kind) {
  switch (kind) {
    case Kind::kA:
      return 1;
    case Kind::kB:
      return 2;
  }
  unreachable();
}

int run(Array<Str>) {
  show("fine", value(Kind::kA) + value(Kind::kB));
  show("not here", value(static_cast<Kind>(7)));
  return 0;
}

WEFT_MAIN(run)

//| fine 3
