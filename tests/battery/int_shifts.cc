// Shifts of every width, with counts inside the width: arithmetic for signed types, logical for
// unsigned ones.

#include "tests/battery/show.h"

using namespace weft;

int run(Array<Str>) {
  int32_t minus = -100;
  show("-100 >> 3", minus >> 3);
  show("-1 >> 31", int32_t{-1} >> 31);
  uint32_t u = static_cast<uint32_t>(minus);
  show("unsigned >> 3", u >> 3);
  show("unsigned << 31", u << 31);
  for (int32_t i = 0; i < 64; i += 9) show("1 << " + format_int(i), int64_t{1} << i);
  int64_t bottom = INT64_MIN;
  show("min >> 63", bottom >> 63);
  show("min >> 1", bottom >> 1);
  uint64_t top = uint64_t{1} << 63;
  show("top >> 63", top >> 63);
  uint8_t byte = 0xf0;
  show("byte >> 4", byte >> 4);
  show("byte << 4", byte << 4);
  byte = static_cast<uint8_t>(byte << 1);
  show("stored", byte);
  int8_t small = -128;
  show("small >> 2", small >> 2);
  uint32_t v = 1;
  v <<= 5;
  show("<<=", v);
  v >>= 2;
  show(">>=", v);
  int64_t count = 40;
  show("count of another type", int64_t{3} << count);
  return 0;
}

WEFT_MAIN(run)

//| -100 >> 3 -13
//| -1 >> 31 -1
//| unsigned >> 3 536870899
//| unsigned << 31 0
//| 1 << 0 1
//| 1 << 9 512
//| 1 << 18 262144
//| 1 << 27 134217728
//| 1 << 36 68719476736
//| 1 << 45 35184372088832
//| 1 << 54 18014398509481984
//| 1 << 63 -9223372036854775808
//| min >> 63 -1
//| min >> 1 -4611686018427387904
//| top >> 63 1
//| byte >> 4 15
//| byte << 4 3840
//| stored 224
//| small >> 2 -32
//| <<= 32
//| >>= 8
//| count of another type 3298534883328
