// while and do-while, with break, continue and a declaration in the condition.

#include "tests/battery/show.h"

using namespace weft;

int run(Array<Str>) {
  int n = 27;
  int steps = 0;
  while (n != 1) {
    n = n % 2 == 0 ? n / 2 : 3 * n + 1;
    steps++;
  }
  show("collatz", steps);
  int i = 0;
  do {
    i++;
  } while (i < 5);
  show("do", i);
  do i += 10;
  while (false);
  show("once", i);
  int odd = 0;
  int k = 0;
  while (true) {
    k++;
    if (k > 20) break;
    if (k % 2 == 0) continue;
    odd += k;
  }
  show("odd", odd);
  int down = 3;
  while (int left = down) {
    show("left", left);
    down--;
  }
  int j = 0;
  do {
    j++;
    if (j == 3) continue;
    if (j == 6) break;
  } while (j < 10);
  show("do with continue and break", j);
  while (false) println("never");
  return 0;
}

WEFT_MAIN(run)

//| collatz 111
//| do 5
//| once 15
//| odd 100
//| left 3
//| left 2
//| left 1
//| do with continue and break 6
