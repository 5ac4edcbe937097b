#include "optimize/inline.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "optimize/test_util.h"

namespace weft::optimize {
namespace {

std::string InlineAll(std::string_view text) {
  std::unique_ptr<flowgraph::Program> program = ParseProgram(text);
  Inline(*program);
  return Body(*program);
}

TEST(Inline, MethodOfAValueNeedsNoPlace) {
  EXPECT_EQ(InlineAll(R"(weft source
value Point {
  field x: i64
  field y: i64
}
function @sum: fn(ref<val Point>)->i64 {
b0(%0: ref<val Point>):
  %1: i64 = ref_get{.0'x} %0
  %2: i64 = ref_get{.1'y} %0
  %3: i64 = add %1, %2
  ref_set{.0'x} %0, 0:i64
  return %3
}
function @f: fn(i64)->i64 {
b0(%0: i64):
  %1: ref<val Point> = local{val Point}
  ref_set{.0'x} %1, %0
  %2: i64 = call{@sum} %1
  %3: i64 = call{@sum} %1
  %4: i64 = mul %2, 3:i64
  %5: i64 = add %4, %3
  return %5
}
)"),
            R"(b0(%0: i64):
  %1: i64 = mul %0, 3:i64
  return %1
)");
}

TEST(Inline, ExceptionsOfTheCalleeReachTheHandlerOfTheCall) {
  EXPECT_EQ(InlineAll(R"(weft source
class weft::Object {
}
class weft::Exception : weft::Object exception {
}
known object weft::Object
known exception weft::Exception
external out: fn(i64)->i64
function @deep: fn(i64)->i64 never_inline {
b0(%0: i64):
  %1: i64 = call{@deep} %0
  return %1
}
function @callee: fn(i64)->i64 {
b0(%0: i64):
  %1: i64 = call{@deep} %0
  %2: i64 = call{@deep} %1
  %3: bool = eq %2, 0:i64
  branch %3 b1 b2
b1:
  %4: obj weft::Exception = new{weft::Exception}
  raise %4
b2:
  return %2
}
function @f: fn(i64)->i64 {
b0(%0: i64):
  %1: i64 = call_external{out} %0
  %2: i64 = call{@callee} %1
  jump b1
  except b2(%1)
b1:
  return %2
b2(%3: obj weft::Exception, %4: i64):
  return %4
}
)"),
            R"(b0(%0: i64):
  %1: i64 = call_external{out} %0
  %2: i64 = call{@deep} %1
  jump b3
  except b2
b1:
  return %3
b2(%4: obj weft::Exception):
  return %1
b3:
  %3: i64 = call{@deep} %2
  jump b4
  except b2
b4:
  %5: bool = eq %3, 0:i64
  branch %5 b2(zero:obj weft::Exception) b1
)");
}

TEST(Inline, ComparatorHandedOverBecomesADirectCallAndGoes) {
  EXPECT_EQ(InlineAll(R"(weft source
function @less: fn(i64, i64)->bool {
b0(%0: i64, %1: i64):
  %2: bool = lt %0, %1
  return %2
}
function @least: fn(i64, i64, fn(i64, i64)->bool)->i64 {
b0(%0: i64, %1: i64, %2: fn(i64, i64)->bool):
  %3: bool = call_pointer %2, %0, %1
  branch %3 b1 b2
b1:
  return %0
b2:
  return %1
}
function @f: fn(i64)->i64 {
b0(%0: i64):
  %1: i64 = call{@least} %0, 5:i64, @less:fn(i64, i64)->bool
  return %1
}
)"),
            R"(b0(%0: i64):
  %1: bool = lt %0, 5:i64
  branch %1 b1(%0) b1(5:i64)
b1(%2: i64):
  return %2
)");
}

TEST(Inline, RecursionAndErrorPathsStayCalls) {
  const char* body = R"(b0(%0: i64):
  call{@fail} %0
  %1: i64 = call{@fib} %0
  return %1
)";
  EXPECT_EQ(InlineAll(std::string(R"(weft source
function @fail: fn(i64)->void cold {
b0(%0: i64):
  return
}
function @fib: fn(i64)->i64 {
b0(%0: i64):
  %1: i64 = call{@fib} %0
  return %1
}
function @f: fn(i64)->i64 {
)") + body + "}\n"),
            body);
}

TEST(RemoveUnusedFunctions, KeepsWhatTheEntryNeeds) {
  auto program = ParseProgram(R"(weft source
entry @f
function @used: fn()->void {
b0:
  return
}
function @pointed_to: fn()->void {
b0:
  return
}
function @unused: fn()->void {
b0:
  call{@used}
  return
}
function @f: fn(array<str>)->i32 {
b0(%0: array<str>):
  call{@used}
  call_pointer @pointed_to:fn()->void
  return 0:i32
}
)");
  EXPECT_TRUE(RemoveUnusedFunctions(*program));
  EXPECT_FALSE(program->functions[0]->graph.empty());
  EXPECT_FALSE(program->functions[1]->graph.empty());
  EXPECT_TRUE(program->functions[2]->graph.empty());
  EXPECT_FALSE(program->functions[3]->graph.empty());
}

TEST(RemoveUnusedFunctions, KeepsImplementationsOfMethodsThatAreCalled) {
  auto program = ParseProgram(R"(weft rtyped ootype
class A {
  implements called/0 = @called
  implements idle/1 = @idle
  container A
}
container A types 1 2 size 8 {
}
method called of A: fn(ptr A)->void
method idle of A: fn(ptr A)->void
entry @f
function @called: fn(ptr A)->void {
b0(%0: ptr A):
  return
}
function @idle: fn(ptr A)->void {
b0(%0: ptr A):
  return
}
function @exported: fn()->void export api {
b0:
  return
}
function @f: fn(ptr A)->void {
b0(%0: ptr A):
  call_method{called/0} %0
  return
}
)");
  EXPECT_TRUE(RemoveUnusedFunctions(*program));
  EXPECT_FALSE(program->functions[0]->graph.empty());
  EXPECT_TRUE(program->functions[1]->graph.empty());
  EXPECT_FALSE(program->functions[2]->graph.empty());
}

}  // namespace
}  // namespace weft::optimize
