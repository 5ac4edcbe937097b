#include "flowgraph/text.h"

#include <gtest/gtest.h>

#include "flowgraph/opcode.h"

namespace weft::flowgraph {
namespace {

// One of everything that the text form can say.
constexpr char kProgram[] = R"text(weft source
class weft::Object {
}
class Shape : weft::Object abstract {
  field "line number": i32 immutable
  field at: val Point
}
class Square : Shape {
  field side: f64
  implements area/0 = @Square::area
  finalizer @Square::area
}
class weft::Exception : weft::Object exception {
}
class Regex : weft::Object host "java.util.regex.Pattern" {
}
class List : weft::Object host "java.util.List" interface {
}
value Point {
  field x: i64
  field tags: array<str>
}
container Shape : Base types 1 3 size 24 {
  field x: i64 at 8
  field next: ptr Shape at 16 immutable
}
container Base types 0 0 size 8 {
}
container Number : Base types 8 9 size 16 {
  field value: f64 at 8 immutable
}
container "array<i64>" types 3 4 size 16 length_at 8 item_size 8 array {
  item value: i64 at 0
}
container str types 4 5 size 24 length_at 8 item_size 1 string {
  field hash: i64 at 16
  item "": u8 at 0 immutable
}
container Weak types 5 6 size 16 weakref {
}
container box types 6 7 size 16 finalizer box {
  field value: i64 at 8
}
container Regex types 7 8 size 8 host {
}
method area of Shape: fn(obj Shape)->f64
global $origin: val Point
global $count: i64 = -5:i64 constant
global $one: ptr Number = imm0x3ff2000000000000:ptr Number
global $table: table<val Point, 2> (i64, bool) = [1:i64, true, 2:i64, false]
external sin: fn(f64)->f64 pure
external exit: fn(i32)->void noreturn
external compile: fn(str)->obj Regex may_raise host static "java.util.regex.Pattern" compile
external make: fn(str)->obj List host new "java.util.ArrayList" ("java.util.Collection")
external get: fn(obj List, i32)->obj Regex host interface "java.util.List" get (int) -> "java.lang.Object"
external size: fn(obj List)->i32 host virtual "java.util.List" size ()
dispatch area: fn(obj Shape)->f64 from 1 [-, @Square::area]
frozen 0 Shape length 0 hash 77 bytes 0000000000000000ff 16=#1 8=@Square::area
frozen 1 "array<i64>" length 3 bytes -
known object weft::Object
known exception weft::Exception
boxing nan float Number
entry @main
host_error @Square::area
memory_error $origin

function @Square::area: fn(obj Square)->f64 this cannot_raise {
b0(%0: obj Square):
  %1: f64 = field_get{Square .0'side} %0
  %2: f64 = mul %1, %1
  %3: f64 = mul %2, 1.5:f64
  %4: f64 = add %3, 0x7ff0000000000000:f64
  return %4
}

function @main: fn(array<str>)->i32 always_inline noreturn export main {
b0(%0: array<str>):
  %1: obj Square = new{Square}
  field_set{Shape .1'at.0'x} %1, 7:i64
  %2: ref<val Point> = local{val Point}
  %3: i64 = ref_get{.0'x} %2
  %4: obj Shape = upcast %1
  %5: f64 = call_virtual{area/0} %4
  branch true b1(%3) b2
  except b3(%3)
b1(%6: i64):
  switch %6 [1: b2, -2: b1(5:i64)] b2
b2:
  call_external{exit} 1:i32
  %7: fn(obj Square)->f64 = promote @Square::area:fn(obj Square)->f64
  %8: str = array_get %0, 0:i64
  %9: bool = eq %8, "say \"hi\"\0a;\ff"
  return zero:i32
b3(%10: obj weft::Exception, %11: i64) cold:
  raise %10
}

function @"f(int, bool)": fn()->void interpreter_loop {
}
)text";

TEST(TextTest, PrintsWhatItParsed) {
  auto program = Parse(kProgram);
  ASSERT_TRUE(program.ok()) << program.error().message();
  EXPECT_EQ(Print(**program), kProgram);
}

TEST(TextTest, KeepsLocations) {
  const std::string text =
      "weft source\n\nfunction @f: fn()->void { ; at a b.cc:1:2\nb0:\n  gc_collect ; at a "
      "b.cc:3:4\n"
      "  return ; at a b.cc:5:6\n}\n";
  auto program = Parse(text);
  ASSERT_TRUE(program.ok()) << program.error().message();
  const Block& block = (*program)->function(FunctionId(0)).graph.blocks()[0];
  EXPECT_EQ(block.ops[0].loc.line, 3u);
  EXPECT_EQ(block.exit.loc.column, 6u);
  EXPECT_EQ((*program)->files.Format(block.ops[0].loc), "a b.cc:3:4");
}

TEST(TextTest, NamesTheGuiltyLine) {
  auto fails = [](const char* text) {
    auto program = Parse(text);
    return program.ok() ? std::string("parsed") : program.error().message();
  };
  EXPECT_EQ(fails("weft source\nclass A : B {\n}\n"), "line 2: no class is called 'B'");
  EXPECT_EQ(fails("weft nowhere\n"),
            "line 1: expected a stage: source, annotated, rtyped or woven");
  EXPECT_EQ(fails("weft source\nfunction @f: fn()->void {\nb0:\n  frobnicate 1:i64\n}\n"),
            "line 4: no operation is called 'frobnicate'");
  EXPECT_EQ(fails("weft source\nfunction @f: fn()->void {\nb0:\n  return %3\n}\n"),
            "line 4: %3 is not defined");
  EXPECT_EQ(fails("weft source\nfunction @f: fn()->void {\nb0:\n"),
            "line 4: expected '}' before the end of the text");
}

}  // namespace
}  // namespace weft::flowgraph
