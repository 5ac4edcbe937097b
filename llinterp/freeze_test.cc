#include "llinterp/freeze.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "flowgraph/text.h"
#include "flowgraph/verifier.h"
#include "llinterp/llinterp.h"
#include "rtyper/rtyper.h"

namespace weft::llinterp {
namespace {

using flowgraph::Program;

std::unique_ptr<Program> Rtyped(
    const std::string& text, flowgraph::TypeSystem type_system = flowgraph::TypeSystem::kLltype) {
  auto parsed = flowgraph::Parse("weft source\n" + text);
  if (!parsed.ok()) {
    ADD_FAILURE() << parsed.error().message();
    return nullptr;
  }
  std::unique_ptr<Program> program = *std::move(parsed);
  DiagnosticEngine diagnostics(program->files);
  EXPECT_TRUE(rtyper::Rtype(*program, nullptr, diagnostics, type_system)) << diagnostics.Render();
  for (const std::string& fault : flowgraph::Verify(*program)) ADD_FAILURE() << fault;
  return program;
}

constexpr char kProgram[] = R"(
class weft::Object {
}
class Node : weft::Object {
  field next: obj Node
  field values: array<val Pair>
  field run: fn(i64)->i64
}
value Pair {
  field number: i32
  field name: str
}
global $head: obj Node
global $count: i64 = 0:i64
global $pair: val Pair
global $place: i64
known object weft::Object
entry @main
initializer @init
function @triple: fn(i64)->i64 {
b0(%0: i64):
  %1: i64 = mul %0, 3:i64
  return %1
}
function @never: fn()->void {
b0:
  return
}
function @fill: fn(ref<i64>)->void {
b0(%0: ref<i64>):
  ref_set{} %0, 40:i64
  return
}
function @init: fn()->void {
b0:
  %0: obj Node = new{Node}
  %1: obj Node = new{Node}
  field_set{Node .0'next} %0, %1
  field_set{Node .0'next} %1, %0
  %2: array<val Pair> = array_new 2:i64
  array_set{.0'number} %2, 1:i64, -9:i32
  array_set{.1'name} %2, 1:i64, "nine"
  field_set{Node .1'values} %1, %2
  field_set{Node .2'run} %1, @triple:fn(i64)->i64
  global_set{$head} %0
  %3: val Pair = value_make{Pair} 5:i32, "only here"
  global_set{$pair} %3
  %4: i64 = identity_hash %1
  global_set{$count} %4
  %5: ref<i64> = global_ref{$place}
  call{@fill} %5
  %6: str = str_new 3:i64
  call{@never}
  return
}
function @main: fn(i64)->i64 {
b0(%0: i64):
  %1: obj Node = global_get{$head}
  %2: obj Node = field_get{Node .0'next} %1
  %3: array<val Pair> = field_get{Node .1'values} %2
  %4: str = array_get{.1'name} %3, 1:i64
  %5: i64 = str_length %4
  %6: fn(i64)->i64 = field_get{Node .2'run} %2
  %7: i64 = call_pointer %6, %5
  %8: i32 = array_get{.0'number} %3, 1:i64
  %9: i64 = convert %8
  %10: i64 = add %7, %9
  %11: i64 = global_get{$place}
  %12: i64 = add %10, %11
  %13: i64 = identity_hash %2
  %14: i64 = global_get{$count}
  %15: i64 = sub %13, %14
  %16: i64 = add %12, %15
  global_set{$count} %0
  %17: i32 = global_get{$pair .0'number}
  %18: i64 = convert %17
  %19: i64 = add %16, %18
  return %19
}
)";

TEST(FreezeTest, KeepsWhatTheInitialisersBuilt) {
  auto program = Rtyped(kProgram);
  ASSERT_NE(program, nullptr);
  DiagnosticEngine diagnostics(program->files);
  FreezeStatistics statistics;
  ASSERT_TRUE(Freeze(*program, diagnostics, {}, &statistics)) << diagnostics.Render();
  EXPECT_FALSE(program->initializer.is_valid());
  for (const std::string& fault : flowgraph::Verify(*program)) ADD_FAILURE() << fault;
  // "nine", the box of $place, two nodes, the array; not the string of $pair, which is not read.
  EXPECT_EQ(program->frozen.size(), 5u);
  EXPECT_EQ(statistics.removed_functions, 3u);
  EXPECT_TRUE(program->globals[0].is_constant);
  EXPECT_FALSE(program->globals[1].is_constant);
  std::string text = flowgraph::PrintFunction(*program, program->entry);
  EXPECT_EQ(text.find("global_get{$head}"), std::string::npos) << text;
  EXPECT_NE(text.find("convert 5:i32"), std::string::npos) << text;

  // It reads back, and runs.
  auto again = flowgraph::Parse(flowgraph::Print(*program));
  ASSERT_TRUE(again.ok()) << again.error().message();
  Interpreter interpreter(**again, {});
  Outcome outcome = interpreter.Call((*again)->entry, std::array<uint64_t, 1>{1});
  ASSERT_EQ(outcome.kind, Outcome::Kind::kReturned) << outcome.message;
  EXPECT_EQ(static_cast<int64_t>(outcome.values[0]), 12 - 9 + 40 + 5);
}

TEST(FreezeTest, IsTheSameEveryTime) {
  auto first = Rtyped(kProgram);
  auto second = Rtyped(kProgram);
  ASSERT_NE(first, nullptr);
  DiagnosticEngine diagnostics(first->files);
  ASSERT_TRUE(Freeze(*first, diagnostics) && Freeze(*second, diagnostics));
  EXPECT_EQ(flowgraph::Print(*first), flowgraph::Print(*second));
}

constexpr char kMethods[] = R"(
class weft::Object {
}
class A : weft::Object {
  implements f/0 = @A::f
}
class B : A {
  implements f/0 = @B::f
}
class C : A {
  implements f/0 = @C::f
}
method f of A: fn(obj A)->i64
global $b: obj A
known object weft::Object
entry @main
initializer @init
function @A::f: fn(obj A)->i64 this {
b0(%0: obj A):
  return 1:i64
}
function @B::f: fn(obj B)->i64 this {
b0(%0: obj B):
  return 2:i64
}
function @C::f: fn(obj C)->i64 this {
b0(%0: obj C):
  return 3:i64
}
function @init: fn()->void {
b0:
  %0: obj B = new{B}
  %1: obj A = upcast %0
  global_set{$b} %1
  %2: obj C = new{C}
  %3: obj A = upcast %2
  %4: i64 = call_virtual{f/0} %3
  return
}
function @main: fn()->i64 {
b0:
  %0: obj A = global_get{$b}
  %1: i64 = call_virtual{f/0} %0
  %2: obj A = new{A}
  %3: i64 = call_virtual{f/0} %2
  %4: i64 = add %1, %3
  return %4
}
)";

TEST(FreezeTest, KeepsImplementationsOfClassesWithObjects) {
  auto program = Rtyped(kMethods);
  ASSERT_NE(program, nullptr);
  DiagnosticEngine diagnostics(program->files);
  ASSERT_TRUE(Freeze(*program, diagnostics));
  EXPECT_TRUE(program->functions[2]->graph.empty());
  ASSERT_EQ(program->dispatch_tables.size(), 1u);
  EXPECT_FALSE(program->dispatch_tables[0].functions[2].is_valid());
  Interpreter interpreter(*program, {.gc_stress = true});
  EXPECT_EQ(interpreter.Call(program->entry, {}).values, std::vector<uint64_t>{3});
}

TEST(FreezeTest, KeepsImplementationsUnderOotype) {
  auto program = Rtyped(kMethods, flowgraph::TypeSystem::kOotype);
  ASSERT_NE(program, nullptr);
  DiagnosticEngine diagnostics(program->files);
  ASSERT_TRUE(Freeze(*program, diagnostics));
  // Only a call_method leads to the first two.
  EXPECT_FALSE(program->functions[0]->graph.empty());
  EXPECT_FALSE(program->functions[1]->graph.empty());
  EXPECT_TRUE(program->functions[2]->graph.empty());
  for (const std::string& fault : flowgraph::Verify(*program)) ADD_FAILURE() << fault;
  Interpreter interpreter(*program, {.gc_stress = true});
  EXPECT_EQ(interpreter.Call(program->entry, {}).values, std::vector<uint64_t>{3});
}

std::string CodeOfFailure(const std::string& body, const FreezeOptions& options = {}) {
  auto program = Rtyped(R"(
class weft::Object {
}
class weft::Exception : weft::Object exception {
  field message: str
}
known object weft::Object
known exception weft::Exception
external weft_os_cpu_seconds: fn()->f64
entry @main
initializer @init
function @main: fn()->void {
b0:
  return
}
function @init: fn()->void {
)" + body + "}\n");
  if (program == nullptr) return "";
  DiagnosticEngine diagnostics(program->files);
  if (Freeze(*program, diagnostics, options)) return "none";
  return std::string(diagnostics.diagnostics()[0].code()) + ": " +
         diagnostics.diagnostics()[0].message;
}

TEST(FreezeTest, ReportsInitialisersThatFail) {
  EXPECT_EQ(CodeOfFailure("b0:\n  %0: f64 = call_external{weft_os_cpu_seconds}\n  return\n"),
            "W0401: an initialiser needs the outside world: it calls 'weft_os_cpu_seconds'");
  EXPECT_EQ(CodeOfFailure("b0:\n  jump b1\nb1:\n  jump b1\n", {.step_limit = 1000}),
            "W0402: the initialisers of globals did not end within 1000 steps");
  EXPECT_EQ(CodeOfFailure("b0:\n  %0: obj weft::Exception = new{weft::Exception}\n"
                          "  field_set{weft::Exception .0'message} %0, \"no\"\n  raise %0\n"),
            "W0403: an exception left the initialiser of a global: weft::Exception: no");
  EXPECT_EQ(CodeOfFailure("b0:\n  check_index 4:i64, 4:i64\n  return\n"),
            "W0404: the initialiser of a global fails: index 4 is out of range for length 4");
}

}  // namespace
}  // namespace weft::llinterp
