// Single precision is kept as such.

#include "tests/battery/show.h"

using namespace weft;

static float halve(float x) { return x / 2; }

int run(Array<Str>) {
  float a = 0.1f;
  show("0.1f", a);
  show("widened", static_cast<double>(a));
  show("a + 0.2f", a + 0.2f);
  show("as double", a + 0.2);
  float third = 1.0f / 3.0f;
  show("third", third);
  float large = 16777216.0f;
  show("2^24 + 1", large + 1.0f);
  show("overflow", 3e38f * 10.0f);
  show("halve", halve(5));
  float sum = 0;
  for (int i = 0; i < 10; i++) sum += 0.1f;
  show("sum", sum);
  show("rounded", static_cast<float>(1.00000017));
  show("compare", 0.1f < 0.1);
  show("from int", static_cast<float>(16777217));
  show("to int", static_cast<int32_t>(-7.5f));
  Array<float> floats(3);
  floats[1] = 2.5f;
  show("in an array", floats[0] + floats[1]);
  println(format_uint(f32_bits(1.5f), 16));
  show("from bits", f32_from_bits(0x40490fdb));
  return 0;
}

WEFT_MAIN(run)

//| 0.1f 0.10000000149011612
//| widened 0.10000000149011612
//| a + 0.2f 0.30000001192092896
//| as double 0.30000000149011613
//| third 0.3333333432674408
//| 2^24 + 1 16777216
//| overflow inf
//| halve 2.5
//| sum 1.0000001192092896
//| rounded 1.0000001192092896
//| compare false
//| from int 16777216
//| to int -7
//| in an array 2.5
//| 3fc00000
//| from bits 3.1415927410125732
