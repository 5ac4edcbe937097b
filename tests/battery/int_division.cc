// Division truncates towards zero; the remainder has the dividend's sign.

#include "tests/battery/show.h"

using namespace weft;

static void divide(int64_t a, int64_t b) {
  print(format_int(a) + " / " + format_int(b));
  print(" = " + format_int(a / b));
  println(" rest " + format_int(a % b));
}

int run(Array<Str>) {
  divide(7, 2);
  divide(-7, 2);
  divide(7, -2);
  divide(-7, -2);
  divide(6, 3);
  divide(0, 5);
  divide(INT64_MAX, -1);
  divide(INT64_MIN, 2);
  divide(INT64_MIN, INT64_MAX);
  int32_t a = -17;
  int32_t b = 5;
  show("32 bits", a / b);
  show("32 bits rest", a % b);
  uint64_t big = UINT64_MAX;
  show("unsigned", big / 10);
  show("unsigned rest", big % 10);
  uint32_t u = 4000000000u;
  show("unsigned 32", u / 7);
  show("unsigned 32 rest", u % 7);
  int8_t n = -128;
  int8_t m = -1;
  show("narrow", n / m);
  a /= 4;
  show("a /= 4", a);
  a %= 3;
  show("a %= 3", a);
  return 0;
}

WEFT_MAIN(run)

//| 7 / 2 = 3 rest 1
//| -7 / 2 = -3 rest -1
//| 7 / -2 = -3 rest 1
//| -7 / -2 = 3 rest -1
//| 6 / 3 = 2 rest 0
//| 0 / 5 = 0 rest 0
//| 9223372036854775807 / -1 = -9223372036854775807 rest 0
//| -9223372036854775808 / 2 = -4611686018427387904 rest 0
//| -9223372036854775808 / 9223372036854775807 = -1 rest -1
//| 32 bits -3
//| 32 bits rest -2
//| unsigned 1844674407370955161
//| unsigned rest 5
//| unsigned 32 571428571
//| unsigned 32 rest 3
//| narrow 128
//| a /= 4 -4
//| a %= 3 -1
