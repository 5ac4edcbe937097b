// An index behind the end of a string.
// battery: exit=134 check stderr="fatal error: index 3 is out of range for length 3"

#include "tests/battery/show.h"

using namespace weft;

int run(Array<Str>) {
  Str s = "abc";
  int sum = 0;
  for (int64_t i = 0; i <= s.length(); i++) {
    sum += s[i];
    show("sum", sum);
  }
  return 0;
}

WEFT_MAIN(run)

//| sum 97
//| sum 195
//| sum 294
