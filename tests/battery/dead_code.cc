// Values that are computed and not used, branches that never go, loops that do nothing.

#include "tests/battery/show.h"

using namespace weft;

static int calls = 0;
static int counted(int x) {
  calls++;
  return x;
}
class Box : public Object {
 public:
  int value = 0;
};

int run(Array<Str>) {
  int unused = counted(1);
  unused = counted(2);
  unused = 3;
  if (false) counted(100);
  if (true || counted(200) > 0) counted(3);
  while (false) counted(300);
  for (int i = 0; i < 5; i++) {
  }
  Box* box = new Box();
  box->value = 5;
  Box* lost = new Box();
  lost->value = counted(9);
  Array<int> lost_array(10);
  lost_array[3] = 4;
  int x = 10;
  x = x * 0;
  show("x", x);
  int y = counted(7) * 0;
  show("y", y);
  bool same = x == x;
  show("same", same);
  constexpr bool kDebug = false;
  if (kDebug) println("not here");
  return calls == 5 ? (show("calls", calls), 0) : 1;
}

WEFT_MAIN(run)

//| x 0
//| y 0
//| same true
//| calls 5
