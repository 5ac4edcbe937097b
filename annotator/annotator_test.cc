#include "annotator/annotator.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "optimize/test_util.h"

namespace weft::annotator {
namespace {

using flowgraph::Program;

class AnnotatorTest : public testing::Test {
 protected:
  // Annotates a program whose entry is @main.
  void Run(std::string_view text) {
    program_ = optimize::ParseProgram(text);
    diagnostics_ = std::make_unique<DiagnosticEngine>(program_->files);
    annotations_ = std::make_unique<Annotations>(Annotate(*program_, *diagnostics_));
  }

  FunctionId Find(std::string_view name) const {
    for (size_t f = 0; f < program_->functions.size(); ++f) {
      if (program_->functions[f]->name == name) return FunctionId(f);
    }
    ADD_FAILURE() << "no function " << name;
    return FunctionId(0);
  }
  // What is known of a function's parameter or result.
  std::string Parameter(std::string_view function, size_t i) const {
    FunctionId id = Find(function);
    return annotations_->Describe(program_->types.List(program_->function(id).type)[i],
                                  annotations_->function(id).parameters[i].fact);
  }
  std::string Result(std::string_view function) const {
    FunctionId id = Find(function);
    return annotations_->Describe(program_->types.Element(program_->function(id).type),
                                  annotations_->function(id).result.fact);
  }
  std::string Field(size_t cls, uint32_t field) const {
    return annotations_->Describe(program_->classes[cls].fields[field].type,
                                  annotations_->Field(ClassId(cls), field).fact);
  }
  std::string Applied(std::string_view function) {
    ApplyAnnotations(*program_, *annotations_);
    return optimize::Body(*program_, function);
  }

  std::unique_ptr<Program> program_;
  std::unique_ptr<DiagnosticEngine> diagnostics_;
  std::unique_ptr<Annotations> annotations_;
};

TEST_F(AnnotatorTest, OnlyInstantiatedClassesAreCalled) {
  Run(R"(weft source
class Shape abstract {
}
class Square : Shape {
  implements area/0 = @Square::area
}
class Circle : Shape {
  implements area/0 = @Circle::area
}
method area of Shape: fn(obj Shape)->i32
entry @main
function @Square::area: fn(obj Square)->i32 this {
b0(%0: obj Square):
  return 4:i32
}
function @Circle::area: fn(obj Circle)->i32 this {
b0(%0: obj Circle):
  return 3:i32
}
function @show: fn(obj Shape)->i32 {
b0(%0: obj Shape):
  %1: i32 = call_virtual{area/0} %0
  return %1
}
function @main: fn(array<str>)->i32 {
b0(%0: array<str>):
  %1: obj Square = new{Square}
  %2: obj Shape = upcast %1
  %3: i32 = call{@show} %2
  return %3
}
)");
  EXPECT_EQ(Parameter("show", 0), "not null, exactly Square");
  EXPECT_EQ(Result("show"), "always 4");
  EXPECT_TRUE(program_->function(Find("Circle::area")).graph.empty());
  EXPECT_EQ(Applied("show"), R"(b0(%0: obj Shape):
  %1: obj Square = upcast %0
  %2: i32 = call{@Square::area} %1
  return 4:i32
)");
  EXPECT_EQ(annotations_->counts.virtual_calls_with_one_target, 1u);
}

TEST_F(AnnotatorTest, OthersWriteIntoArraysToo) {
  Run(R"(weft source
external read: fn(array<u8>)->void
entry @main
function @first: fn(array<u8>)->u8 {
b0(%0: array<u8>):
  %1: u8 = array_get{} %0, 0:i64
  return %1
}
function @second: fn(array<i8>)->i8 {
b0(%0: array<i8>):
  %1: i8 = array_get{} %0, 0:i64
  return %1
}
function @main: fn()->i32 {
b0:
  %0: array<u8> = array_new 4:i64
  call_external{read} %0
  %1: u8 = call{@first} %0
  %2: array<i8> = array_new 4:i64
  %3: i8 = call{@second} %2
  return 0:i32
}
)");
  EXPECT_EQ(Result("first"), "");
  EXPECT_EQ(Result("second"), "always 0");
}

TEST_F(AnnotatorTest, TestsAndChecksRefineWhatFollows) {
  Run(R"(weft source
class Base {
}
class Left : Base {
  field x: i32
}
class Right : Base {
}
external any: fn()->bool
entry @main
function @pick: fn(bool)->obj Base {
b0(%0: bool):
  branch %0 b1 b2
b1:
  %1: obj Left = new{Left}
  %2: obj Base = upcast %1
  return %2
b2:
  %3: bool = call_external{any}
  branch %3 b3 b4
b3:
  %4: obj Right = new{Right}
  %5: obj Base = upcast %4
  return %5
b4:
  return zero:obj Base
}
function @is_left: fn(obj Base)->void {
b0(%0: obj Base):
  return
}
function @is_right: fn(obj Base)->void {
b0(%0: obj Base):
  return
}
function @checked: fn(obj Base)->void {
b0(%0: obj Base):
  return
}
function @main: fn(array<str>)->i32 {
b0(%0: array<str>):
  %1: bool = call_external{any}
  %2: obj Base = call{@pick} %1
  %3: bool = isa{Left} %2
  branch %3 b1 b2
b1:
  call{@is_left} %2
  return 0:i32
b2:
  %4: bool = ne %2, zero:obj Base
  branch %4 b3 b4
b3:
  call{@is_right} %2
  return 0:i32
b4:
  %5: bool = call_external{any}
  %6: obj Base = call{@pick} %5
  check_nonnull %6
  call{@checked} %6
  return 0:i32
}
)");
  EXPECT_EQ(Result("pick"), "null or exactly Left or Right");
  EXPECT_EQ(Parameter("is_left", 0), "not null, exactly Left");
  EXPECT_EQ(Parameter("is_right", 0), "not null, exactly Right");
  EXPECT_EQ(Parameter("checked", 0), "not null, exactly Left or Right");
}

TEST_F(AnnotatorTest, RangesThroughLoops) {
  Run(R"(weft source
external any: fn()->bool
entry @main
function @use: fn(i32)->void {
b0(%0: i32):
  return
}
function @main: fn(array<str>)->i32 {
b0(%0: array<str>):
  jump b1(0:i32)
b1(%1: i32):
  %2: bool = lt %1, 100:i32
  branch %2 b2 b3
b2:
  call{@use} %1
  %3: i32 = add %1, 1:i32
  jump b1(%3)
b3:
  return %1
}
)");
  EXPECT_EQ(Parameter("use", 0), "0..99");
}

TEST_F(AnnotatorTest, FieldsSetByConstructorsAreNotNullAndImmutable) {
  Run(R"(weft source
class Name {
  field text: str
  field next: obj Name
  field unused: i64
  field count: i32
}
entry @main
function @main: fn(array<str>)->i32 {
b0(%0: array<str>):
  %1: obj Name = new{Name}
  field_set{Name .0'text} %1, "x"
  field_set{Name .3'count} %1, 5:i32
  %2: str = field_get{Name .0'text} %1
  check_nonnull %2
  %3: i64 = field_get{Name .2'unused} %1
  field_set{Name .1'next} %1, %1
  field_set{Name .3'count} %1, 7:i32
  %4: i32 = convert %3
  return %4
}
)");
  EXPECT_EQ(Field(0, 0), "not null");
  EXPECT_EQ(Field(0, 1), "null or exactly Name");
  EXPECT_EQ(Field(0, 2), "always 0");
  EXPECT_EQ(Field(0, 3), "5..7");
  EXPECT_TRUE(program_->classes[0].fields[0].immutable);
  EXPECT_FALSE(program_->classes[0].fields[1].immutable);
  EXPECT_TRUE(program_->classes[0].fields[2].immutable);
  EXPECT_FALSE(program_->classes[0].fields[3].immutable);
  EXPECT_EQ(Applied("main"), R"(b0(%0: array<str>):
  %1: obj Name = new{Name}
  field_set{Name .0'text} %1, "x"
  field_set{Name .3'count} %1, 5:i32
  %2: str = field_get{Name .0'text} %1
  %3: i64 = field_get{Name .2'unused} %1
  field_set{Name .1'next} %1, %1
  field_set{Name .3'count} %1, 7:i32
  %4: i32 = convert 0:i64
  return 0:i32
)");
}

TEST_F(AnnotatorTest, PointersKnowTheirFunctions) {
  Run(R"(weft source
class Native {
  field call: fn(i32)->i32
}
entry @main
function @twice: fn(i32)->i32 {
b0(%0: i32):
  %1: i32 = add %0, %0
  return %1
}
function @never: fn(i32)->i32 {
b0(%0: i32):
  return %0
}
function @main: fn(array<str>)->i32 {
b0(%0: array<str>):
  %1: obj Native = new{Native}
  field_set{Native .0'call} %1, @twice:fn(i32)->i32
  %2: fn(i32)->i32 = field_get{Native .0'call} %1
  %3: i32 = call_pointer %2, 4:i32
  return %3
}
)");
  EXPECT_EQ(Parameter("twice", 0), "always 4");
  EXPECT_EQ(Result("main"), "always 8");
  EXPECT_FALSE(annotations_->function(Find("never")).is_reachable);
}

TEST_F(AnnotatorTest, EffectsFollowCallsAndStopAtHandlers) {
  Run(R"(weft source
class weft::Object {
}
class weft::Exception : weft::Object exception {
}
known object weft::Object
known exception weft::Exception
entry @main
function @plain: fn(i32)->i32 {
b0(%0: i32):
  %1: i32 = add %0, 1:i32
  return %1
}
function @raises: fn()->i32 {
b0:
  %0: obj weft::Exception = new{weft::Exception}
  raise %0
}
function @recursive: fn(i32)->i32 {
b0(%0: i32):
  %1: i32 = call{@recursive} %0
  return %1
}
function @catches: fn()->i32 {
b0:
  %0: i32 = call{@raises}
  return %0
  except b1
b1(%1: obj weft::Exception):
  return 2:i32
}
function @main: fn(array<str>)->i32 {
b0(%0: array<str>):
  %1: i32 = call{@plain} 1:i32
  %2: i32 = call{@catches}
  %3: bool = eq %2, 3:i32
  branch %3 b1 b2
b1:
  %4: i32 = call{@recursive} 1:i32
  return %4
b2:
  return %2
}
)");
  EXPECT_FALSE(program_->function(Find("plain")).may_raise);
  EXPECT_FALSE(program_->function(Find("plain")).may_collect);
  EXPECT_TRUE(program_->function(Find("raises")).may_raise);
  EXPECT_TRUE(program_->function(Find("raises")).is_noreturn);
  EXPECT_FALSE(program_->function(Find("catches")).may_raise);
  EXPECT_TRUE(program_->function(Find("catches")).may_collect);
  // Its result is always 2, so what comes behind the test is never reached.
  EXPECT_EQ(Result("catches"), "always 2");
  EXPECT_FALSE(annotations_->function(Find("recursive")).is_reachable);
  EXPECT_FALSE(program_->function(Find("main")).may_raise);
}

TEST_F(AnnotatorTest, RecursionMayRaise) {
  Run(R"(weft source
external any: fn()->bool
entry @main
function @even: fn(i32)->i32 {
b0(%0: i32):
  %1: bool = call_external{any}
  branch %1 b1 b2
b1:
  %2: i32 = call{@odd} %0
  return %2
b2:
  return 0:i32
}
function @odd: fn(i32)->i32 {
b0(%0: i32):
  %1: i32 = call{@even} %0
  return %1
}
function @main: fn(array<str>)->i32 {
b0(%0: array<str>):
  %1: i32 = call{@even} 4:i32
  return %1
}
)");
  EXPECT_TRUE(program_->function(Find("even")).may_raise);
  EXPECT_TRUE(program_->function(Find("main")).may_raise);
  EXPECT_FALSE(program_->function(Find("main")).may_collect);
}

TEST_F(AnnotatorTest, WhatCannotBeMeantIsReportedWithItsReasons) {
  Run(R"(weft source
class Shape abstract {
}
method area of Shape: fn(obj Shape)->i32
global $shape: obj Shape
entry @main
function @main: fn(array<str>)->i32 { ; at main.cc:1:1
b0(%0: array<str>):
  %1: obj Shape = global_get{$shape} ; at main.cc:2:3
  %2: i32 = call_virtual{area/0} %1 ; at main.cc:3:5
  return %2 ; at main.cc:4:1
}
)");
  ASSERT_EQ(diagnostics_->diagnostics().size(), 1u);
  const Diagnostic& diagnostic = diagnostics_->diagnostics()[0];
  EXPECT_EQ(diagnostic.code(), "W0301");
  EXPECT_EQ(diagnostic.loc.line, 3u);
  ASSERT_GE(diagnostic.notes.size(), 3u);
  EXPECT_EQ(diagnostic.notes[1].message, "operand 1 is Shape*: always null");
  EXPECT_EQ(diagnostic.notes[2].message, "%1 is `global_get{$shape}`: always null");
  EXPECT_EQ(diagnostic.notes[2].loc.line, 2u);
}

TEST_F(AnnotatorTest, ManyClassesAreCalledThroughANode) {
  std::string classes = "class Node {\n  implements m/0 = @m\n}\n";
  std::string functions, body, blocks;
  for (int i = 0; i < 40; ++i) {
    classes += fmt::format("class N{} : Node {{\n  implements m/0 = @m{}\n}}\n", i, i);
    functions += fmt::format(
        "function @m{0}: fn(obj N{0}, i32)->i32 this {{\nb0(%0: obj N{0}, %1: i32):\n  return "
        "{0}:i32\n}}\n",
        i);
    body += fmt::format(
        "  %{0}: obj N{1} = new{{N{1}}}\n  %{2}: obj Node = upcast %{0}\n  global_set{{$node}} "
        "%{2}\n",
        10 + 2 * i, i, 11 + 2 * i);
  }
  Run("weft source\n" + classes +
      "class Unused : Node {\n  implements m/0 = @unused\n}\n"
      "method m of Node: fn(obj Node, i32)->i32\nglobal $node: obj Node\nentry @main\n" +
      functions + R"(function @m: fn(obj Node, i32)->i32 this {
b0(%0: obj Node, %1: i32):
  return 7:i32
}
function @unused: fn(obj Unused, i32)->i32 this {
b0(%0: obj Unused, %1: i32):
  return 1000:i32
}
function @main: fn(array<str>)->i32 {
b0(%0: array<str>):
)" + body +
      R"(  %1: obj Node = global_get{$node}
  check_nonnull %1
  %2: i32 = call_virtual{m/0} %1, 5:i32
  return %2
}
)");
  EXPECT_EQ(Parameter("m3", 0), "not null, exactly N3");
  EXPECT_EQ(Parameter("m39", 1), "always 5");
  EXPECT_EQ(Result("main"), "0..39");
  EXPECT_FALSE(annotations_->function(Find("unused")).is_reachable);
  EXPECT_FALSE(annotations_->function(Find("m")).is_reachable);
  EXPECT_TRUE(program_->function(Find("main")).may_raise);
}

TEST_F(AnnotatorTest, FieldWhosePlaceIsTakenHoldsWhatAnyPlaceGets) {
  Run(R"(weft source
class Counter {
  field n: i32
  field m: i32
}
entry @main
function @set: fn(ref<i32>)->void never_inline {
b0(%0: ref<i32>):
  ref_set %0, 9:i32
  return
}
function @main: fn(array<str>)->i32 {
b0(%0: array<str>):
  %1: obj Counter = new{Counter}
  %2: ref<i32> = field_ref{Counter .0'n} %1
  call{@set} %2
  %3: i32 = field_get{Counter .0'n} %1
  return %3
}
)");
  EXPECT_EQ(Field(0, 0), "0..9");
  EXPECT_EQ(Field(0, 1), "always 0");
  EXPECT_FALSE(program_->classes[0].fields[0].immutable);
}

TEST_F(AnnotatorTest, ArgumentsOfTheProgramComeFromOutside) {
  Run(R"(weft source
class Object {
}
known object Object
entry @main
function @first: fn(str)->i64 {
b0(%0: str):
  check_nonnull %0
  %1: i64 = str_length %0
  return %1
}
function @main: fn(array<str>)->i64 {
b0(%0: array<str>):
  %1: str = array_get %0, 1:i64
  %2: i64 = call{@first} %1
  return %2
}
)");
  EXPECT_TRUE(annotations_->function(Find("first")).returns);
}

}  // namespace
}  // namespace weft::annotator
