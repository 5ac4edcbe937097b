// 32-bit arithmetic wraps around at both ends.

#include "tests/battery/show.h"

using namespace weft;

static int32_t top = INT32_MAX;
static int32_t bottom = INT32_MIN;

int run(Array<Str>) {
  int32_t one = 1;
  show("max + 1", top + one);
  show("min - 1", bottom - one);
  show("max * 2", top * 2);
  show("max * max", top * top);
  show("-min", -bottom);
  show("min * -1", bottom * -1);
  int32_t x = top;
  x++;
  show("x++", x);
  x--;
  show("x--", x);
  x += 10;
  show("x += 10", x);
  uint32_t u = 0;
  u--;
  show("0u - 1", u);
  u += 2;
  show("wrapped back", u);
  uint32_t big = 4000000000u;
  show("big * 3", big * 3);
  show("-1u", -uint32_t{1});
  return 0;
}

WEFT_MAIN(run)

//| max + 1 -2147483648
//| min - 1 2147483647
//| max * 2 -2
//| max * max 1
//| -min -2147483648
//| min * -1 -2147483648
//| x++ -2147483648
//| x-- 2147483647
//| x += 10 -2147483639
//| 0u - 1 4294967295
//| wrapped back 1
//| big * 3 3410065408
//| -1u 4294967295
