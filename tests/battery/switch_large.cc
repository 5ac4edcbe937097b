// Switches with many cases: dense, with holes, with a first case that is not zero, over numbers of
// several widths; values that are no case, negative ones among them.

#include "tests/battery/show.h"

using namespace weft;

template <typename T>
static int many(T x) {
  switch (x) {
    case 0:
      return 0;
    case 1:
      return 4;
    case 2:
      return 8;
    case 3:
    case 4:
      return 16;
    case 6:
      return 23;
    case 7:
      return 27;
    case 8:
      return 31;
    case 9:
      return 35;
    case 10:
      return 39;
    case 12:
    case 13:
      return 50;
    case 14:
      return 54;
    case 15:
      return 58;
    case 16:
      return 62;
    case 18:
      return 69;
    case 19:
      return 73;
    case 20:
    case 21:
      return 81;
    case 22:
      return 85;
    case 24:
      return 92;
    case 25:
      return 96;
    case 26:
      return 100;
    case 27:
      return 104;
    case 28:
    case 30:
      return 115;
    case 31:
      return 119;
    case 32:
      return 123;
    case 33:
      return 127;
    case 34:
      return 131;
    case 36:
      return 138;
    case 37:
    case 38:
      return 146;
    case 39:
      return 150;
    case 40:
      return 154;
    case 42:
      return 161;
    case 43:
      return 165;
    case 44:
      return 169;
    default:
      return -1;
  }
}

static int negative(int16_t x) {
  switch (x) {
    case -9:
      return -63;
    case -8:
      return -55;
    case -7:
      return -47;
    case -6:
    case -5:
      return -31;
    case -4:
      return -23;
    case -3:
      return -15;
    case -2:
      return -7;
    case -1:
      return 1;
    case 3:
      return 30;
    case 9:
    case 10:
      return 81;
    case 11:
      return 89;
    case 12:
      return 97;
    case 13:
      return 105;
    case 14:
      return 113;
    case 15:
      return 121;
    case 40:
    case 41:
      return 305;
    default:
      return -1;
  }
}

int run(Array<Str>) {
  int64_t sum = 0;
  for (int x = -70; x < 300; x++) sum = sum * 31 % 1000003 + many(x);
  show("int", sum);
  for (int64_t x = -70; x < 300; x++) sum = sum * 31 % 1000003 + many(x);
  show("int64", sum);
  show("far", many((int64_t{1} << 32) + 7));
  for (int x = 0; x < 256; x++) sum = sum * 31 % 1000003 + many(static_cast<uint8_t>(x));
  show("uint8", sum);
  for (int x = -70; x < 300; x++) sum = sum * 31 % 1000003 + many(static_cast<uint32_t>(x));
  show("uint32", sum);
  for (int x = -300; x < 300; x++) sum = sum * 31 % 1000003 + negative(static_cast<int16_t>(x));
  show("negative", sum);
  show("least", many(-2147483647 - 1));
  show("most", many(2147483647));
  show("one", many(13));
  return 0;
}

//| int -792018
//| int64 -910859
//| far -1
//| uint8 -148508
//| uint32 -493136
//| negative -350884
//| least -1
//| most -1
//| one 50
