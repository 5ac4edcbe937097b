#include "optimize/promote_locals.h"

#include <gtest/gtest.h>

#include "optimize/simplify.h"
#include "optimize/test_util.h"

namespace weft::optimize {
namespace {

TEST(PromoteLocals, LoopVariableBecomesBlockArgument) {
  EXPECT_EQ(RunPass(R"(weft source
function @f: fn(i64)->i64 {
b0(%0: i64):
  %1: ref<i64> = local{i64}
  %2: ref<i64> = local{i64}
  jump b1
b1:
  %3: i64 = ref_get{} %1
  %4: bool = lt %3, %0
  branch %4 b2 b3
b2:
  %5: i64 = ref_get{} %1
  %6: i64 = add %5, 1:i64
  ref_set{} %1, %6
  ref_set{} %2, %6
  jump b1
b3:
  %7: i64 = ref_get{} %1
  return %7
}
)",
                    PromoteLocals),
            R"(b0(%0: i64):
  jump b1(0:i64)
b1(%1: i64):
  %2: bool = lt %1, %0
  branch %2 b2 b3
b2:
  %3: i64 = add %1, 1:i64
  jump b1(%3)
b3:
  return %1
)");
}

TEST(PromoteLocals, SlotInLoopBodyIsZeroEachTime) {
  EXPECT_EQ(RunPass(R"(weft source
function @f: fn(bool)->i64 {
b0(%0: bool):
  jump b1
b1:
  %1: ref<i64> = local{i64}
  %2: i64 = ref_get{} %1
  %3: i64 = add %2, 1:i64
  ref_set{} %1, %3
  %4: i64 = ref_get{} %1
  branch %0 b1 b2
b2:
  return %4
}
)",
                    PromoteLocals),
            R"(b0(%0: bool):
  jump b1
b1:
  %1: i64 = add 0:i64, 1:i64
  branch %0 b1 b2
b2:
  return %1
)");
}

TEST(PromoteLocals, ValueSlotIsSplitIntoItsScalars) {
  EXPECT_EQ(RunPass(R"(weft source
value Point {
  field x: i64
  field y: f64
}
value Box {
  field at: val Point
  field n: i64
}
function @f: fn(val Box)->f64 {
b0(%0: val Box):
  %1: ref<val Box> = local{val Box}
  ref_set{} %1, %0
  ref_set{.1'n} %1, 5:i64
  %2: ref<val Point> = ref_field{Box .0'at} %1
  %3: ref<i64> = ref_field{Point .0'x} %2
  ref_set{} %3, 3:i64
  %4: val Point = ref_get{} %2
  %5: i64 = value_get{Point .0'x} %4
  %6: f64 = convert %5
  %7: f64 = ref_get{.1'y} %2
  %8: f64 = add %6, %7
  return %8
}
)",
                    [](flowgraph::Program& program, flowgraph::FunctionInfo& function) {
                      PromoteLocals(program, function);
                      return Simplify(program, function);
                    }),
            R"(b0(%0: val Box):
  %1: f64 = value_get{Box .0'at.1'y} %0
  %2: f64 = add %1, 3.0:f64
  return %2
)");
}

TEST(PromoteLocals, PlaceThatIsPassedOnStaysASlot) {
  const char* body = R"(b0:
  %0: ref<i64> = local{i64}
  call{@g} %0
  %1: i64 = ref_get %0
  return %1
)";
  EXPECT_EQ(RunPass(std::string(R"(weft source
function @g: fn(ref<i64>)->void {
b0(%0: ref<i64>):
  return
}
function @f: fn()->i64 {
)") + body + "}\n",
                    PromoteLocals),
            body);
}

TEST(PromoteLocals, ReferenceKeptInASlotIsSeenThrough) {
  EXPECT_EQ(RunPass(R"(weft source
class Obj {
  field x: i64
}
function @f: fn(obj Obj)->i64 {
b0(%0: obj Obj):
  %1: ref<ref<i64>> = local{ref<i64>}
  %2: ref<i64> = field_ref{Obj .0'x} %0
  ref_set{} %1, %2
  %3: ref<i64> = ref_get{} %1
  ref_set{} %3, 4:i64
  %4: i64 = ref_get{} %3
  return %4
}
)",
                    PromoteLocals),
            R"(b0(%0: obj Obj):
  field_set{Obj .0'x} %0, 4:i64
  %1: i64 = field_get{Obj .0'x} %0
  return %1
)");
}

TEST(PromoteLocals, ExceptionExitCarriesTheValueFromBeforeTheCall) {
  EXPECT_EQ(RunPass(R"(weft source
class weft::Object {
}
class weft::Exception : weft::Object exception {
}
known object weft::Object
known exception weft::Exception
function @g: fn()->i64 {
b0:
  return 1:i64
}
function @f: fn()->i64 {
b0:
  %0: ref<i64> = local{i64}
  ref_set{} %0, 7:i64
  %1: i64 = call{@g}
  jump b1
  except b2
b1:
  ref_set{} %0, %1
  %2: i64 = call{@g}
  jump b3
  except b2
b2(%3: obj weft::Exception):
  %4: i64 = ref_get{} %0
  return %4
b3:
  return %2
}
)",
                    PromoteLocals),
            R"(b0:
  %0: i64 = call{@g}
  jump b1
  except b2(7:i64)
b1:
  %1: i64 = call{@g}
  jump b3
  except b2(%0)
b2(%2: obj weft::Exception, %3: i64):
  return %3
b3:
  return %1
)");
}

TEST(PromoteLocals, ArraysItemsAreReadDirectly) {
  EXPECT_EQ(RunPass(R"(weft source
value Point {
  field x: i64
  field y: i64
}
global $origin: val Point
function @f: fn(array<val Point>, i64)->i64 {
b0(%0: array<val Point>, %1: i64):
  %2: ref<val Point> = array_ref{} %0, %1
  %3: ref<i64> = ref_field{Point .1'y} %2
  %4: i64 = ref_get{} %3
  %5: ref<val Point> = global_ref{$origin}
  ref_set{.0'x} %5, %4
  return %4
}
)",
                    PromoteLocals),
            R"(b0(%0: array<val Point>, %1: i64):
  %2: i64 = array_get{.1'y} %0, %1
  global_set{$origin .0'x} %2
  return %2
)");
}

}  // namespace
}  // namespace weft::optimize
