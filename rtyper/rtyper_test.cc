#include "rtyper/rtyper.h"

#include <gtest/gtest.h>

#include <cstring>
#include <memory>
#include <string>

#include "annotator/annotator.h"
#include "flowgraph/text.h"
#include "flowgraph/verifier.h"
#include "typesystem/str_hash.h"

namespace weft::rtyper {
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
  for (const std::string& fault : flowgraph::Verify(*program)) ADD_FAILURE() << fault;
  EXPECT_TRUE(Rtype(*program, nullptr, diagnostics, type_system)) << diagnostics.Render();
  for (const std::string& fault : flowgraph::Verify(*program)) ADD_FAILURE() << fault;
  // What was made also reads back.
  std::string printed = flowgraph::Print(*program);
  auto again = flowgraph::Parse(printed);
  EXPECT_TRUE(again.ok()) << again.error().message() << "\n" << printed;
  return program;
}

std::string FunctionText(const Program& program, const std::string& name) {
  for (size_t f = 0; f < program.functions.size(); ++f) {
    if (program.functions[f]->name == name) {
      return flowgraph::PrintFunction(program, FunctionId(f));
    }
  }
  return "no such function";
}

constexpr char kShapes[] = R"(
class weft::Object {
}
class Shape : weft::Object abstract {
  field name: str
  field sides: i32
}
class Square : Shape {
  field half: i32
  field at: val Point
  implements area/0 = @Square::area
}
class Circle : Shape {
  field radius: f64
  implements area/0 = @Circle::area
}
value Point {
  field x: u8
  field y: i64
}
method area of Shape: fn(obj Shape)->f64
known object weft::Object
entry @main
)";

TEST(RtyperTest, LaysOutClassesWithThePrefixOfTheParent) {
  auto program = Rtyped(std::string(kShapes) + R"(
function @Square::area: fn(obj Square)->f64 this {
b0(%0: obj Square):
  return 1.0:f64
}
function @Circle::area: fn(obj Circle)->f64 this {
b0(%0: obj Circle):
  return 2.0:f64
}
function @main: fn()->void {
b0:
  return
}
)");
  ASSERT_NE(program, nullptr);
  const lltype::Container& square = program->containers.Get(program->classes[2].container);
  ASSERT_EQ(square.fields.size(), 5u);
  EXPECT_EQ(square.fields[0].name, "name");
  EXPECT_EQ(square.fields[0].offset, 8u);
  EXPECT_EQ(square.fields[1].name, "sides");
  EXPECT_EQ(square.fields[1].offset, 16u);
  // Fills the gap behind the parent's fields.
  EXPECT_EQ(square.fields[2].name, "half");
  EXPECT_EQ(square.fields[2].offset, 20u);
  EXPECT_EQ(square.fields[3].name, "at.x");
  EXPECT_EQ(square.fields[3].offset, 24u);
  EXPECT_EQ(square.fields[4].name, "at.y");
  EXPECT_EQ(square.fields[4].offset, 32u);
  EXPECT_EQ(square.fixed_size, 40u);
  // Object 1, Shape 2, Square 3, Circle 4, str 5.
  const lltype::Container& shape = program->containers.Get(program->classes[1].container);
  EXPECT_EQ(shape.first_type_id, 2u);
  EXPECT_EQ(shape.last_type_id, 5u);
  EXPECT_EQ(square.last_type_id, 4u);
}

TEST(RtyperTest, CallsTheOnlyImplementationThatCanBeMeant) {
  std::string functions = R"(
function @Square::area: fn(obj Square)->f64 this {
b0(%0: obj Square):
  return 1.0:f64
}
function @Circle::area: fn(obj Circle)->f64 this {
b0(%0: obj Circle):
  %1: f64 = field_get{Circle .0'radius} %0
  return %1
}
function @main: fn(obj Shape)->f64 {
b0(%0: obj Shape):
  %1: obj Circle = new{Circle}
  SQUARE
  %3: f64 = call_virtual{area/0} %0
  return %3
}
)";
  std::string one = functions;
  one.replace(one.find("SQUARE"), 6, "");
  auto program = Rtyped(kShapes + one);
  ASSERT_NE(program, nullptr);
  EXPECT_EQ(FunctionText(*program, "main"), R"(function @main: fn(ptr Shape)->f64 {
b0(%0: ptr Shape):
  %1: ptr Circle = malloc{Circle}
  %2: f64 = call{@Circle::area} %0
  return %2
}
)");
  // An implementation has its method's type.
  EXPECT_EQ(FunctionText(*program, "Circle::area"),
            R"(function @Circle::area: fn(ptr Shape)->f64 this {
b0(%0: ptr Shape):
  %1: ptr Circle = cast_ptr %0
  %2: f64 = getfield{Circle .2'radius} %1
  return %2
}
)");

  std::string both = functions;
  both.replace(both.find("SQUARE"), 6, "%2: obj Square = new{Square}");
  program = Rtyped(kShapes + both);
  ASSERT_NE(program, nullptr);
  EXPECT_EQ(FunctionText(*program, "main"), R"(function @main: fn(ptr Shape)->f64 {
b0(%0: ptr Shape):
  %1: ptr Circle = malloc{Circle}
  %2: ptr Square = malloc{Square}
  %3: u32 = type_id %0
  %4: fn(ptr Shape)->f64 = dispatch{Shape::area} %3
  %5: f64 = call_pointer %4, %0
  return %5
}
)");
  ASSERT_EQ(program->dispatch_tables.size(), 1u);
  EXPECT_EQ(program->dispatch_tables[0].first_type_id, 2u);
  EXPECT_FALSE(program->dispatch_tables[0].functions[0].is_valid());
  EXPECT_EQ(program->dispatch_tables[0].functions.size(), 3u);
}

TEST(RtyperTest, FlattensValuesAndTakesResultsApartBehindAnExceptionExit) {
  auto program = Rtyped(R"(
class weft::Object {
}
class weft::Exception : weft::Object exception {
}
value Point {
  field x: i64
  field y: i64
}
value Line {
  field from: val Point
  field to: val Point
}
known object weft::Object
known exception weft::Exception
entry @main
function @twice: fn(val Point)->val Point {
b0(%0: val Point):
  %1: i64 = value_get{Point .1'y} %0
  %2: val Point = value_with{Point .0'x} %0, %1
  return %2
}
function @main: fn(val Line, bool)->i64 {
b0(%0: val Line, %9: bool):
  %1: val Point = value_get{Line .1'to} %0
  %2: val Point = call{@twice} %1
  jump b1(%2)
  except b2
b1(%3: val Point):
  %4: i64 = value_get{Point .0'x} %3
  %8: val Point = select %9, %3, zero:val Point
  return %4
b2(%5: obj weft::Exception):
  raise %5
}
)");
  ASSERT_NE(program, nullptr);
  EXPECT_EQ(FunctionText(*program, "twice"), R"(function @twice: fn(i64, i64)->tuple(i64, i64) {
b0(%0: i64, %1: i64):
  %2: tuple(i64, i64) = tuple_make %1, %1
  return %2
}
)");
  EXPECT_EQ(FunctionText(*program, "main"),
            R"(function @main: fn(i64, i64, i64, i64, bool)->i64 {
b0(%0: i64, %1: i64, %2: i64, %3: i64, %4: bool):
  %5: tuple(i64, i64) = call{@twice} %2, %3
  jump b3
  except b2
b1(%6: i64, %7: i64):
  %8: i64 = select %4, %6, 0:i64
  %9: i64 = select %4, %7, 0:i64
  return %6
b2(%10: ptr weft::Exception):
  raise %10
b3:
  %11: i64 = tuple_get{0} %5
  %12: i64 = tuple_get{1} %5
  jump b1(%11, %12)
}
)");
}

TEST(RtyperTest, MakesPlacesBaseAndOffset) {
  auto program = Rtyped(R"(
class weft::Object {
}
class Box : weft::Object {
  field at: val Point
}
value Point {
  field x: i32
  field y: i64
}
global $origin: val Point
known object weft::Object
entry @main
function @add: fn(ref<val Point>, i64)->void {
b0(%0: ref<val Point>, %1: i64):
  %2: ref<i64> = ref_field{Point .1'y} %0
  %3: i64 = ref_get{} %2
  %4: i64 = add %3, %1
  ref_set{.1'y} %0, %4
  return
}
function @main: fn(obj Box, array<val Point>)->i64 {
b0(%0: obj Box, %8: array<val Point>):
  %1: ref<val Point> = field_ref{Box .0'at} %0
  call{@add} %1, 1:i64
  %2: ref<val Point> = array_ref{} %8, 3:i64
  call{@add} %2, 2:i64
  %3: ref<val Point> = global_ref{$origin}
  call{@add} %3, 3:i64
  %4: ref<val Point> = local{val Point}
  call{@add} %4, 4:i64
  %5: i64 = ref_get{.1'y} %4
  return %5
}
)");
  ASSERT_NE(program, nullptr);
  EXPECT_EQ(FunctionText(*program, "add"),
            R"(function @add: fn(ptr weft::Object, i64, i64)->void {
b0(%0: ptr weft::Object, %1: i64, %2: i64):
  %3: i64 = add %1, 8:i64
  %4: i64 = load_at %0, %3
  %5: i64 = add %4, %2
  %6: i64 = add %1, 8:i64
  store_at %0, %6, %5
  return
}
)");
  std::string main = FunctionText(*program, "main");
  EXPECT_NE(main.find("field_offset{Box .0'at.x}"), std::string::npos) << main;
  EXPECT_NE(main.find("item_offset{\"array<Point>\" .0'x} 3:i64"), std::string::npos) << main;
  EXPECT_NE(main.find("malloc{\"box<Point>\"}"), std::string::npos) << main;
  EXPECT_NE(main.find("getfield{\"box<Point>\" .1'value.y}"), std::string::npos) << main;
  ASSERT_EQ(program->frozen.size(), 1u);
  EXPECT_EQ(program->frozen[0].bytes.size(), 24u);
}

TEST(RtyperTest, SplitsGlobalsAndFreezesLiterals) {
  auto program = Rtyped(R"(
class weft::Object {
}
value Point {
  field x: i32
  field name: str
}
global $origin: val Point
global $table: table<val Point, 2> (i32, str) = [1:i32, "one", 2:i32, "two"]
known object weft::Object
entry @main
function @main: fn(i64)->str {
b0(%0: i64):
  global_set{$origin .1'name} "two"
  %1: val Point = global_get{$origin}
  %2: str = value_get{Point .1'name} %1
  %3: str = table_get{$table .1'name} %0
  return %3
}
)");
  ASSERT_NE(program, nullptr);
  EXPECT_EQ(FunctionText(*program, "main"), R"(function @main: fn(i64)->ptr str {
b0(%0: i64):
  global_set{$"origin.name"} #1:ptr str
  %1: i32 = global_get{$"origin.x"}
  %2: ptr str = global_get{$"origin.name"}
  %3: ptr str = table_item{$table 1} %0
  return %3
}
)");
  ASSERT_EQ(program->frozen.size(), 2u);
  const flowgraph::FrozenObject& two = program->frozen[1];
  EXPECT_EQ(two.length, 3);
  EXPECT_EQ(std::string(two.bytes.begin() + 24, two.bytes.end()), "two");
  int64_t hash;
  std::memcpy(&hash, two.bytes.data() + 16, sizeof hash);
  EXPECT_EQ(hash, StrHash("two"));
}

// The hosts have methods, type tests and stacks of their own.
TEST(RtyperTest, LeavesMethodsTypesAndStacksToTheHostUnderOotype) {
  auto program = Rtyped(std::string(kShapes) + R"(
function @Square::area: fn(obj Square)->f64 this {
b0(%0: obj Square):
  return 1.0:f64
}
function @Circle::area: fn(obj Circle)->f64 this {
b0(%0: obj Circle):
  %1: f64 = field_get{Circle .0'radius} %0
  %2: obj Shape = upcast %0
  %3: f64 = call{@main} %2
  return %3
}
function @only: fn(obj Circle)->f64 {
b0(%0: obj Circle):
  %1: f64 = call_virtual{area/0} %0
  return %1
}
function @main: fn(obj Shape)->f64 {
b0(%0: obj Shape):
  %1: obj Circle = new{Circle}
  %2: obj Square = new{Square}
  %3: bool = isa{Square} %0
  %4: f64 = call_virtual{area/0} %0
  return %4
}
)",
                        flowgraph::TypeSystem::kOotype);
  ASSERT_NE(program, nullptr);
  EXPECT_EQ(FunctionText(*program, "main"), R"(function @main: fn(ptr Shape)->f64 {
b0(%0: ptr Shape):
  %1: ptr Circle = malloc{Circle}
  %2: ptr Square = malloc{Square}
  %3: bool = is_instance{Square} %0
  %4: f64 = call_method{area/0} %0
  return %4
}
)");
  EXPECT_TRUE(program->dispatch_tables.empty());
  // A method has its object at its own class; that of the only one that can be meant is brought
  // there.
  std::string area = FunctionText(*program, "Circle::area");
  EXPECT_NE(area.find("fn(ptr Circle)->f64"), std::string::npos) << area;
  EXPECT_NE(area.find("b0(%0: ptr Circle):\n  %1: f64 = getfield{Circle"), std::string::npos)
      << area;
  EXPECT_NE(FunctionText(*program, "only").find("call{@Circle::area} %0"), std::string::npos);
  EXPECT_EQ(flowgraph::PrintType(*program, program->methods[0].type), "fn(ptr Shape)->f64");
  // Circle::area and main call each other, so the host's stack may overflow there.
  EXPECT_TRUE(program->functions[1]->may_raise);
  EXPECT_EQ(area.find("stack_check"), std::string::npos);
}

TEST(RtyperTest, SaysWhatContainersAreToAHost) {
  auto program = Rtyped(R"(
class weft::Object {
}
class Pattern : weft::Object host "java.util.regex.Pattern" {
}
external compile: fn(str)->obj Pattern may_raise host static "java.util.regex.Pattern" compile
global $patterns: array<obj Pattern>
known object weft::Object
entry @main
function @fill: fn(ref<obj Pattern>)->void {
b0(%0: ref<obj Pattern>):
  %1: obj Pattern = call_external{compile} "a"
  ref_set{} %0, %1
  return
}
function @main: fn(obj weft::Object)->bool {
b0(%0: obj weft::Object):
  %1: ref<obj Pattern> = local{obj Pattern}
  call{@fill} %1
  %2: bool = isa{Pattern} %0
  return %2
}
)",
                        flowgraph::TypeSystem::kOotype);
  ASSERT_NE(program, nullptr);
  auto kind = [&](std::string_view name) {
    for (size_t c = 0; c < program->containers.size(); ++c) {
      const lltype::Container& container = program->containers.Get(ContainerId(c));
      if (container.name == name) return container.kind;
    }
    ADD_FAILURE() << "no container " << name;
    return lltype::ContainerKind::kClass;
  };
  EXPECT_EQ(kind("weft::Object"), lltype::ContainerKind::kClass);
  EXPECT_EQ(kind("Pattern"), lltype::ContainerKind::kHost);
  EXPECT_EQ(kind("str"), lltype::ContainerKind::kString);
  EXPECT_EQ(kind("array<Pattern*>"), lltype::ContainerKind::kArray);
  EXPECT_EQ(kind("box<Pattern*>"), lltype::ContainerKind::kBox);
  EXPECT_EQ(program->externals[0].host.owner, "java.util.regex.Pattern");
}

TEST(RtyperTest, ChecksTheStackWhereFunctionsRecur) {
  auto program = Rtyped(R"(
entry @main
function @even: fn(i64)->bool cannot_raise {
b0(%0: i64):
  %1: bool = call{@odd} %0
  return %1
}
function @odd: fn(i64)->bool cannot_raise {
b0(%0: i64):
  %1: bool = call{@even} %0
  return %1
}
function @leaf: fn()->void cannot_raise {
b0:
  return
}
function @main: fn()->void cannot_raise {
b0:
  call{@leaf}
  %0: bool = call{@odd} 1:i64
  return
}
)");
  ASSERT_NE(program, nullptr);
  EXPECT_NE(FunctionText(*program, "even").find("stack_check"), std::string::npos);
  EXPECT_NE(FunctionText(*program, "odd").find("stack_check"), std::string::npos);
  EXPECT_EQ(FunctionText(*program, "leaf").find("stack_check"), std::string::npos);
  EXPECT_EQ(FunctionText(*program, "main").find("stack_check"), std::string::npos);
  EXPECT_FALSE(program->functions[2]->may_raise);
  EXPECT_TRUE(program->functions[3]->may_raise);
}

TEST(RtyperTest, EndsWhereAFunctionWithoutABodyWouldBeCalled) {
  auto program = Rtyped(R"(
entry @main
function @gone: fn(i64)->i64 {
}
function @main: fn(bool)->i64 {
b0(%0: bool):
  %1: bool = eq @gone:fn(i64)->i64, zero:fn(i64)->i64
  branch %0 b1 b2
b1:
  %2: i64 = call{@gone} 1:i64
  %3: i64 = add %2, 1:i64
  return %3
b2:
  return 0:i64
}
)");
  ASSERT_NE(program, nullptr);
  EXPECT_EQ(FunctionText(*program, "main"), R"(function @main: fn(bool)->i64 {
b0(%0: bool):
  %1: bool = eq @gone:fn(i64)->i64, zero:fn(i64)->i64
  branch %0 b1 b2
b1:
  %2: i64 = add 0:i64, 1:i64
  unreachable
b2:
  return 0:i64
}
)");
  EXPECT_EQ(FunctionText(*program, "gone"), R"(function @gone: fn(i64)->i64 {
b0(%0: i64):
  unreachable
}
)");
}

TEST(RtyperTest, TestsWhatIsNeverNullWithoutAskingForNull) {
  auto parsed = flowgraph::Parse(R"(weft source
class weft::Object {
}
class A : weft::Object {
}
class B : weft::Object {
}
known object weft::Object
entry @main
function @is_a: fn(obj weft::Object)->bool {
b0(%0: obj weft::Object):
  %1: bool = isa{A} %0
  return %1
}
function @main: fn()->bool {
b0:
  %0: obj A = new{A}
  %1: obj weft::Object = upcast %0
  %2: bool = call{@is_a} %1
  %3: obj B = new{B}
  %4: obj weft::Object = upcast %3
  %5: bool = call{@is_a} %4
  return %5
}
)");
  ASSERT_TRUE(parsed.ok()) << parsed.error().message();
  Program& program = **parsed;
  DiagnosticEngine diagnostics(program.files);
  annotator::Annotations annotations = annotator::Annotate(program, diagnostics);
  ASSERT_TRUE(Rtype(program, &annotations, diagnostics));
  EXPECT_EQ(FunctionText(program, "is_a"),
            R"(function @is_a: fn(ptr weft::Object)->bool cannot_raise cannot_collect {
b0(%0: ptr weft::Object):
  %1: bool = is_instance_nonnull{A} %0
  return %1
}
)");
}

TEST(RtyperTest, RefusesAValueThatHoldsAFunctionOfItself) {
  auto parsed = flowgraph::Parse(R"(weft source
value Handler {
  field run: fn(val Handler)->void
}
global $handler: val Handler
entry @main
function @main: fn()->void {
b0:
  return
}
)");
  ASSERT_TRUE(parsed.ok()) << parsed.error().message();
  DiagnosticEngine diagnostics((*parsed)->files);
  EXPECT_FALSE(Rtype(**parsed, nullptr, diagnostics));
  EXPECT_EQ(diagnostics.diagnostics()[0].code(), "W0351");
}

}  // namespace
}  // namespace weft::rtyper
