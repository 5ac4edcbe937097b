#include "llinterp/llinterp.h"

#include <gtest/gtest.h>

#include <bit>
#include <memory>
#include <string>

#include "flowgraph/text.h"
#include "flowgraph/verifier.h"
#include "rtyper/rtyper.h"
#include "weave/exceptions.h"
#include "weave/gc_transform.h"

namespace weft::llinterp {
namespace {

using flowgraph::Program;

// Parses a source-stage program and rtypes it.
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

// Calls f with the program as the rtyper left it, and then woven for exceptions and a collector.
template <typename F>
void RtypedAndWoven(const std::string& text, F f) {
  auto program = Rtyped(text);
  ASSERT_NE(program, nullptr);
  f(*program);
  weave::WeaveExceptions(*program);
  weave::TransformForGc(*program);
  for (const std::string& fault : flowgraph::Verify(*program)) ADD_FAILURE() << fault;
  f(*program);
}

FunctionId Find(const Program& program, const std::string& name) {
  for (size_t f = 0; f < program.functions.size(); ++f) {
    if (program.functions[f]->name == name) return FunctionId(f);
  }
  ADD_FAILURE() << "no function " << name;
  return {};
}

int64_t Value(const Outcome& outcome) {
  EXPECT_EQ(outcome.kind, Outcome::Kind::kReturned) << outcome.message;
  return outcome.values.empty() ? -1 : static_cast<int64_t>(outcome.values[0]);
}

TEST(LlinterpTest, PassesBlockArgumentsAllAtOnce) {
  // gcd by swapping, and three values that rotate.
  auto program = Rtyped(R"(
function @gcd: fn(i64, i64)->i64 {
b0(%0: i64, %1: i64):
  jump b1(%0, %1)
b1(%2: i64, %3: i64):
  %4: bool = eq %3, 0:i64
  branch %4 b2 b3
b2:
  return %2
b3:
  %5: i64 = rem %2, %3
  jump b1(%3, %5)
}
function @rotate: fn(i64)->i64 {
b0(%0: i64):
  jump b1(%0, 1:i64, 2:i64, 3:i64, 4:i64, 5:i64)
b1(%1: i64, %2: i64, %3: i64, %4: i64, %10: i64, %11: i64):
  %5: bool = gt %1, 0:i64
  branch %5 b2 b3
b2:
  %6: i64 = sub %1, 1:i64
  jump b1(%6, %3, %4, %2, %11, %10)
b3:
  %7: i64 = mul %2, 10000:i64
  %8: i64 = mul %3, 1000:i64
  %9: i64 = mul %4, 100:i64
  %12: i64 = mul %10, 10:i64
  %13: i64 = add %7, %8
  %14: i64 = add %13, %9
  %15: i64 = add %14, %12
  %16: i64 = add %15, %11
  return %16
}
)");
  ASSERT_NE(program, nullptr);
  Interpreter interpreter(*program, {.gc_stress = true});
  EXPECT_EQ(Value(interpreter.Call(Find(*program, "gcd"), std::array<uint64_t, 2>{48, 36})), 12);
  EXPECT_EQ(Value(interpreter.Call(Find(*program, "rotate"), std::array<uint64_t, 1>{0})), 12345);
  EXPECT_EQ(Value(interpreter.Call(Find(*program, "rotate"), std::array<uint64_t, 1>{1})), 23154);
  EXPECT_EQ(Value(interpreter.Call(Find(*program, "rotate"), std::array<uint64_t, 1>{2})), 31245);
}

TEST(LlinterpTest, ComputesInTheWidthOfTheType) {
  auto program = Rtyped(R"(
function @i32: fn(i32, i32)->i32 {
b0(%0: i32, %1: i32):
  %2: i32 = add %0, %1
  %3: i32 = mul %2, %2
  return %3
}
function @u8: fn(i64)->u8 {
b0(%0: i64):
  %1: u8 = convert %0
  %2: u8 = add %1, 10:u8
  return %2
}
function @f: fn(i32)->f64 {
b0(%0: i32):
  %1: f64 = convert %0
  %2: f64 = div %1, 4.0:f64
  return %2
}
function @below: fn(u64, u64)->bool {
b0(%0: u64, %1: u64):
  %2: bool = lt %0, %1
  branch %2 b1 b2
b1:
  return true
b2:
  return false
}
)");
  ASSERT_NE(program, nullptr);
  Interpreter interpreter(*program, {.gc_stress = true});
  EXPECT_EQ(Value(interpreter.Call(Find(*program, "i32"), std::array<uint64_t, 2>{0x7fffffff, 2})),
            -0x7fffffffLL * -0x7fffffffLL % 0x100000000LL);
  EXPECT_EQ(Value(interpreter.Call(Find(*program, "u8"), std::array<uint64_t, 1>{250})), 4);
  Outcome outcome =
      interpreter.Call(Find(*program, "f"), std::array<uint64_t, 1>{static_cast<uint64_t>(-6)});
  EXPECT_EQ(std::bit_cast<double>(outcome.values[0]), -1.5);
  EXPECT_EQ(Value(interpreter.Call(Find(*program, "below"),
                                   std::array<uint64_t, 2>{1, uint64_t{1} << 63})),
            1);
}

constexpr char kClasses[] = R"(
class weft::Object {
  implements finalize/0 = @weft::Object::finalize
}
class weft::Exception : weft::Object exception {
  field message: str
}
class Node : weft::Object {
  field next: obj Node
  field value: i64
  field data: array<i64>
  implements get/1 = @Node::get
}
class Twice : Node {
  implements get/1 = @Twice::get
}
class Noisy : weft::Object {
  field number: i64
  implements finalize/0 = @Noisy::finalize
  finalizer @Noisy::finalize
}
class WeakTarget : weft::Object {
}
method finalize of weft::Object: fn(obj weft::Object)->void
method get of Node: fn(obj Node)->i64
global $memory: obj weft::Exception
global $stack: obj weft::Exception
global $finalized: i64 = 0:i64
known object weft::Object
known exception weft::Exception
known weak_ref WeakTarget
entry @init
initializer @init
memory_error $memory
stack_overflow_error $stack
function @weft::Object::finalize: fn(obj weft::Object)->void this {
b0(%0: obj weft::Object):
  return
}
function @Noisy::finalize: fn(obj Noisy)->void this {
b0(%0: obj Noisy):
  %1: i64 = global_get{$finalized}
  %2: i64 = mul %1, 10:i64
  %3: i64 = field_get{Noisy .0'number} %0
  %4: i64 = add %2, %3
  global_set{$finalized} %4
  return
}
function @Node::get: fn(obj Node)->i64 this {
b0(%0: obj Node):
  %1: i64 = field_get{Node .1'value} %0
  return %1
}
function @Twice::get: fn(obj Twice)->i64 this {
b0(%0: obj Twice):
  %1: i64 = field_get{Node .1'value} %0
  %2: i64 = add %1, %1
  return %2
}
function @init: fn()->void {
b0:
  %0: obj weft::Exception = new{weft::Exception}
  field_set{weft::Exception .0'message} %0, "out of memory"
  global_set{$memory} %0
  %1: obj weft::Exception = new{weft::Exception}
  field_set{weft::Exception .0'message} %1, "stack overflow"
  global_set{$stack} %1
  return
}
)";

TEST(LlinterpTest, DispatchesAndLinksObjects) {
  const std::string text = std::string(kClasses) + R"(
function @main: fn()->i64 {
b0:
  %0: obj Node = new{Node}
  field_set{Node .1'value} %0, 3:i64
  %1: obj Twice = new{Twice}
  field_set{Node .1'value} %1, 20:i64
  %2: obj Node = upcast %1
  field_set{Node .0'next} %0, %2
  jump b1(%0, 0:i64)
b1(%3: obj Node, %4: i64):
  %5: bool = eq %3, zero:obj Node
  branch %5 b2 b3
b2:
  return %4
b3:
  %6: i64 = call_virtual{get/1} %3
  %7: i64 = add %4, %6
  %8: obj Node = field_get{Node .0'next} %3
  jump b1(%8, %7)
}
)";
  for (auto type_system : {flowgraph::TypeSystem::kLltype, flowgraph::TypeSystem::kOotype}) {
    auto program = Rtyped(text, type_system);
    ASSERT_NE(program, nullptr);
    Interpreter interpreter(*program, {.gc_stress = true});
    EXPECT_EQ(Value(interpreter.Call(Find(*program, "main"), {})), 43);
  }
}

TEST(LlinterpTest, CallsOfMethodsOverflowAndFailUnderOotype) {
  auto program = Rtyped(std::string(kClasses) + R"(
class Endless : Node {
  implements get/1 = @Endless::get
}
function @Endless::get: fn(obj Endless)->i64 this {
b0(%0: obj Endless):
  %1: i64 = call{@run} %0
  return %1
}
function @run: fn(obj Node)->i64 {
b0(%0: obj Node):
  %1: i64 = call_virtual{get/1} %0
  return %1
}
function @others: fn()->void {
b0:
  %0: obj Node = new{Node}
  return
}
function @main: fn()->bool {
b0:
  %0: obj Endless = new{Endless}
  %1: obj Node = upcast %0
  %2: i64 = call{@run} %1
  jump b1
  except b2
b1:
  return false
b2(%3: obj weft::Exception):
  %4: obj weft::Exception = global_get{$stack}
  %5: bool = eq %3, %4
  return %5
}
)",
                        flowgraph::TypeSystem::kOotype);
  ASSERT_NE(program, nullptr);
  Interpreter interpreter(*program, {.stack_limit = 1 << 20});
  EXPECT_EQ(interpreter.Call(program->initializer, {}).kind, Outcome::Kind::kReturned);
  EXPECT_EQ(Value(interpreter.Call(Find(*program, "main"), {})), 1);
  Outcome outcome = interpreter.Call(Find(*program, "run"), std::array<uint64_t, 1>{0});
  EXPECT_EQ(outcome.kind, Outcome::Kind::kFatal);
  EXPECT_EQ(outcome.message, "null dereference");
}

TEST(LlinterpTest, CatchesWhatCalleesRaise) {
  RtypedAndWoven(
      std::string(kClasses) + R"(
function @fail: fn(i64)->val Pair {
b0(%0: i64):
  %1: bool = gt %0, 1:i64
  branch %1 b1 b2
b1:
  %2: obj weft::Exception = new{weft::Exception}
  field_set{weft::Exception .0'message} %2, "too large"
  raise %2
b2:
  %3: val Pair = value_make{Pair} %0, 7:i64
  return %3
}
function @main: fn(i64)->i64 {
b0(%0: i64):
  %1: val Pair = call{@fail} %0
  jump b1(%1)
  except b2(%0)
b1(%2: val Pair):
  %3: i64 = value_get{Pair .1'b} %2
  return %3
b2(%4: obj weft::Exception, %5: i64):
  %6: str = field_get{weft::Exception .0'message} %4
  %7: i64 = str_length %6
  %8: i64 = add %7, %5
  return %8
}
function @uncaught: fn()->void {
b0:
  %0: val Pair = call{@fail} 5:i64
  return
}
value Pair {
  field a: i64
  field b: i64
}
)",
      [](const Program& program) {
        Interpreter interpreter(program, {.gc_stress = true});
        EXPECT_EQ(Value(interpreter.Call(Find(program, "main"), std::array<uint64_t, 1>{1})), 7);
        EXPECT_EQ(Value(interpreter.Call(Find(program, "main"), std::array<uint64_t, 1>{100})),
                  109);
        Outcome outcome = interpreter.Call(Find(program, "uncaught"), {});
        ASSERT_EQ(outcome.kind, Outcome::Kind::kException);
        EXPECT_EQ(interpreter.DescribeException(outcome.exception), "weft::Exception: too large");
        if (program.stage == flowgraph::Stage::kWoven) return;
        ASSERT_EQ(outcome.traceback.size(), 2u);
        EXPECT_EQ(outcome.traceback[0].function, Find(program, "fail"));
        EXPECT_EQ(outcome.traceback[1].function, Find(program, "uncaught"));
      });
}

TEST(LlinterpTest, RunsOutOfStackAndMemoryAsTheLanguageDoes) {
  RtypedAndWoven(
      std::string(kClasses) + R"(
function @deep: fn(i64)->i64 {
b0(%0: i64):
  %1: i64 = add %0, 1:i64
  %2: i64 = call{@deep} %1
  return %2
}
function @stack: fn()->bool {
b0:
  %0: i64 = call{@deep} 0:i64
  jump b1
  except b2
b1:
  return false
b2(%1: obj weft::Exception):
  %2: obj weft::Exception = global_get{$stack}
  %3: bool = eq %1, %2
  return %3
}
function @memory: fn(i64)->bool {
b0(%9: i64):
  jump b1(zero:obj Node)
b1(%8: obj Node):
  %0: array<i64> = array_new %9
  jump b3
  except b2
b2(%1: obj weft::Exception):
  %2: obj weft::Exception = global_get{$memory}
  %3: bool = eq %1, %2
  return %3
b3:
  %7: obj Node = new{Node}
  jump b4
  except b2
b4:
  field_set{Node .0'next} %7, %8
  field_set{Node .2'data} %7, %0
  jump b1(%7)
}
)",
      [](const Program& program) {
        Interpreter interpreter(program, {.memory_limit = 1 << 24, .stack_limit = 1 << 20});
        EXPECT_EQ(interpreter.Call(program.initializer, {}).kind, Outcome::Kind::kReturned);
        EXPECT_EQ(Value(interpreter.Call(Find(program, "stack"), {})), 1);
        EXPECT_EQ(Value(interpreter.Call(Find(program, "memory"), std::array<uint64_t, 1>{1000})),
                  1);
        EXPECT_EQ(Value(interpreter.Call(Find(program, "memory"),
                                         std::array<uint64_t, 1>{static_cast<uint64_t>(-1)})),
                  1);
      });
}

TEST(LlinterpTest, ChecksEndTheProgram) {
  auto program = Rtyped(R"(
function @index: fn(i64)->u8 {
b0(%0: i64):
  %1: i64 = str_length "abc"
  check_index %0, %1
  %2: u8 = str_item "abc", %0
  return %2
}
function @null: fn()->i64 {
b0:
  %0: i64 = array_length zero:array<i64>
  return %0
}
function @divide: fn(i64)->i64 {
b0(%0: i64):
  check_nonzero %0
  %1: i64 = div 10:i64, %0
  return %1
}
function @endless: fn()->void {
b0:
  jump b1
b1:
  jump b1
}
external weft_os_flush: fn()->void
function @outside: fn()->void {
b0:
  call_external{weft_os_flush}
  return
}
)");
  ASSERT_NE(program, nullptr);
  Interpreter interpreter(*program, {.step_limit = 1000});
  EXPECT_EQ(Value(interpreter.Call(Find(*program, "index"), std::array<uint64_t, 1>{2})), 'c');
  Outcome outcome = interpreter.Call(Find(*program, "index"), std::array<uint64_t, 1>{3});
  EXPECT_EQ(outcome.kind, Outcome::Kind::kFatal);
  EXPECT_EQ(outcome.message, "index 3 is out of range for length 3");
  EXPECT_EQ(interpreter.Call(Find(*program, "null"), {}).message, "null dereference");
  EXPECT_EQ(interpreter.Call(Find(*program, "divide"), std::array<uint64_t, 1>{0}).message,
            "division by zero");
  EXPECT_EQ(Value(interpreter.Call(Find(*program, "divide"), std::array<uint64_t, 1>{3})), 3);
  outcome = interpreter.Call(Find(*program, "outside"), {});
  EXPECT_EQ(outcome.kind, Outcome::Kind::kOutsideWorld);
  EXPECT_EQ(outcome.message, "weft_os_flush");
  outcome = interpreter.Call(Find(*program, "endless"), {});
  EXPECT_EQ(outcome.kind, Outcome::Kind::kStepLimit);
}

TEST(LlinterpTest, WorksThroughPlaces) {
  auto program = Rtyped(R"(
class weft::Object {
}
value Point {
  field x: i32
  field y: i64
}
global $origin: val Point
known object weft::Object
function @add: fn(ref<val Point>, i64)->void {
b0(%0: ref<val Point>, %1: i64):
  %2: ref<i64> = ref_field{Point .1'y} %0
  %3: i64 = ref_get{} %2
  %4: i64 = add %3, %1
  ref_set{} %2, %4
  ref_set{.0'x} %0, -5:i32
  return
}
function @main: fn()->i64 {
b0:
  %8: array<val Point> = array_new 4:i64
  %2: ref<val Point> = array_ref{} %8, 3:i64
  call{@add} %2, 2:i64
  %3: ref<val Point> = global_ref{$origin}
  call{@add} %3, 30:i64
  call{@add} %3, 30:i64
  %4: ref<val Point> = local{val Point}
  call{@add} %4, 400:i64
  %5: i64 = ref_get{.1'y} %4
  %6: i64 = global_get{$origin .1'y}
  %7: i64 = array_get{.1'y} %8, 3:i64
  %9: i32 = array_get{.0'x} %8, 3:i64
  %10: i64 = convert %9
  %11: i64 = add %5, %6
  %12: i64 = add %11, %7
  %13: i64 = mul %12, %10
  return %13
}
)");
  ASSERT_NE(program, nullptr);
  Interpreter interpreter(*program, {.gc_stress = true});
  EXPECT_EQ(Value(interpreter.Call(Find(*program, "main"), {})), -5 * 462);
}

TEST(LlinterpTest, CollectsForWeakReferencesAndFinalizers) {
  auto program = Rtyped(std::string(kClasses) + R"(
function @drop: fn()->obj WeakTarget {
b0:
  %0: obj Noisy = new{Noisy}
  field_set{Noisy .0'number} %0, 7:i64
  %1: obj weft::Object = upcast %0
  %2: obj WeakTarget = weakref_new %1
  return %2
}
function @main: fn()->i64 {
b0:
  %0: obj Noisy = new{Noisy}
  field_set{Noisy .0'number} %0, 3:i64
  %1: obj weft::Object = upcast %0
  %2: obj WeakTarget = weakref_new %1
  %3: obj WeakTarget = call{@drop}
  gc_collect
  %4: obj weft::Object = weakref_get %2
  %5: bool = eq %4, zero:obj weft::Object
  %6: obj weft::Object = weakref_get %3
  %7: bool = eq %6, zero:obj weft::Object
  %8: i64 = convert %5
  %9: i64 = convert %7
  %10: i64 = global_get{$finalized}
  %11: i64 = mul %8, 1000:i64
  %12: i64 = mul %9, 100:i64
  %13: i64 = add %11, %12
  %14: i64 = add %13, %10
  %15: bool = eq %1, zero:obj weft::Object
  return %14
}
)");
  ASSERT_NE(program, nullptr);
  Interpreter interpreter(*program, {.gc_stress = true});
  // The first object is alive, by its use behind the collection; the second one is gone.
  EXPECT_EQ(Value(interpreter.Call(Find(*program, "main"), {})), 107);
}

TEST(LlinterpTest, RunsAProgramWithArguments) {
  auto program = Rtyped(R"(
external weft_os_print: fn(str, i64, i64)->void
entry @main
function @main: fn(array<str>)->i32 {
b0(%0: array<str>):
  %1: str = array_get{} %0, 1:i64
  %2: i64 = str_length %1
  call_external{weft_os_print} %1, 0:i64, %2
  call_external{weft_os_print} "!\0a", 0:i64, 2:i64
  return 3:i32
}
)");
  ASSERT_NE(program, nullptr);
  std::string output;
  Options options;
  options.write = [&](int, std::string_view text) { output += text; };
  EXPECT_EQ(RunProgram(*program, {"program", "hello"}, options), 3);
  EXPECT_EQ(output, "hello!\n");
  output.clear();
  EXPECT_EQ(RunProgram(*program, {"program"}, options), 134);
  EXPECT_EQ(output,
            "<no location>: fatal error: index 1 is out of range for length 1\n"
            "  <no location> in main\n");
}

}  // namespace
}  // namespace weft::llinterp
