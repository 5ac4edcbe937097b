// Integers as text, in bases from 2 to 36.

#include "tests/battery/show.h"

using namespace weft;

int run(Array<Str>) {
  println(format_int(0));
  println(format_int(-1));
  println(format_int(INT64_MIN));
  println(format_int(INT64_MAX));
  println(format_uint(UINT64_MAX));
  for (uint32_t base = 2; base <= 36; base += 7) println(format_uint(123456789, base));
  println(format_int(-255, 16));
  println(format_uint(UINT64_MAX, 2));
  int64_t power = 1;
  for (int i = 0; i < 19; i++) {
    print(" " + format_int(-power));
    power *= 10;
  }
  println("");
  return 0;
}

WEFT_MAIN(run)

//| 0
//| -1
//| -9223372036854775808
//| 9223372036854775807
//| 18446744073709551615
//| 111010110111100110100010101
//| 277266780
//| 75bcd15
//| j43jfb
//| 52ce69
//| -ff
//| 1111111111111111111111111111111111111111111111111111111111111111
//|  -1 -10 -100 -1000 -10000 -100000 -1000000 -10000000 -100000000 -1000000000 -10000000000 -100000000000 -1000000000000 -10000000000000 -100000000000000 -1000000000000000 -10000000000000000 -100000000000000000 -1000000000000000000
