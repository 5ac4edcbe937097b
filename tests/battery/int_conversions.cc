// Conversions between integer types keep the low bits and extend by the source's sign.

#include "tests/battery/show.h"

using namespace weft;

int run(Array<Str>) {
  int64_t wide = 0x1234567890abcdef;
  show("to i32", static_cast<int32_t>(wide));
  show("to u32", static_cast<uint32_t>(wide));
  show("to i16", static_cast<int16_t>(wide));
  show("to u16", static_cast<uint16_t>(wide));
  show("to i8", static_cast<int8_t>(wide));
  show("to u8", static_cast<uint8_t>(wide));
  int32_t minus = -5;
  show("i32 to u64", static_cast<uint64_t>(minus));
  show("i32 to i64", static_cast<int64_t>(minus));
  uint32_t big = 3000000000u;
  show("u32 to i64", static_cast<int64_t>(big));
  show("u32 to i32", static_cast<int32_t>(big));
  int64_t implicit = minus;
  show("implicit", implicit);
  uint8_t byte = 200;
  int32_t from_byte = byte;
  show("byte", from_byte);
  show("true", static_cast<int32_t>(true) + 1);
  bool from_int = minus;
  show("bool of -5", from_int);
  show("bool of 0", static_cast<bool>(int64_t{0}));
  int64_t high = int64_t{1} << 40;
  show("bool of a high bit", static_cast<bool>(high));
  size_t size = 7;
  show("size_t", size);
  long long long_long = -3;
  long plain_long = long_long;
  short plain_short = static_cast<short>(plain_long);
  unsigned plain_unsigned = 9;
  unsigned char plain_char = static_cast<unsigned char>(plain_unsigned);
  show("C's own names", plain_long + plain_short + plain_char);
  return 0;
}

WEFT_MAIN(run)

//| to i32 -1867788817
//| to u32 2427178479
//| to i16 -12817
//| to u16 52719
//| to i8 -17
//| to u8 239
//| i32 to u64 18446744073709551611
//| i32 to i64 -5
//| u32 to i64 3000000000
//| u32 to i32 -1294967296
//| implicit -5
//| byte 200
//| true 2
//| bool of -5 true
//| bool of 0 false
//| bool of a high bit true
//| size_t 7
//| C's own names 3
