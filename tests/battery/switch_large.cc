// Switches with many cases: dense, with holes, with a first case that is not zero, over numbers of
// several widths; values that are no case, negative ones among them.

#include "tests/battery/show.h"

using namespace weft;

static int dense(int x) {
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

static int wide(int64_t x) {
  switch (x) {
    case 0:
      return 0;
    case 1:
      return 6;
    case 2:
      return 12;
    case 3:
    case 4:
      return 24;
    case 6:
      return 35;
    case 7:
      return 41;
    case 8:
      return 47;
    case 9:
      return 53;
    case 10:
      return 59;
    case 12:
    case 13:
      return 76;
    case 14:
      return 82;
    case 15:
      return 88;
    case 16:
      return 94;
    case 18:
      return 105;
    case 19:
      return 111;
    case 20:
    case 21:
      return 123;
    case 22:
      return 129;
    case 24:
      return 140;
    case 25:
      return 146;
    case 26:
      return 152;
    case 27:
      return 158;
    case 28:
    case 30:
      return 175;
    case 31:
      return 181;
    case 32:
      return 187;
    case 33:
      return 193;
    case 34:
      return 199;
    case 36:
      return 210;
    case 37:
    case 38:
      return 222;
    case 39:
      return 228;
    case 40:
      return 234;
    case 42:
      return 245;
    case 43:
      return 251;
    case 44:
      return 257;
    default:
      return -1;
  }
}

static int bytes(uint8_t x) {
  switch (x) {
    case 3:
      return 6;
    case 9:
      return 19;
    case 10:
      return 22;
    case 11:
    case 12:
      return 28;
    case 13:
      return 31;
    case 14:
      return 34;
    case 15:
      return 37;
    case 16:
      return 40;
    case 17:
      return 43;
    case 18:
    case 19:
      return 49;
    case 20:
      return 52;
    case 21:
      return 55;
    case 22:
      return 58;
    case 23:
      return 61;
    case 24:
      return 64;
    case 25:
    case 40:
      return 98;
    case 41:
      return 101;
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
    case -3:
      return -16;
    case -2:
      return -8;
    case -1:
      return 0;
    case 0:
      return 8;
    case 1:
      return 16;
    case 3:
    case 4:
      return 39;
    case 5:
      return 47;
    case 6:
      return 55;
    case 7:
      return 63;
    case 9:
      return 78;
    case 10:
      return 86;
    case 11:
    case 12:
      return 102;
    case 13:
      return 110;
    case 15:
      return 125;
    case 16:
      return 133;
    case 17:
      return 141;
    case 18:
      return 149;
    case 19:
    case 21:
      return 172;
    case 22:
      return 180;
    case 23:
      return 188;
    case 24:
      return 196;
    case 25:
      return 204;
    case 27:
      return 219;
    case 28:
    case 29:
      return 235;
    case 30:
      return 243;
    case 31:
      return 251;
    case 33:
      return 266;
    case 34:
      return 274;
    case 35:
      return 282;
    default:
      return -1;
  }
}

int run(Array<Str>) {
  int64_t sum = 0;
  for (int x = -70; x < 300; x++) sum = sum * 31 % 1000003 + dense(x);
  show("dense", sum);
  for (int x = -70; x < 300; x++) sum = sum * 31 % 1000003 + wide(x);
  show("wide", sum);
  show("far", wide((int64_t{1} << 32) + 7));
  for (int x = 0; x < 256; x++) sum = sum * 31 % 1000003 + bytes(static_cast<uint8_t>(x));
  show("bytes", sum);
  for (int x = -300; x < 300; x++) sum = sum * 31 % 1000003 + negative(static_cast<int16_t>(x));
  show("negative", sum);
  show("least", dense(-2147483647 - 1));
  show("most", dense(2147483647));
  show("one", dense(13));
  return 0;
}

//| dense -792018
//| wide -630368
//| far -1
//| bytes -754208
//| negative -238595
//| least -1
//| most -1
//| one 50
