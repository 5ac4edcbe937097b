// Rules for box, unbox and the tests of what a reference is.

#include <gtest/gtest.h>

#include <string>

#include "optimize/simplify.h"
#include "optimize/test_util.h"

namespace weft::optimize {
namespace {

std::string Simplified(const std::string& function) {
  return RunPass(R"(weft rtyped
container Object types 1 6 size 8 {
}
container Number : Object types 2 3 size 16 {
  field value: f64 at 8 immutable
}
container Integer : Object types 3 4 size 16 {
  field value: i64 at 8 immutable
}
container Pair : Object types 4 5 size 24 {
  field first: ptr Object at 8 immutable
  field second: ptr Object at 16 immutable
}
frozen 0 Pair length 0 bytes 000000000000000000000000000000000000000000000a40
boxing nan float Number int Integer

)" + function,
                 Simplify);
}

TEST(SimplifyBoxing, WhatWasBoxedComesOut) {
  EXPECT_EQ(Simplified(R"(function @f: fn(f64)->f64 {
b0(%0: f64):
  %1: ptr Number = box{Number} %0
  %2: ptr Object = cast_ptr %1
  %3: bool = is_immediate{Number} %2
  %4: bool = ne %2, zero:ptr Object
  %5: bool = and %3, %4
  branch %5 b1 b2
b1:
  %6: ptr Number = cast_ptr %2
  %7: f64 = unbox{Number} %6
  return %7
b2:
  return 0.0:f64
}
)"),
            R"(b0(%0: f64):
  return %0
)");
}

TEST(SimplifyBoxing, WhatWasUnboxedIsWhatItWas) {
  EXPECT_EQ(Simplified(R"(function @f: fn(ptr Number)->ptr Number {
b0(%0: ptr Number):
  %1: f64 = unbox{Number} %0
  %2: ptr Number = box{Number} %1
  return %2
}
)"),
            R"(b0(%0: ptr Number):
  return %0
)");
}

TEST(SimplifyBoxing, ConstantsBecomeReferences) {
  EXPECT_EQ(Simplified(R"(function @f: fn()->ptr Number {
b0:
  %0: ptr Number = box{Number} 1.0:f64
  return %0
}
)"),
            R"(b0:
  return imm0x3ff2000000000000:ptr Number
)");
  EXPECT_EQ(Simplified(R"(function @f: fn()->ptr Integer {
b0:
  %0: ptr Integer = box{Integer} -1:i64
  return %0
}
)"),
            R"(b0:
  return imm0x1ffffffffffff:ptr Integer
)");
}

TEST(SimplifyBoxing, ReferencesBecomeConstants) {
  EXPECT_EQ(Simplified(R"(function @f: fn()->i64 {
b0:
  %0: i64 = unbox{Integer} imm0x1fffffffffffe:ptr Integer
  %1: bool = is_immediate{Integer} imm0x3ff2000000000000:ptr Object
  %2: i64 = convert %1
  %3: u32 = type_id imm0x3ff2000000000000:ptr Object
  %4: i64 = convert %3
  %5: bool = fits_immediate{Integer} 140737488355328:i64
  %6: i64 = convert %5
  %7: i64 = add %0, %2
  %8: i64 = mul %4, 100:i64
  %9: i64 = add %7, %8
  %10: i64 = add %9, %6
  return %10
}
)"),
            R"(b0:
  return 198:i64
)");
}

TEST(SimplifyBoxing, AFrozenObjectMayHoldANumber) {
  EXPECT_EQ(Simplified(R"(function @f: fn()->ptr Object {
b0:
  %0: ptr Object = getfield{Pair .0'first} #0:ptr Pair
  %1: bool = ne %0, zero:ptr Object
  branch %1 b1 b2
b1:
  return %0
b2:
  %2: ptr Object = getfield{Pair .1'second} #0:ptr Pair
  return %2
}
)"),
            R"(b0:
  return imm0x400a000000000000:ptr Object
)");
}

TEST(SimplifyBoxing, WhatMayBeEitherIsTested) {
  const char* body = R"(b0(%0: ptr Object, %1: i64):
  %2: bool = is_immediate{Integer} %0
  branch %2 b1 b2
b1:
  %3: ptr Integer = cast_ptr %0
  %4: i64 = unbox{Integer} %3
  return %4
b2:
  %5: bool = fits_immediate{Integer} %1
  %6: i64 = convert %5
  return %6
)";
  EXPECT_EQ(Simplified(std::string("function @f: fn(ptr Object, i64)->i64 {\n") + body + "}\n"),
            body);
}

}  // namespace
}  // namespace weft::optimize
