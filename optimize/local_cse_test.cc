#include "optimize/local_cse.h"

#include <gtest/gtest.h>

#include "optimize/simplify.h"
#include "optimize/test_util.h"

namespace weft::optimize {
namespace {

TEST(LocalCse, DominatingExpressionsAndChecks) {
  EXPECT_EQ(RunPass(R"(weft source
function @f: fn(i32, i32)->i32 {
b0(%0: i32, %1: i32):
  %2: i32 = add %0, %1
  check_nonzero %1
  %3: bool = lt %2, 5:i32
  branch %3 b1 b2
b1:
  %4: i32 = add %1, %0
  check_nonzero %1
  %5: i32 = div %4, %1
  return %5
b2:
  %6: i32 = mul %0, %1
  return %6
}
)",
                    LocalCse),
            R"(b0(%0: i32, %1: i32):
  %2: i32 = add %0, %1
  check_nonzero %1
  %3: bool = lt %2, 5:i32
  branch %3 b1 b2
b1:
  %4: i32 = div %2, %1
  return %4
b2:
  %5: i32 = mul %0, %1
  return %5
)");
}

TEST(LocalCse, SiblingsDoNotShare) {
  const char* body = R"(b0(%0: bool, %1: i32):
  branch %0 b1 b2
b1:
  %2: i32 = add %1, 1:i32
  return %2
b2:
  %3: i32 = add %1, 1:i32
  return %3
)";
  EXPECT_EQ(RunPass(std::string("weft source\nfunction @f: fn(bool, i32)->i32 {\n") + body + "}\n",
                    LocalCse),
            body);
}

TEST(LocalCse, LoadsUntilSomethingWrites) {
  EXPECT_EQ(RunPass(R"(weft source
class Obj {
  field a: i32
  field b: i32
  field c: i32 immutable
}
external out: fn()->void
function @f: fn(obj Obj, obj Obj)->i32 {
b0(%0: obj Obj, %1: obj Obj):
  %2: i32 = field_get{Obj .0'a} %0
  field_set{Obj .1'b} %0, 5:i32
  %3: i32 = field_get{Obj .0'a} %0
  %4: i32 = field_get{Obj .1'b} %0
  field_set{Obj .0'a} %1, %4
  %5: i32 = field_get{Obj .0'a} %0
  %6: i32 = field_get{Obj .2'c} %0
  call_external{out}
  %7: i32 = field_get{Obj .1'b} %0
  %8: i32 = field_get{Obj .2'c} %0
  %9: i32 = add %3, %5
  %10: i32 = add %9, %7
  %11: i32 = sub %6, %8
  %12: i32 = add %10, %11
  return %12
}
)",
                    [](flowgraph::Program& program, flowgraph::FunctionInfo& function) {
                      LocalCse(program, function);
                      return Simplify(program, function);
                    }),
            R"(b0(%0: obj Obj, %1: obj Obj):
  %2: i32 = field_get{Obj .0'a} %0
  field_set{Obj .1'b} %0, 5:i32
  field_set{Obj .0'a} %1, 5:i32
  %3: i32 = field_get{Obj .0'a} %0
  call_external{out}
  %4: i32 = field_get{Obj .1'b} %0
  %5: i32 = add %2, %3
  %6: i32 = add %5, %4
  return %6
)");
}

TEST(LocalCse, ConditionsAreKnownBehindTheirBranch) {
  EXPECT_EQ(RunPass(R"(weft source
function @f: fn(i32, bool)->i32 {
b0(%0: i32, %1: bool):
  %2: bool = eq %0, 7:i32
  branch %2 b1 b2
b1:
  branch %2 b3 b4
b2:
  branch %1 b3 b4
b3:
  return 1:i32
b4:
  return %0
}
)",
                    [](flowgraph::Program& program, flowgraph::FunctionInfo& function) {
                      LocalCse(program, function);
                      return Simplify(program, function);
                    }),
            R"(b0(%0: i32, %1: bool):
  %2: bool = eq %0, 7:i32
  branch %2 b2 b1
b1:
  branch %1 b2 b3
b2:
  return 1:i32
b3:
  return %0
)");
}

TEST(LocalCse, LoopsForgetWhatTheyWrite) {
  const char* body = R"(b0(%0: array<i64>):
  %1: i64 = array_get %0, 0:i64
  jump b1
b1:
  %2: i64 = array_get %0, 0:i64
  %3: i64 = add %2, %1
  array_set %0, 0:i64, %3
  jump b1
)";
  EXPECT_EQ(
      RunPass(std::string("weft source\nfunction @f: fn(array<i64>)->void {\n") + body + "}\n",
              LocalCse),
      body);
}

}  // namespace
}  // namespace weft::optimize
