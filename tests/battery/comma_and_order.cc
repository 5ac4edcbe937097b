// The comma operator, and the order in which operands are evaluated where C++ fixes it.

#include "tests/battery/show.h"

using namespace weft;

static List<int> order;
static int note(int x) {
  order.append(x);
  return x;
}
static bool note_if(int x) {
  order.append(x);
  return x % 2 == 0;
}

int run(Array<Str>) {
  int x = (note(1), note(2), 3);
  show("comma", x);
  bool b = note_if(4) && note_if(5) && note_if(6);
  show("and", b);
  b = note_if(7) || note_if(8) || note_if(9);
  show("or", b);
  // The right side of an assignment goes first; so does the object before the index.
  Array<int> a(10);
  a[note(3)] = note(2);
  int i = 0;
  for (i = 0, x = 10; i < x; i++, x--) {
  }
  show("met at", i);
  int y = note_if(10) ? note(11) : note(12);
  show("conditional", y);
  // Declarations go from left to right.
  int p = note(20), q = note(21), r = p + q;
  show("declared", r);
  show_all("order", order);
  return 0;
}

WEFT_MAIN(run)

//| comma 3
//| and false
//| or true
//| met at 5
//| conditional 11
//| declared 41
//| order 1 2 4 5 7 8 2 3 10 11 20 21
