// References that hold numbers, as generated C has them: compared with what the translator says
// they are, and run under every compiler.

#include "typesystem/boxing.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <string>

#include "backend_c/testing.h"

namespace weft::backend_c {
namespace {

// Everything that depends on the form of references, on objects, numbers and null in turn.
constexpr char kProgram[] = R"text(
container Object types 1 6 size 8 {
}
container Number : Object types 2 3 size 16 {
  field value: f64 at 8 immutable
}
container Integer : Object types 3 4 size 16 {
  field value: i64 at 8 immutable
}
container Pair : Object types 4 5 size 24 {
  field first: ptr Object at 8
  field second: ptr Object at 16
}
container Weak : Object types 5 6 size 16 weakref {
  field referent: ptr Object at 8
}
dispatch kind: fn(ptr Object)->i64 from 1 [-, @float_kind, @int_kind, @pair_kind, -]
external show_i64: fn(i64)->void
external show_f64: fn(f64)->void
entry @main

function @float_kind: fn(ptr Object)->i64 {
b0(%0: ptr Object):
  return 1:i64
}
function @int_kind: fn(ptr Object)->i64 {
b0(%0: ptr Object):
  return 2:i64
}
function @pair_kind: fn(ptr Object)->i64 {
b0(%0: ptr Object):
  return 3:i64
}
function @tell: fn(ptr Object)->void never_inline {
b0(%0: ptr Object):
  %1: bool = is_instance{Object} %0
  %2: bool = is_instance{Number} %0
  %3: bool = is_instance{Integer} %0
  %4: bool = is_instance{Pair} %0
  %5: bool = is_immediate{FLOAT} %0
  %6: bool = is_immediate{Integer} %0
  %7: i64 = convert %1
  %8: i64 = convert %2
  %9: i64 = convert %3
  %10: i64 = convert %4
  %11: i64 = convert %5
  %12: i64 = convert %6
  call_external{show_i64} %7
  call_external{show_i64} %8
  call_external{show_i64} %9
  call_external{show_i64} %10
  call_external{show_i64} %11
  call_external{show_i64} %12
  %13: bool = eq %0, zero:ptr Object
  branch %13 b1 b2
b1:
  return
b2:
  check_instance{Object} %0
  %14: u32 = type_id %0
  %15: fn(ptr Object)->i64 = dispatch{kind} %14
  %16: i64 = call_pointer %15, %0
  call_external{show_i64} %16
  %17: i64 = identity_hash %0
  %18: i64 = identity_hash %0
  %19: bool = eq %17, %18
  %20: i64 = convert %19
  call_external{show_i64} %20
  return
}
function @main: fn()->i32 {
b0:
  call{@tell} zero:ptr Object
  %0: ptr Pair = malloc{Pair}
  %1: ptr Object = cast_ptr %0
  %2: ptr Integer = box{Integer} -7:i64
  %3: ptr Object = cast_ptr %2
  setfield{Pair .0'first} %0, %3
  gc_collect
  call{@tell} %1
  %4: ptr Object = getfield{Pair .0'first} %0
  %5: ptr Weak = weakref_make{Weak} %4
  gc_collect
  %6: ptr Object = weakref_read{Weak} %5
  call{@tell} %6
  %7: ptr Integer = cast_ptr %6
  %8: i64 = unbox{Integer} %7
  call_external{show_i64} %8
  %9: bool = fits_immediate{Integer} 9223372036854775807:i64
  %10: i64 = convert %9
  call_external{show_i64} %10
NUMBER
  return 0:i32
}
)text";

std::string Replaced(std::string text, const std::string& what, const std::string& by) {
  size_t at = text.find(what);
  return text.replace(at, what.size(), by);
}

class BoxingTest : public testing::TestWithParam<Toolchain> {};

INSTANTIATE_TEST_SUITE_P(All, BoxingTest, testing::ValuesIn(Toolchains()),
                         [](const auto& info) { return info.param.name; });

TEST_P(BoxingTest, Nan) {
  std::string text = Replaced(kProgram, "NUMBER", R"(  %11: ptr Number = box{Number} -2.5:f64
  %17: ptr Object = cast_ptr %11
  setfield{Pair .1'second} %0, %17
  gc_collect
  %12: ptr Object = getfield{Pair .1'second} %0
  call{@tell} %12
  %13: ptr Number = cast_ptr %12
  %14: f64 = unbox{Number} %13
  call_external{show_f64} %14
  %15: ptr Number = box{Number} 0xffffffffffffffff:f64
  %16: ptr Object = cast_ptr %15
  call{@tell} %16)");
  text = Replaced(text, "FLOAT", "Number");
  RunResult result =
      CompileAndRun("weft rtyped\n" + text + "boxing nan float Number int Integer\n", GetParam());
  const std::string number = "1\n1\n0\n0\n1\n0\n1\n1\n";
  EXPECT_EQ(result.output,
            "0\n0\n0\n0\n0\n0\n1\n0\n0\n1\n0\n0\n3\n1\n1\n0\n1\n0\n0\n1\n2\n1\n-7\n0\n" + number +
                "-2.5\n" + number);
}

TEST_P(BoxingTest, Tagged) {
  std::string text = Replaced(Replaced(kProgram, "NUMBER\n", ""), "FLOAT", "Integer");
  RunResult result =
      CompileAndRun("weft rtyped\n" + text + "boxing tagged int Integer\n", GetParam());
  EXPECT_EQ(result.output,
            "0\n0\n0\n0\n0\n0\n1\n0\n0\n1\n0\n0\n3\n1\n1\n0\n1\n0\n1\n1\n2\n1\n-7\n0\n");
}

// gc/boxing.h and typesystem/boxing.h say the same.
TEST(BoxingHeaderTest, AgreesWithTheTranslator) {
  for (BoxingScheme scheme : {BoxingScheme::kNan, BoxingScheme::kTagged}) {
    const std::string program = R"(
#include <inttypes.h>
#include <stdio.h>
#include "gc/boxing.h"
static void* word(uint64_t bits) { return (void*)(uintptr_t)bits; }
static uint64_t bits(void* word) { return (uint64_t)(uintptr_t)word; }
int main(void) {
  for (int shift = 0; shift < 64; shift++) {
    for (int delta = -2; delta < 3; delta++) {
      uint64_t w = ((uint64_t)1 << shift) + (uint64_t)(int64_t)delta;
      printf("%d %d %" PRIx64, weft_is_immediate(word(w)), weft_fits_i64((int64_t)w),
             (uint64_t)weft_hash_immediate(word(w)));
      printf(" %" PRIx64 " %" PRIx64, bits(weft_box_i64((int64_t)w)),
             (uint64_t)weft_unbox_i64(word(w)));
      printf(" %d %d", weft_is_i64(word(w)), weft_is_heap_reference(word(w)));
#ifdef WEFT_BOXING_NAN
      double d;
      memcpy(&d, &w, 8);
      void* boxed = weft_box_f64(d);
      d = weft_unbox_f64(boxed);
      memcpy(&w, &d, 8);
      printf(" %d %" PRIx64 " %" PRIx64, weft_is_f64(boxed), bits(boxed), w);
#endif
      printf("\n");
    }
  }
  return 0;
}
)";
    std::string expected;
    for (int shift = 0; shift < 64; ++shift) {
      for (int delta = -2; delta < 3; ++delta) {
        uint64_t w = (uint64_t{1} << shift) + static_cast<uint64_t>(int64_t{delta});
        auto number = static_cast<int64_t>(w);
        bool is_immediate = boxing::IsImmediate(scheme, w);
        expected += fmt::format(
            "{:d} {:d} {:x} {:x} {:x} {:d} {:d}", is_immediate, boxing::Fits(scheme, number),
            boxing::IdentityHash(w), boxing::OfInt(scheme, number),
            static_cast<uint64_t>(boxing::ToInt(scheme, w)),
            is_immediate && !boxing::IsFloat(scheme, w), w != 0 && !is_immediate);
        if (scheme == BoxingScheme::kNan) {
          uint64_t boxed = boxing::OfFloatBits(w);
          expected += fmt::format(" {:d} {:x} {:x}", boxing::IsFloat(scheme, boxed), boxed,
                                  boxing::ToFloatBits(boxed));
        }
        expected += '\n';
      }
    }
    for (const char* compiler : {"gcc -std=c11 -O2", "clang++-19 -x c++ -std=c++20 -O1"}) {
      std::string folder = FreshFolder("boxing");
      std::string flag = scheme == BoxingScheme::kNan ? "NAN" : "TAGGED";
      RunResult built =
          Shell(fmt::format("cat >{0}/p.c <<'END'\n{1}\nEND\n{2} -Wall -Werror -DWEFT_BOXING_{3} "
                            "-I. {0}/p.c -o {0}/p "
                            "&& {0}/p",
                            folder, program, compiler, flag));
      EXPECT_EQ(built.output, expected) << compiler << " " << flag;
    }
  }
}

}  // namespace
}  // namespace weft::backend_c
