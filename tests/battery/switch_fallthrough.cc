// Cases that fall through, share a body, stand after the default, and stand in loops.

#include "tests/battery/show.h"

using namespace weft;

static Str trace(int x) {
  StrBuilder out;
  switch (x) {
    case 1:
      out.append("one");
      [[fallthrough]];
    case 2:
    case 3:
      out.append(" two-three");
      break;
    default:
      out.append(" default");
      [[fallthrough]];
    case 4:
      out.append(" four");
      if (x == 4) break;
      out.append(" not-four");
      [[fallthrough]];
    case 5:
      out.append(" five");
  }
  return out.build();
}

int run(Array<Str>) {
  for (int i = 1; i <= 6; i++) show(format_int(i), trace(i));
  // `continue` in a switch belongs to the loop, `break` to the switch.
  int total = 0;
  for (int i = 0; i < 10; i++) {
    switch (i % 4) {
      case 0:
        continue;
      case 1:
        total += 1;
        break;
      case 2:
        total += 10;
        if (i > 5) break;
        total += 100;
        break;
      default:
        total += 1000;
    }
    total += 10000;
  }
  show("total", total);
  int rounds = 0;
  while (true) {
    switch (rounds++) {
      case 5:
        show("rounds", rounds);
        return 0;
    }
  }
}

WEFT_MAIN(run)

//| 1 one two-three
//| 2  two-three
//| 3  two-three
//| 4  four
//| 5  five
//| 6  default four not-four five
//| total 72123
//| rounds 6
