// Comparisons of signed and unsigned integers of every width.

#include "tests/battery/show.h"

using namespace weft;

template <class T>
static void compare_all(Str name, T a, T b) {
  Str out;
  out = out + (a < b ? Str("<") : Str("-")) + (a <= b ? Str("<=") : Str("-"));
  out = out + (a == b ? Str("==") : Str("-")) + (a != b ? Str("!=") : Str("-"));
  out = out + (a >= b ? Str(">=") : Str("-")) + (a > b ? Str(">") : Str("-"));
  println(name + " " + out);
}

int run(Array<Str>) {
  compare_all<int8_t>("i8", -1, 1);
  compare_all<uint8_t>("u8", 255, 1);
  compare_all<int16_t>("i16", -32768, 32767);
  compare_all<uint16_t>("u16", 32768, 32767);
  compare_all<int32_t>("i32", INT32_MIN, INT32_MAX);
  compare_all<uint32_t>("u32", 0x80000000u, 0x7fffffffu);
  compare_all<int64_t>("i64", INT64_MIN, INT64_MAX);
  compare_all<uint64_t>("u64", UINT64_MAX, 0);
  compare_all<int64_t>("equal", 5, 5);
  compare_all<bool>("bool", false, true);
  int32_t minus = -1;
  int64_t wide = 5;
  show("mixed widths", minus < wide);
  show("through unsigned", static_cast<uint32_t>(minus) > 5u);
  int8_t narrow = -1;
  uint8_t unsigned_narrow = 255;
  show("promoted", narrow == unsigned_narrow);
  return 0;
}

WEFT_MAIN(run)

//| i8 <<=-!=--
//| u8 ---!=>=>
//| i16 <<=-!=--
//| u16 ---!=>=>
//| i32 <<=-!=--
//| u32 ---!=>=>
//| i64 <<=-!=--
//| u64 ---!=>=>
//| equal -<===->=-
//| bool <<=-!=--
//| mixed widths true
//| through unsigned true
//| promoted false
