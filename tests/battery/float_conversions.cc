// Integers to doubles and back: cut towards zero, rounded to nearest.

#include "tests/battery/show.h"

using namespace weft;

int run(Array<Str>) {
  show("2.9", static_cast<int32_t>(2.9));
  show("-2.9", static_cast<int32_t>(-2.9));
  show("large", static_cast<int64_t>(1e18));
  show("to u8", static_cast<uint8_t>(200.7));
  show("to u32", static_cast<uint32_t>(4e9));
  show("to u64", static_cast<uint64_t>(1.5e19));
  int64_t odd = 9007199254740993;
  show("rounded down", static_cast<double>(odd));
  show("rounded up", static_cast<double>(odd + 2));
  show("u64 max", static_cast<double>(UINT64_MAX));
  show("i64 min", static_cast<double>(INT64_MIN));
  int x = 7;
  double half = x / 2;
  show("integer division first", half);
  half = x / 2.0;
  show("double division", half);
  show("true", static_cast<double>(true));
  show("to_int64 above", to_int64(1e30));
  show("to_int64 below", to_int64(-1e30));
  show("to_int64 nan", to_int64(kNaN));
  show("to_int64 fits", to_int64(-123.99));
  x *= 2.5;
  show("compound", x);
  return 0;
}

WEFT_MAIN(run)

//| 2.9 2
//| -2.9 -2
//| large 1000000000000000000
//| to u8 200
//| to u32 4000000000
//| to u64 15000000000000000000
//| rounded down 9007199254740992
//| rounded up 9007199254740996
//| u64 max 1.8446744073709552e+19
//| i64 min -9.223372036854776e+18
//| integer division first 3
//| double division 3.5
//| true 1
//| to_int64 above 9223372036854775807
//| to_int64 below -9223372036854775808
//| to_int64 nan 0
//| to_int64 fits -123
//| compound 17
