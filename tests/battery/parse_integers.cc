// Text as integers: what is read, and what is not.

#include "tests/battery/show.h"

using namespace weft;

static void read(Str text, uint32_t base) {
  int64_t value = -99;
  if (parse_int(text, value, base)) {
    println("'" + text + "' " + format_int(value));
  } else {
    println("'" + text + "' no, " + format_int(value));
  }
}

int run(Array<Str>) {
  read("0", 10);
  read("-17", 10);
  read("+5", 10);
  read("", 10);
  read("-", 10);
  read("12x", 10);
  read(" 1", 10);
  read("9223372036854775807", 10);
  read("9223372036854775808", 10);
  read("-9223372036854775808", 10);
  read("-9223372036854775809", 10);
  read("100000000000000000000", 10);
  read("ff", 16);
  read("FF", 16);
  read("fg", 16);
  read("101", 2);
  read("102", 2);
  read("zz", 36);
  return 0;
}

WEFT_MAIN(run)

//| '0' 0
//| '-17' -17
//| '+5' 5
//| '' no, -99
//| '-' no, -99
//| '12x' no, -99
//| ' 1' no, -99
//| '9223372036854775807' 9223372036854775807
//| '9223372036854775808' no, -99
//| '-9223372036854775808' -9223372036854775808
//| '-9223372036854775809' no, -99
//| '100000000000000000000' no, -99
//| 'ff' 255
//| 'FF' 255
//| 'fg' no, -99
//| '101' 5
//| '102' no, -99
//| 'zz' 1295
