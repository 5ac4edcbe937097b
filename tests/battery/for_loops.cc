// for in all its forms, nested, with several variables and without parts.

#include "tests/battery/show.h"

using namespace weft;

int run(Array<Str>) {
  int sum = 0;
  for (int i = 0; i < 10; i++) sum += i;
  show("sum", sum);
  for (int i = 0, j = 10; i < j; i++, j--) sum += j - i;
  show("two variables", sum);
  int n = 0;
  for (;;) {
    if (++n == 7) break;
  }
  show("endless", n);
  for (; n > 0; n -= 2) {
  }
  show("without initialiser", n);
  int pairs = 0;
  for (int i = 0; i < 10; i++) {
    for (int j = 0; j < 10; j++) {
      if (j > i) break;
      if ((i + j) % 2 == 1) continue;
      pairs++;
    }
  }
  show("pairs", pairs);
  for (int i = 10; i--;) {
    if (i == 3) {
      show("down to", i);
      break;
    }
  }
  int64_t power = 1;
  for (int64_t p = 1; p < 1000000; p *= 7) power = p;
  show("power", power);
  for (double x = 0; x < 1; x += 0.25) show("x", x);
  for (uint8_t u = 250; u != 3; u++) sum += u > 250 ? 1 : 0;
  show("wrapping", sum);
  // The variable of each round can be captured by value.
  List<Closure<int()>> closures;
  for (int i = 0; i < 3; i++) closures.append([i] { return i * i; });
  for (Closure<int()> c : closures) show("closure", c());
  return 0;
}

WEFT_MAIN(run)

//| sum 45
//| two variables 75
//| endless 7
//| without initialiser -1
//| pairs 30
//| down to 3
//| power 823543
//| x 0
//| x 0.25
//| x 0.5
//| x 0.75
//| wrapping 80
//| closure 0
//| closure 1
//| closure 4
