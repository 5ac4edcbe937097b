#include "optimize/remove_allocations.h"

#include <gtest/gtest.h>

#include <string>

#include "optimize/simplify.h"
#include "optimize/test_util.h"

namespace weft::optimize {
namespace {

bool RemoveAndSimplify(flowgraph::Program& program, flowgraph::FunctionInfo& function) {
  RemoveAllocations(program, function);
  return Simplify(program, function);
}

TEST(RemoveAllocations, ObjectThatStaysBecomesValues) {
  EXPECT_EQ(RunPass(R"(weft source
value P {
  field x: i64
  field y: i64
}
class Base {
  field n: i64
}
class Iterator : Base {
  field at: val P
}
function @f: fn(i64)->i64 {
b0(%0: i64):
  %1: obj Iterator = new{Iterator}
  %2: obj Base = upcast %1
  field_set{Base .0'n} %2, %0
  jump b1
b1:
  %3: i64 = field_get{Iterator .0'at.1'y} %1
  %4: i64 = field_get{Base .0'n} %1
  %5: bool = lt %3, %4
  branch %5 b2 b3
b2:
  %6: i64 = add %3, 1:i64
  field_set{Iterator .0'at.1'y} %1, %6
  jump b1
b3:
  %7: i64 = field_get{Iterator .0'at.0'x} %1
  %8: i64 = add %7, %3
  return %8
}
)",
                    RemoveAndSimplify),
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

TEST(RemoveAllocations, BlocksInAnyOrder) {
  EXPECT_EQ(RunPass(R"(weft source
class Cell {
  field n: i64
}
function @f: fn(i64)->i64 {
b0(%0: i64):
  jump b2
b1:
  %1: i64 = field_get{Cell .0'n} %2
  return %1
b2:
  %2: obj Cell = new{Cell}
  field_set{Cell .0'n} %2, %0
  jump b1
}
)",
                    RemoveAndSimplify),
            R"(b0(%0: i64):
  return %0
)");
}

TEST(RemoveAllocations, NewInALoopIsFreshEachTime) {
  EXPECT_EQ(RunPass(R"(weft source
class Cell {
  field n: i64
}
function @f: fn(bool)->i64 {
b0(%0: bool):
  jump b1(0:i64)
b1(%1: i64):
  %2: obj Cell = new{Cell}
  %3: i64 = field_get{Cell .0'n} %2
  field_set{Cell .0'n} %2, 5:i64
  %4: i64 = add %1, %3
  branch %0 b1(%4) b2
b2:
  return %4
}
)",
                    RemoveAndSimplify),
            R"(b0(%0: bool):
  jump b1
b1:
  branch %0 b1 b2
b2:
  return 0:i64
)");
}

TEST(RemoveAllocations, EscapingObjectsStay) {
  for (const char* use : {"  call{@g} %1\n", "  field_set{Cell .1'next} %0, %1\n",
                          "  field_set{Cell .1'next} %1, %1\n"}) {
    std::string body = std::string(R"(b0(%0: obj Cell):
  %1: obj Cell = new{Cell}
  field_set{Cell .0'n} %1, 5:i64
)") + use + "  return\n";
    EXPECT_EQ(RunPass(R"(weft source
class Cell {
  field n: i64
  field next: obj Cell
}
function @g: fn(obj Cell)->void {
b0(%0: obj Cell):
  return
}
function @f: fn(obj Cell)->void {
)" + body + "}\n",
                      RemoveAndSimplify),
              body);
  }
}

}  // namespace
}  // namespace weft::optimize
