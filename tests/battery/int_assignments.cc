// Compound assignment, increment and decrement, as statements and as values.

#include "tests/battery/show.h"

using namespace weft;

int run(Array<Str>) {
  int x = 5;
  int y = x++ + 10;
  show("x++", y);
  y = ++x + 10;
  show("++x", y);
  y = x-- * 2;
  show("x--", y);
  y = --x * 2;
  show("--x", y);
  int a = 1;
  int b = 2;
  int c = 3;
  a = b = c;
  show("a = b = c", a + b + c);
  a += b -= 1;
  show("a", a);
  show("b", b);
  x = 100;
  x += 5;
  x -= 3;
  x *= 2;
  x /= 3;
  x %= 50;
  x <<= 2;
  x >>= 1;
  x |= 1;
  x &= 0x1f;
  x ^= 2;
  show("chain", x);
  int64_t total = 0;
  for (int i = 0; i < 5;) total += i++;
  show("total", total);
  double d = 1.5;
  d += 1;
  d *= 4;
  d -= 0.5;
  d /= 2;
  show("double", d);
  d++;
  show("double++", d);
  if ((x = 3) == 3) show("assigned in a condition", x);
  return 0;
}

WEFT_MAIN(run)

//| x++ 15
//| ++x 17
//| x-- 14
//| --x 10
//| a = b = c 9
//| a 5
//| b 2
//| chain 7
//| total 10
//| double 4.75
//| double++ 5.75
//| assigned in a condition 3
