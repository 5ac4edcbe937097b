// The usual arithmetic conversions: the wider type wins, and unsigned wins over signed of one
// width.

#include "tests/battery/show.h"

using namespace weft;

int run(Array<Str>) {
  int32_t i = -2;
  uint32_t u = 1;
  int64_t l = 10;
  uint8_t b = 200;
  show("i + u", i + u);
  show("i + l", i + l);
  show("u + l", u + l);
  show("b + b", b + b);
  show("b * i", b * i);
  show("l / i", l / i);
  show("u - 2 + l", u - 2 + l);
  uint64_t w = 5;
  show("w + i", w + static_cast<uint64_t>(i));
  show("i * l", i * l);
  show("conditional", true ? i : l);
  double d = 0.5;
  show("i * d", i * d);
  show("u + d", u + d);
  float f = 0.25f;
  show("f * i", f * static_cast<float>(i));
  show("f + d", f + d);
  return 0;
}

WEFT_MAIN(run)

//| i + u 4294967295
//| i + l 8
//| u + l 11
//| b + b 400
//| b * i -400
//| l / i -5
//| u - 2 + l 4294967305
//| w + i 3
//| i * l -20
//| conditional -2
//| i * d -1
//| u + d 1.5
//| f * i -0.5
//| f + d 0.75
