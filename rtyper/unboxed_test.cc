#include "rtyper/unboxed.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "flowgraph/text.h"
#include "flowgraph/verifier.h"
#include "rtyper/rtyper.h"

namespace weft::rtyper {
namespace {

using flowgraph::Program;

constexpr char kClasses[] = R"(weft source
class weft::Object {
}
class Value : weft::Object {
  implements show/0 = @Value::show
}
class UnboxedFloat : Value unboxed_float {
  field value_: f64 immutable
}
class Number : UnboxedFloat unboxed_float {
  implements show/0 = @Number::show
}
class UnboxedInt : Value unboxed_int {
  field value_: i64 immutable
}
class Integer : UnboxedInt unboxed_int {
}
class weft::Exception : weft::Object exception {
}
method show of Value: fn(obj Value)->f64
known object weft::Object
known exception weft::Exception
entry @main

function @Value::show: fn(obj Value)->f64 this {
b0(%0: obj Value):
  return 0.0:f64
}
function @Number::show: fn(obj Number)->f64 this {
b0(%0: obj Number):
  %1: obj UnboxedFloat = upcast %0
  %2: f64 = field_get{UnboxedFloat .0'value_} %1
  return %2
}
function @number: fn(f64)->obj Value {
b0(%0: f64):
  %1: obj Number = new{Number}
  %2: obj UnboxedFloat = upcast %1
  check_nonnull %2
  field_set{UnboxedFloat .0'value_} %2, %0
  %3: obj Value = upcast %1
  return %3
}
function @main: fn()->f64 {
b0:
  %0: obj Value = call{@number} 1.5:f64
  %1: f64 = call_virtual{show/0} %0
  %2: obj Value = new{Value}
  return %1
}
)";

struct Result {
  std::unique_ptr<Program> program;
  std::vector<UnboxedReport> reports;

  std::string Function(const std::string& name) const {
    for (size_t f = 0; f < program->functions.size(); ++f) {
      if (program->functions[f]->name == name) {
        return flowgraph::PrintFunction(*program, FunctionId(f));
      }
    }
    return "no such function";
  }
  std::string RemarkOn(const std::string& cls) const {
    for (const UnboxedReport& report : reports) {
      if (report.class_name == cls) return (report.is_immediate ? "immediate" : "") + report.remark;
    }
    return "no report";
  }
};

Result RtypedWith(BoxingScheme scheme, const std::string& functions,
                  flowgraph::TypeSystem type_system = flowgraph::TypeSystem::kLltype) {
  auto parsed = flowgraph::Parse(kClasses + functions);
  if (!parsed.ok()) {
    ADD_FAILURE() << parsed.error().message();
    return {};
  }
  Result result{.program = *std::move(parsed), .reports = {}};
  DiagnosticEngine diagnostics(result.program->files);
  for (const std::string& fault : flowgraph::Verify(*result.program)) ADD_FAILURE() << fault;
  EXPECT_TRUE(Rtype(*result.program, nullptr, diagnostics, type_system, scheme, &result.reports));
  for (const std::string& fault : flowgraph::Verify(*result.program)) ADD_FAILURE() << fault;
  std::string printed = flowgraph::Print(*result.program);
  auto again = flowgraph::Parse(printed);
  EXPECT_TRUE(again.ok()) << again.error().message();
  if (again.ok()) {
    EXPECT_EQ(flowgraph::Print(**again), printed);
  }
  return result;
}

TEST(UnboxedTest, NewAndTheWriteOfTheValueBecomeABox) {
  Result result = RtypedWith(BoxingScheme::kNan, "");
  EXPECT_EQ(result.Function("number"),
            R"(function @number: fn(f64)->ptr Value {
b0(%0: f64):
  %1: ptr Number = box{Number} %0
  %2: ptr UnboxedFloat = cast_ptr %1
  %3: ptr Value = cast_ptr %1
  return %3
}
)");
  EXPECT_NE(result.Function("Number::show").find("unbox{Number}"), std::string::npos);
  EXPECT_EQ(result.RemarkOn("Number"), "immediate");
}

TEST(UnboxedTest, WithoutBoxingEverythingIsOnTheHeap) {
  for (BoxingScheme scheme : {BoxingScheme::kNone, BoxingScheme::kTagged}) {
    Result result = RtypedWith(scheme, "");
    EXPECT_NE(result.Function("number").find("malloc{Number}"), std::string::npos);
    EXPECT_NE(result.Function("Number::show").find("getfield{UnboxedFloat"), std::string::npos);
    EXPECT_EQ(result.program->boxing.scheme, BoxingScheme::kNone);
  }
}

TEST(UnboxedTest, AnIntegerThatDoesNotFitIsOnTheHeap) {
  Result result = RtypedWith(BoxingScheme::kTagged, R"(
function @integer: fn(i64)->obj Integer {
b0(%0: i64):
  %1: obj Integer = new{Integer}
  jump b1
  except b2
b1:
  %2: obj UnboxedInt = upcast %1
  field_set{UnboxedInt .0'value_} %2, %0
  jump b3
b2(%3: obj weft::Exception):
  return zero:obj Integer
b3:
  return %1
}
function @value: fn(obj Integer)->i64 {
b0(%0: obj Integer):
  %1: obj UnboxedInt = upcast %0
  %2: i64 = field_get{UnboxedInt .0'value_} %1
  return %2
}
)");
  // The failure to allocate one still goes to the handler around `new`.
  std::string text = result.Function("integer");
  EXPECT_NE(text.find("call{@\"weft::box<Integer>\"} %0"), std::string::npos) << text;
  EXPECT_NE(text.find("except b2"), std::string::npos) << text;
  EXPECT_NE(result.Function("value").find("call{@\"weft::unbox<UnboxedInt>\"}"), std::string::npos);
  EXPECT_NE(result.Function("weft::box<Integer>").find("malloc{Integer}"), std::string::npos);
  EXPECT_EQ(result.RemarkOn("Integer"), "immediateintegers of more than 63 bits are on the heap");
}

TEST(UnboxedTest, ATestOfTheClassLooksAtThePointerOnly) {
  Result result = RtypedWith(BoxingScheme::kNan, R"(
function @test: fn(obj weft::Object)->bool {
b0(%0: obj weft::Object):
  %1: bool = isa{Number} %0
  return %1
}
function @other: fn(obj weft::Object)->bool {
b0(%0: obj weft::Object):
  %1: bool = isa{Value} %0
  return %1
}
)");
  EXPECT_NE(result.Function("test").find("is_immediate{Number}"), std::string::npos);
  EXPECT_NE(result.Function("other").find("is_instance{Value}"), std::string::npos);
}

// A constructor that shows its object before the object has its value.
constexpr const char* kUsedTooEarly = R"(
function @look: fn(obj Number)->void {
b0(%0: obj Number):
  return
}
function @early: fn(f64)->obj Number {
b0(%0: f64):
  %1: obj Number = new{Number}
  call{@look} %1
  %2: obj UnboxedFloat = upcast %1
  field_set{UnboxedFloat .0'value_} %2, %0
  return %1
}
)";

TEST(UnboxedTest, AnObjectThatIsUsedTooEarlyStaysOnTheHeap) {
  Result result = RtypedWith(BoxingScheme::kNan, kUsedTooEarly);
  EXPECT_EQ(result.RemarkOn("Number"), "'early' uses an object before it has its value");
  EXPECT_NE(result.Function("number").find("malloc{Number}"), std::string::npos);
}

TEST(UnboxedTest, OneClassOfEachKindIsChosen) {
  Result result = RtypedWith(BoxingScheme::kNan, R"(
class Degrees : UnboxedFloat unboxed_float {
}
class Sub : Number unboxed_float {
}
function @more: fn(f64)->obj Number {
b0(%0: f64):
  %1: obj Degrees = new{Degrees}
  %2: obj UnboxedFloat = upcast %1
  field_set{UnboxedFloat .0'value_} %2, %0
  %3: obj Sub = new{Sub}
  %4: obj UnboxedFloat = upcast %3
  field_set{UnboxedFloat .0'value_} %4, %0
  %5: obj Number = new{Number}
  %6: obj UnboxedFloat = upcast %5
  field_set{UnboxedFloat .0'value_} %6, %0
  return %5
}
)");
  EXPECT_EQ(result.RemarkOn("Number"), "immediate");
  EXPECT_EQ(result.RemarkOn("Degrees"), "'Number' is made in more places");
  EXPECT_EQ(result.RemarkOn("Sub"), "'Number' is made in more places");
  // A Number may be a Sub, which is on the heap.
  EXPECT_NE(result.Function("Number::show").find("call{@\"weft::unbox<UnboxedFloat>\"}"),
            std::string::npos);
}

TEST(UnboxedTest, ABaseWithFieldsRulesItOut) {
  Result result = RtypedWith(BoxingScheme::kNan, R"(
class Tagged : Value {
  field tag: i32
}
class UnboxedTagged : Tagged unboxed_float {
  field value_: f64 immutable
}
function @tagged: fn(f64)->obj UnboxedTagged {
b0(%0: f64):
  %1: obj UnboxedTagged = new{UnboxedTagged}
  field_set{UnboxedTagged .0'value_} %1, %0
  return %1
}
)");
  EXPECT_EQ(result.RemarkOn("UnboxedTagged"), "a base class has fields");
}

TEST(UnboxedTest, HostsKeepSmallWholeValues) {
  Result result = RtypedWith(BoxingScheme::kNone, R"(
function @integer: fn(i64)->obj Integer {
b0(%0: i64):
  %1: obj Integer = new{Integer}
  %2: obj UnboxedInt = upcast %1
  field_set{UnboxedInt .0'value_} %2, %0
  return %1
}
)",
                             flowgraph::TypeSystem::kOotype);
  EXPECT_EQ(result.Function("number"),
            R"(function @number: fn(f64)->ptr Value {
b0(%0: f64):
  %1: ptr Number = call{@"weft::box<Number>"} %0
  %2: ptr UnboxedFloat = cast_ptr %1
  %3: ptr Value = cast_ptr %1
  return %3
}
)");
  EXPECT_NE(result.Function("Number::show").find("getfield{UnboxedFloat"), std::string::npos);
  EXPECT_NE(result.Function("weft::box<Number>").find("malloc_items{\"array<Number*>\"}"),
            std::string::npos);
  // -0 equals 0, so it is the bits that are compared; integers are what they are.
  EXPECT_NE(result.Function("weft::box<Number>").find("f64_bits"), std::string::npos);
  EXPECT_EQ(result.Function("weft::box<Integer>").find("f64_bits"), std::string::npos);
  EXPECT_EQ(result.RemarkOn("Number"), "small whole values are kept");
}

TEST(UnboxedTest, HostsKeepNoneOfAClassWhoseObjectsAreUsedTooEarly) {
  Result result = RtypedWith(BoxingScheme::kNone, kUsedTooEarly, flowgraph::TypeSystem::kOotype);
  EXPECT_EQ(result.RemarkOn("Number"), "'early' uses an object before it has its value");
  EXPECT_NE(result.Function("number").find("malloc{Number}"), std::string::npos);
  EXPECT_EQ(result.Function("weft::box<Number>"), "no such function");
}

}  // namespace
}  // namespace weft::rtyper
