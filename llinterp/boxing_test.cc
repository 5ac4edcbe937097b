// References that hold numbers, in the interpreter and in the heap that it freezes.

#include <gtest/gtest.h>

#include <bit>
#include <memory>
#include <string>
#include <vector>

#include "flowgraph/text.h"
#include "flowgraph/verifier.h"
#include "llinterp/freeze.h"
#include "llinterp/llinterp.h"

namespace weft::llinterp {
namespace {

using flowgraph::Program;

constexpr char kProgram[] = R"(
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
global $pair: ptr Pair
dispatch kind: fn(ptr Object)->i64 from 1 [-, @float_kind, @int_kind, @pair_kind, -]
entry @main
initializer @init

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
function @kind: fn(ptr Object)->i64 {
b0(%0: ptr Object):
  %1: u32 = type_id %0
  %2: fn(ptr Object)->i64 = dispatch{kind} %1
  %3: i64 = call_pointer %2, %0
  return %3
}
function @float_kind_of: fn(f64)->i64 {
b0(%0: f64):
  %1: ptr Number = box{Number} %0
  %2: ptr Object = cast_ptr %1
  gc_collect
  %3: i64 = call{@kind} %2
  return %3
}
function @int_kind_of: fn(i64)->i64 {
b0(%0: i64):
  %1: ptr Integer = box{Integer} %0
  %2: ptr Object = cast_ptr %1
  gc_collect
  %3: i64 = call{@kind} %2
  return %3
}
function @is_number: fn(f64, i64)->i64 {
b0(%0: f64, %1: i64):
  %2: ptr Number = box{Number} %0
  %3: ptr Object = cast_ptr %2
  %4: bool = is_instance{Number} %3
  %5: i64 = convert %4
  %6: ptr Integer = box{Integer} %1
  %7: ptr Object = cast_ptr %6
  %8: bool = is_instance{Number} %7
  %9: i64 = convert %8
  %10: i64 = mul %9, 10:i64
  %11: i64 = add %5, %10
  return %11
}
function @float: fn(f64)->f64 {
b0(%0: f64):
  %1: ptr Number = box{Number} %0
  gc_collect
  %2: f64 = unbox{Number} %1
  return %2
}
function @int: fn(i64)->i64 {
b0(%0: i64):
  %1: ptr Integer = box{Integer} %0
  gc_collect
  %2: i64 = unbox{Integer} %1
  return %2
}
function @fits: fn(i64)->bool {
b0(%0: i64):
  %1: ptr Integer = box{Integer} %0
  %2: bool = fits_immediate{Integer} %0
  %3: bool = is_immediate{Integer} %1
  %4: bool = eq %2, %3
  %5: bool = and %2, %4
  return %5
}
function @hash: fn(f64)->bool {
b0(%0: f64):
  %1: ptr Number = box{Number} %0
  %2: i64 = identity_hash %1
  %3: ptr Number = box{Number} %0
  %4: i64 = identity_hash %3
  %5: bool = eq %2, %4
  return %5
}
function @init: fn()->void {
b0:
  %0: ptr Pair = malloc{Pair}
  %1: ptr Number = box{Number} 2.5:f64
  %2: ptr Object = cast_ptr %1
  setfield{Pair .0'first} %0, %2
  %3: ptr Integer = box{Integer} 9223372036854775807:i64
  %4: ptr Object = cast_ptr %3
  setfield{Pair .1'second} %0, %4
  global_set{$pair} %0
  return
}
function @main: fn()->f64 {
b0:
  %0: ptr Pair = global_get{$pair}
  %1: ptr Object = getfield{Pair .0'first} %0
  %2: ptr Number = cast_ptr %1
  %3: f64 = unbox{Number} %2
  return %3
}
)";

constexpr const char* kNone = "";
constexpr const char* kNan = "boxing nan float Number int Integer\n";
constexpr const char* kTagged = "boxing tagged int Integer\n";

std::unique_ptr<Program> Parsed(const char* boxing) {
  auto program = flowgraph::Parse(std::string("weft rtyped\n") + kProgram + boxing);
  EXPECT_TRUE(program.ok()) << program.error().message();
  for (const std::string& fault : flowgraph::Verify(**program)) ADD_FAILURE() << fault;
  return *std::move(program);
}

uint64_t RunFunction(Interpreter& interpreter, const Program& program, const std::string& name,
                     std::vector<uint64_t> arguments) {
  for (size_t f = 0; f < program.functions.size(); ++f) {
    if (program.functions[f]->name != name) continue;
    Outcome outcome = interpreter.Call(FunctionId(f), arguments);
    EXPECT_EQ(outcome.kind, Outcome::Kind::kReturned) << outcome.message;
    return outcome.values.empty() ? 0 : outcome.values[0];
  }
  ADD_FAILURE() << "no function " << name;
  return 0;
}

class BoxingTest : public testing::TestWithParam<const char*> {};

INSTANTIATE_TEST_SUITE_P(All, BoxingTest, testing::Values(kNone, kNan, kTagged));

TEST_P(BoxingTest, ValuesComeOutAsTheyWentIn) {
  auto program = Parsed(GetParam());
  Interpreter interpreter(*program, {.gc_stress = true});
  for (double value : {0.0, -0.0, 1.5, -1e300, 5e-324, 1.0 / 0.0, -1.0 / 0.0}) {
    auto bits = std::bit_cast<uint64_t>(value);
    EXPECT_EQ(RunFunction(interpreter, *program, "float", {bits}), bits);
    EXPECT_EQ(RunFunction(interpreter, *program, "float_kind_of", {bits}), 1u);
    EXPECT_EQ(RunFunction(interpreter, *program, "hash", {bits}), GetParam() == kNan ? 1u : 0u);
  }
  for (uint64_t nan : {0x7ff8000000000000u, 0xfff8000000000000u, 0xffffffffffffffffu}) {
    uint64_t result = RunFunction(interpreter, *program, "float", {nan});
    EXPECT_NE(std::bit_cast<double>(result), std::bit_cast<double>(result));
    EXPECT_EQ(RunFunction(interpreter, *program, "float_kind_of", {nan}), 1u);
  }
  for (int shift = 0; shift < 64; ++shift) {
    for (uint64_t delta : {-1, 0, 1}) {
      uint64_t value = (uint64_t{1} << shift) + delta;
      EXPECT_EQ(RunFunction(interpreter, *program, "int", {value}), value);
      EXPECT_EQ(RunFunction(interpreter, *program, "int_kind_of", {value}), 2u);
      EXPECT_EQ(RunFunction(interpreter, *program, "is_number", {0, value}), 1u);
    }
  }
}

TEST_P(BoxingTest, LargeIntegersDoNotFit) {
  auto program = Parsed(GetParam());
  Interpreter interpreter(*program, {});
  int bits = GetParam() == kNan ? 48 : GetParam() == kTagged ? 63 : 0;
  if (bits == 0) {
    EXPECT_EQ(RunFunction(interpreter, *program, "fits", {0}), 0u);
    return;
  }
  uint64_t limit = uint64_t{1} << (bits - 1);
  EXPECT_EQ(RunFunction(interpreter, *program, "fits", {limit - 1}), 1u);
  EXPECT_EQ(RunFunction(interpreter, *program, "fits", {limit}), 0u);
  EXPECT_EQ(RunFunction(interpreter, *program, "fits", {0 - limit}), 1u);
  EXPECT_EQ(RunFunction(interpreter, *program, "fits", {0 - limit - 1}), 0u);
}

TEST_P(BoxingTest, TheFrozenHeapHoldsThem) {
  auto program = Parsed(GetParam());
  DiagnosticEngine diagnostics(program->files);
  ASSERT_TRUE(Freeze(*program, diagnostics, {}, nullptr)) << diagnostics.Render();
  for (const std::string& fault : flowgraph::Verify(*program)) ADD_FAILURE() << fault;
  // The pair, the large integer, and what the number needs.
  EXPECT_EQ(program->frozen.size(), GetParam() == kNan ? 2u : 3u);
  Interpreter interpreter(*program, {.gc_stress = true});
  EXPECT_EQ(RunFunction(interpreter, *program, "main", {}), std::bit_cast<uint64_t>(2.5));
}

}  // namespace
}  // namespace weft::llinterp
