// add_overflows and its family for each of the four types.

#include "tests/battery/show.h"

using namespace weft;

template <class T>
static void overflows(Str name, T a, T b) {
  print(name);
  print(add_overflows(a, b) ? Str(" add") : Str(" -"));
  print(sub_overflows(a, b) ? Str(" sub") : Str(" -"));
  println(mul_overflows(a, b) ? Str(" mul") : Str(" -"));
}

int run(Array<Str>) {
  overflows<int32_t>("i32 small", 3, 4);
  overflows<int32_t>("i32 max 1", INT32_MAX, 1);
  overflows<int32_t>("i32 min 1", INT32_MIN, 1);
  overflows<int32_t>("i32 min -1", INT32_MIN, -1);
  overflows<int32_t>("i32 46341", 46341, 46341);
  overflows<int64_t>("i64 small", -3, 4);
  overflows<int64_t>("i64 max 1", INT64_MAX, 1);
  overflows<int64_t>("i64 min -1", INT64_MIN, -1);
  overflows<int64_t>("i64 large", 3037000500, 3037000500);
  overflows<uint32_t>("u32 small", 3, 4);
  overflows<uint32_t>("u32 max", UINT32_MAX, 2);
  overflows<uint64_t>("u64 max", UINT64_MAX, 2);
  overflows<uint64_t>("u64 even", uint64_t{1} << 63, 2);
  return 0;
}

WEFT_MAIN(run)

//| i32 small - - -
//| i32 max 1 add - -
//| i32 min 1 - sub -
//| i32 min -1 add - mul
//| i32 46341 - - mul
//| i64 small - - -
//| i64 max 1 add - -
//| i64 min -1 add - mul
//| i64 large - - mul
//| u32 small - sub -
//| u32 max add - mul
//| u64 max add - mul
//| u64 even - - mul
