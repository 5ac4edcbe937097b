#include "optimize/simplify.h"

#include <gtest/gtest.h>

#include "optimize/drop_checks.h"
#include "optimize/test_util.h"

namespace weft::optimize {
namespace {

TEST(Simplify, FoldsConstantsAndIdentities) {
  EXPECT_EQ(RunPass(R"(weft source
function @f: fn(i32)->i32 {
b0(%0: i32):
  %1: i32 = mul 6:i32, 7:i32
  %2: i32 = add %0, %1
  %3: i32 = add %2, -42:i32
  %4: i32 = xor %3, 0:i32
  %5: i64 = convert %4
  %6: i32 = convert %5
  return %6
}
)",
                    Simplify),
            R"(b0(%0: i32):
  return %0
)");
}

TEST(Simplify, DivisionByZeroIsLeftAlone) {
  const char* body = R"(b0:
  %0: i32 = div 1:i32, 0:i32
  return %0
)";
  EXPECT_EQ(
      RunPass(std::string("weft source\nfunction @f: fn()->i32 {\n") + body + "}\n", Simplify),
      body);
}

TEST(Simplify, LogicalAndBecomesTwoBranches) {
  EXPECT_EQ(RunPass(R"(weft source
function @f: fn(bool, bool)->i32 {
b0(%0: bool, %1: bool):
  branch %0 b1 b2(false)
b1:
  jump b2(%1)
b2(%2: bool):
  %3: bool = not %2
  branch %3 b3 b4
b3:
  return 1:i32
b4:
  return 2:i32
}
)",
                    Simplify),
            R"(b0(%0: bool, %1: bool):
  branch %0 b1 b2
b1:
  branch %1 b3 b2
b2:
  return 1:i32
b3:
  return 2:i32
)");
}

TEST(Simplify, BranchOnConstantRemovesTheOtherSide) {
  EXPECT_EQ(RunPass(R"(weft source
function @f: fn(i32)->i32 {
b0(%0: i32):
  %1: bool = lt 1:i32, 2:i32
  branch %1 b1 b2
b1:
  jump b3(%0)
b2:
  jump b3(5:i32)
b3(%2: i32):
  return %2
}
)",
                    Simplify),
            R"(b0(%0: i32):
  return %0
)");
}

TEST(Simplify, CopyThroughALoopIsNoArgument) {
  EXPECT_EQ(RunPass(R"(weft source
function @g: fn()->bool {
b0:
  return true
}
function @f: fn(i32)->i32 {
b0(%0: i32):
  jump b1(%0, 0:i32)
b1(%1: i32, %2: i32):
  %3: bool = call{@g}
  branch %3 b2(%1) b3
b2(%4: i32):
  %5: i32 = add %2, 1:i32
  jump b1(%4, %5)
b3:
  return %1
}
)",
                    Simplify),
            R"(b0(%0: i32):
  jump b1
b1:
  %1: bool = call{@g}
  branch %1 b1 b2
b2:
  return %0
)");
}

TEST(Simplify, PartsOfValues) {
  EXPECT_EQ(RunPass(R"(weft source
value P {
  field x: i64
  field y: i64
}
value Q {
  field a: val P
  field b: i64
}
function @f: fn(i64, val Q)->i64 {
b0(%0: i64, %1: val Q):
  %2: val P = value_make{P} %0, 2:i64
  %3: val Q = value_with{Q .0'a} %1, %2
  %4: i64 = value_get{Q .0'a.1'y} %3
  %5: i64 = value_get{Q .1'b} %3
  %7: i64 = add %4, %5
  return %7
}
)",
                    Simplify),
            R"(b0(%0: i64, %1: val Q):
  %2: i64 = value_get{Q .1'b} %1
  %3: i64 = add %2, 2:i64
  return %3
)");
}

TEST(Simplify, ValuesAreCarriedInParts) {
  EXPECT_EQ(RunPass(R"(weft source
value P {
  field x: i64
  field y: i64
}
value Q {
  field p: val P
  field n: i64
}
function @f: fn(bool, val Q)->i64 {
b0(%0: bool, %1: val Q):
  branch %0 b1 b2(%1)
b1:
  %2: val P = value_make{P} 1:i64, 2:i64
  %3: val Q = value_make{Q} %2, 3:i64
  jump b2(%3)
b2(%4: val Q):
  %5: i64 = value_get{Q .0'p.1'y} %4
  return %5
}
)",
                    Simplify),
            R"(b0(%0: bool, %1: val Q):
  %2: i64 = value_get{Q .0'p.1'y} %1
  branch %0 b1(2:i64) b1(%2)
b1(%3: i64):
  return %3
)");
}

TEST(Simplify, PartsOfWhatACallWithAHandlerGives) {
  EXPECT_EQ(RunPass(R"(weft source
value P {
  field x: i64
  field y: i64
}
class weft::Object {
}
class weft::Exception : weft::Object exception {
}
known object weft::Object
known exception weft::Exception
function @g: fn(i64)->val P {
b0(%0: i64):
  %1: val P = value_make{P} %0, 2:i64
  return %1
}
function @f: fn(val P)->i64 {
b0(%0: val P):
  %1: val P = call{@g} 1:i64
  jump b1(%1)
  except b2(%0)
b1(%2: val P):
  %3: i64 = value_get{P .0'x} %2
  return %3
b2(%4: obj weft::Exception, %5: val P):
  jump b1(%5)
}
)",
                    Simplify),
            R"(b0(%0: val P):
  %1: i64 = value_get{P .0'x} %0
  %2: val P = call{@g} 1:i64
  jump b3
  except b2
b1(%3: i64):
  return %3
b2(%4: obj weft::Exception):
  jump b1(%1)
b3:
  %5: i64 = value_get{P .0'x} %2
  jump b1(%5)
)");
}

TEST(Simplify, ClassFacts) {
  EXPECT_EQ(RunPass(R"(weft source
class Base {
}
class Left : Base {
  implements m/0 = @Left::m
}
class Right : Base {
}
method m of Base: fn(obj Base)->i32
function @Left::m: fn(obj Left)->i32 {
b0(%0: obj Left):
  return 1:i32
}
function @f: fn(obj Left)->i32 {
b0(%0: obj Left):
  %1: obj Base = upcast %0
  %2: bool = isa{Right} %1
  branch %2 b1 b2
b1:
  return 0:i32
b2:
  check_cast{Left} %1
  %3: obj Left = upcast %1
  %4: obj Left = new{Left}
  %5: obj Base = upcast %4
  check_nonnull %5
  %6: i32 = call_virtual{m/0} %5
  return %6
}
)",
                    Simplify),
            R"(b0(%0: obj Left):
  %1: obj Left = new{Left}
  %2: i32 = call{@Left::m} %1
  return %2
)");
}

TEST(Simplify, MethodOfAKnownObjectUnderOotype) {
  EXPECT_EQ(RunPass(R"(weft rtyped ootype
class Base {
  container Base
}
class Left : Base {
  implements m/0 = @Left::m
  container Left
}
class Deep : Left {
  container Deep
}
container Base types 1 4 size 8 {
}
container Left : Base types 2 4 size 8 {
}
container Deep : Left types 3 4 size 8 {
}
method m of Base: fn(ptr Base)->i32
frozen 0 Deep length 0 bytes 0000000000000000
function @Left::m: fn(ptr Left)->i32 {
b0(%0: ptr Left):
  return 1:i32
}
function @f: fn(ptr Base)->i32 {
b0(%0: ptr Base):
  %1: i32 = call_method{m/0} #0:ptr Base
  %2: ptr Deep = malloc{Deep}
  %3: ptr Base = cast_ptr %2
  %4: i32 = call_method{m/0} %3
  %5: i32 = call_method{m/0} %0
  return %5
}
)",
                    Simplify),
            R"(b0(%0: ptr Base):
  %1: i32 = call{@Left::m} #0:ptr Left
  %2: ptr Deep = malloc{Deep}
  %3: ptr Left = cast_ptr %2
  %4: i32 = call{@Left::m} %3
  %5: i32 = call_method{m/0} %0
  return %5
)");
}

TEST(Simplify, ChainOfTestsBecomesASwitch) {
  EXPECT_EQ(RunPass(R"(weft source
function @f: fn(u8)->i32 {
b0(%0: u8):
  %1: i32 = convert %0
  %2: bool = eq %1, 1:i32
  branch %2 b1 b2
b1:
  return 10:i32
b2:
  %3: bool = eq %1, 2:i32
  branch %3 b3 b4
b3:
  return 20:i32
b4:
  %4: bool = ne 300:i32, %1
  branch %4 b5 b3
b5:
  %5: bool = ne 3:i32, %1
  branch %5 b6 b3
b6:
  return 0:i32
}
)",
                    Simplify),
            R"(b0(%0: u8):
  switch %0 [1: b1, 2: b2, 3: b2] b3
b1:
  return 10:i32
b2:
  return 20:i32
b3:
  return 0:i32
)");
}

TEST(Simplify, RaiseToAHandlerOfTheSameFunctionIsAJump) {
  EXPECT_EQ(RunPass(R"(weft source
class weft::Object {
}
class weft::Exception : weft::Object exception {
}
class Bad : weft::Exception exception {
}
known object weft::Object
known exception weft::Exception
function @f: fn(obj Bad)->i32 {
b0(%0: obj Bad):
  raise %0
  except b1
b1(%1: obj weft::Exception):
  %2: bool = eq %1, zero:obj weft::Exception
  branch %2 b2 b3
b2:
  return 1:i32
b3:
  return 2:i32
}
)",
                    Simplify),
            R"(b0(%0: obj Bad):
  %1: bool = eq %0, zero:obj Bad
  branch %1 b1 b2
b1:
  return 1:i32
b2:
  return 2:i32
)");
}

TEST(Simplify, DroppedAllocationLosesItsHandler) {
  EXPECT_EQ(RunPass(R"(weft source
class weft::Object {
}
class weft::Exception : weft::Object exception {
}
known object weft::Object
known exception weft::Exception
function @f: fn()->i32 {
b0:
  %0: obj weft::Object = new{weft::Object}
  jump b1
  except b2
b1:
  return 1:i32
b2(%1: obj weft::Exception):
  return 2:i32
}
)",
                    Simplify),
            R"(b0:
  return 1:i32
)");
}

TEST(Simplify, HintBecomesAColdBlock) {
  EXPECT_EQ(RunPass(R"(weft source
function @f: fn(bool)->i32 {
b0(%0: bool):
  %1: i64 = convert %0
  %2: i64 = expect %1, 0:i64
  %3: bool = ne %2, 0:i64
  branch %3 b1 b2
b1:
  return 1:i32
b2:
  return 2:i32
}
)",
                    Simplify),
            R"(b0(%0: bool):
  branch %0 b1 b2
b1 cold:
  return 1:i32
b2:
  return 2:i32
)");
}

TEST(Simplify, NothingBehindACheckThatAlwaysFails) {
  const char* text = R"(weft source
class C {
  field n: i64
}
function @f: fn(i64)->i64 {
b0(%0: i64):
  check_nonzero %0
  check_nonnull zero:obj C
  %1: i64 = field_get{C .0'n} zero:obj C
  return %1
}
)";
  EXPECT_EQ(RunPass(text, Simplify), R"(b0(%0: i64):
  check_nonzero %0
  check_nonnull zero:obj C
  unreachable
)");
  EXPECT_EQ(RunPass(text,
                    [](flowgraph::Program& program, flowgraph::FunctionInfo& function) {
                      Simplify(program, function);
                      return DropChecks(program, function);
                    }),
            R"(b0(%0: i64):
  check_nonnull zero:obj C
  unreachable
)");
}

TEST(Simplify, NothingBehindACallThatDoesNotReturn) {
  EXPECT_EQ(RunPass(R"(weft source
function @f: fn(i32)->i32 {
b0(%0: i32):
  fatal "no"
  %1: i32 = add %0, 1:i32
  return %1
}
)",
                    Simplify),
            R"(b0(%0: i32):
  fatal "no"
  unreachable
)");
}

}  // namespace
}  // namespace weft::optimize
