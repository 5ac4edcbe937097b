// Short circuits, negation, and bool as a value and a number.

#include "tests/battery/show.h"

using namespace weft;

static int calls = 0;

static bool yes() {
  calls++;
  return true;
}
static bool no() {
  calls++;
  return false;
}

int run(Array<Str>) {
  show("yes && no", yes() && no());
  show("no && yes", no() && yes());
  show("yes || no", yes() || no());
  show("no || no", no() || no());
  show("calls", calls);
  show("!yes", !yes());
  bool a = yes() && (no() || yes());
  show("nested", a);
  show("calls", calls);
  int count = 0;
  for (int i = 0; i < 10; i++) count += i % 3 == 0;
  show("sum of conditions", count);
  show("equal", a == true);
  show("different", a != no());
  if (a && !no() && calls > 0) println("in a condition");
  int x = 7;
  show("!x", !x);
  show("!!x", !!x);
  bool b = x > 3 ? no() : yes();
  show("conditional", b);
  return 0;
}

WEFT_MAIN(run)

//| yes && no false
//| no && yes false
//| yes || no true
//| no || no false
//| calls 6
//| !yes false
//| nested true
//| calls 10
//| sum of conditions 4
//| equal true
//| different true
//| in a condition
//| !x false
//| !!x true
//| conditional false
