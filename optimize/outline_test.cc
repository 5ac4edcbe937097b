#include "optimize/outline.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "flowgraph/text.h"
#include "optimize/test_util.h"

namespace weft::optimize {
namespace {

constexpr char kDeclarations[] = R"(weft rtyped
container Object types 1 3 size 8 {
}
container Error : Object types 2 3 size 16 {
  field number: i64 at 8
}
class weft::Object {
  container Object
}
class weft::Exception : weft::Object exception {
  container Error
}
known object weft::Object
known exception weft::Exception
function @risky: fn(i64)->i64 {
b0(%0: i64):
  %1: ptr Error = malloc{Error}
  raise %1
}
function @calm: fn(i64)->i64 cannot_raise cannot_collect {
b0(%0: i64):
  %1: i64 = add %0, 1:i64
  return %1
}
function @pair: fn(i64)->tuple(i64, i64) cannot_raise cannot_collect {
b0(%0: i64):
  %1: tuple(i64, i64) = tuple_make %0, %0
  return %1
}
)";

// Cuts the blocks out of @f. Gives the text of what is left and of the part.
struct Cut {
  std::string rest;
  std::string part;
  std::string declaration;
  RegionShape shape;
  bool is_refused = false;
};

Cut CutOut(const std::string& function, const std::vector<uint32_t>& blocks) {
  auto program = ParseProgram(std::string(kDeclarations) + function);
  FunctionId id(program->functions.size() - 1);
  std::vector<BlockId> region;
  for (uint32_t b : blocks) region.push_back(BlockId(b));
  Outliner outliner(*program);
  outliner.Open(id);
  Cut result;
  auto shape = outliner.Measure(region);
  if (!shape) {
    result.is_refused = true;
    EXPECT_FALSE(outliner.Close());
    return result;
  }
  result.shape = *shape;
  FunctionId part = outliner.Cut(region).function;
  EXPECT_TRUE(outliner.Close());
  EXPECT_EQ(program->function(part).part_of, id);
  result.rest = Body(*program);
  result.part = Body(*program, "f::part:1");
  std::string text = flowgraph::PrintFunction(*program, part);
  result.declaration = text.substr(0, text.find('\n'));
  // What was printed is read again.
  auto parsed = flowgraph::Parse(flowgraph::Print(*program));
  EXPECT_TRUE(parsed.ok());
  if (parsed.ok()) {
    EXPECT_EQ((*parsed)->function(part).part_of, id);
  }
  return result;
}

TEST(Outline, ExitsShareResultsAndWhatIsUsedBehindComesBack) {
  Cut cut = CutOut(R"(function @f: fn(i64, bool)->i64 {
b0(%0: i64, %1: bool):
  jump b1(%0)
b1(%2: i64):
  %3: i64 = mul %2, 3:i64
  branch %1 b2(%3) b3(%3, %0)
b2(%4: i64):
  %5: i64 = add %4, %3
  return %5
b3(%6: i64, %7: i64):
  %8: i64 = add %6, %7
  return %8
}
)",
                   {1});
  EXPECT_EQ(
      cut.declaration,
      R"(function @"f::part:1": fn(i64, bool)->tuple(bool, i64, i64) never_inline cannot_raise cannot_collect part_of @f {)");
  EXPECT_EQ(cut.part, R"(b0(%0: i64, %1: bool):
  %2: i64 = mul %0, 3:i64
  branch %1 b1(%2, %2) b2(%2, %2)
b1(%3: i64, %4: i64):
  %5: tuple(bool, i64, i64) = tuple_make true, %3, %4
  return %5
b2(%6: i64, %7: i64):
  %8: tuple(bool, i64, i64) = tuple_make false, %6, %7
  return %8
)");
  // What an exit passes on of the outside, %0, does not go through the part.
  EXPECT_EQ(cut.rest, R"(b0(%0: i64, %1: bool):
  jump b1(%0)
b1(%2: i64):
  %3: tuple(bool, i64, i64) = call{@"f::part:1"} %2, %1
  %4: bool = tuple_get{0} %3
  %5: i64 = tuple_get{2} %3
  branch %4 b4 b5
b2(%6: i64):
  %7: i64 = add %6, %5
  return %7
b3(%8: i64, %9: i64):
  %10: i64 = add %8, %9
  return %10
b4:
  %11: i64 = tuple_get{1} %3
  jump b2(%11)
b5:
  %12: i64 = tuple_get{1} %3
  jump b3(%12, %0)
)");
}

TEST(Outline, ALoopKeepsItsHeaderAndGivesTheValuesOfItsLastTurn) {
  Cut cut = CutOut(R"(function @f: fn(i64)->i64 {
b0(%0: i64):
  jump b1(0:i64, 1:i64)
b1(%1: i64, %2: i64):
  %3: bool = lt %1, %0
  branch %3 b2 b3
b2:
  %4: i64 = add %1, 1:i64
  %5: i64 = mul %2, 2:i64
  jump b1(%4, %5)
b3:
  return %2
}
)",
                   {1, 2});
  EXPECT_EQ(cut.part, R"(b0(%0: i64, %1: i64, %2: i64):
  jump b1(%0, %1)
b1(%3: i64, %4: i64):
  %5: bool = lt %3, %2
  branch %5 b2 b3(%4)
b2:
  %6: i64 = add %3, 1:i64
  %7: i64 = mul %4, 2:i64
  jump b1(%6, %7)
b3(%8: i64):
  return %8
)");
  EXPECT_EQ(cut.rest, R"(b0(%0: i64):
  jump b1(0:i64, 1:i64)
b1(%1: i64, %2: i64):
  %3: i64 = call{@"f::part:1"} %1, %2, %0
  jump b2
b2:
  return %3
)");
}

TEST(Outline, ExceptionsComeBackToHandlersOutside) {
  Cut cut = CutOut(R"(function @f: fn(i64)->i64 {
b0(%0: i64):
  jump b1
b1:
  %1: i64 = call{@risky} %0
  jump b2(%1)
  except b4
b2(%2: i64):
  %3: i64 = call{@risky} %2
  jump b3(%3)
  except b5(%2)
b3(%4: i64):
  %5: i64 = call{@calm} %4
  return %5
b4(%6: ptr Error):
  jump b2(7:i64)
b5(%7: ptr Error, %8: i64):
  %9: i64 = getfield{Error .0'number} %7
  %10: i64 = add %8, %9
  return %10
}
)",
                   {1, 2, 4});
  // What may leave it is caught, one way or the other.
  EXPECT_EQ(
      cut.declaration,
      R"(function @"f::part:1": fn(i64)->tuple(bool, i64, ptr Error) never_inline cannot_raise part_of @f {)");
  EXPECT_EQ(cut.part, R"(b0(%0: i64):
  %1: i64 = call{@risky} %0
  jump b1(%1)
  except b2
b1(%2: i64):
  %3: i64 = call{@risky} %2
  jump b3(%3)
  except b4(%2)
b2(%4: ptr Error):
  jump b1(7:i64)
b3(%5: i64):
  %6: tuple(bool, i64, ptr Error) = tuple_make true, %5, zero:ptr Error
  return %6
b4(%7: ptr Error, %8: i64):
  %9: tuple(bool, i64, ptr Error) = tuple_make false, %8, %7
  return %9
)");
  EXPECT_EQ(cut.rest, R"(b0(%0: i64):
  jump b1
b1:
  %1: tuple(bool, i64, ptr Error) = call{@"f::part:1"} %0
  %2: bool = tuple_get{0} %1
  branch %2 b4 b5
b2(%3: i64):
  %4: i64 = call{@calm} %3
  return %4
b3(%5: ptr Error, %6: i64):
  %7: i64 = getfield{Error .0'number} %5
  %8: i64 = add %6, %7
  return %8
b4:
  %9: i64 = tuple_get{1} %1
  jump b2(%9)
b5:
  %10: ptr Error = tuple_get{2} %1
  %11: i64 = tuple_get{1} %1
  jump b3(%10, %11)
)");
}

TEST(Outline, ARegionThatOnlyReturnsIsATailCall) {
  Cut cut = CutOut(R"(function @f: fn(i64)->tuple(i64, i64) {
b0(%0: i64):
  %1: bool = lt %0, 0:i64
  branch %1 b1 b2
b1:
  %2: tuple(i64, i64) = call{@pair} %0
  return %2
b2:
  %3: i64 = mul %0, %0
  %4: tuple(i64, i64) = tuple_make %3, %0
  return %4
}
)",
                   {2});
  EXPECT_EQ(cut.part, R"(b0(%0: i64):
  %1: i64 = mul %0, %0
  %2: tuple(i64, i64) = tuple_make %1, %0
  return %2
)");
  EXPECT_EQ(cut.rest, R"(b0(%0: i64):
  %1: bool = lt %0, 0:i64
  branch %1 b1 b2
b1:
  %2: tuple(i64, i64) = call{@pair} %0
  return %2
b2:
  %3: tuple(i64, i64) = call{@"f::part:1"} %0
  return %3
)");
}

TEST(Outline, ATupleThatIsReturnedBesideAnotherExitIsTakenApart) {
  Cut cut = CutOut(R"(function @f: fn(i64)->tuple(i64, i64) {
b0(%0: i64):
  jump b1
b1:
  %1: tuple(i64, i64) = call{@pair} %0
  %2: i64 = tuple_get{0} %1
  %3: bool = lt %2, 0:i64
  branch %3 b2 b3
b2:
  return %1
b3:
  %4: tuple(i64, i64) = tuple_make 1:i64, %0
  return %4
}
)",
                   {1, 2});
  EXPECT_EQ(cut.part, R"(b0(%0: i64):
  %1: tuple(i64, i64) = call{@pair} %0
  %2: i64 = tuple_get{0} %1
  %3: bool = lt %2, 0:i64
  branch %3 b1 b2
b1:
  %4: i64 = tuple_get{0} %1
  %5: i64 = tuple_get{1} %1
  jump b3(%4, %5)
b2:
  %6: tuple(bool, i64, i64) = tuple_make true, 0:i64, 0:i64
  return %6
b3(%7: i64, %8: i64):
  %9: tuple(bool, i64, i64) = tuple_make false, %7, %8
  return %9
)");
}

TEST(Outline, ARegionThatGoesNowhereDoesNotReturn) {
  Cut cut = CutOut(R"(function @f: fn(i64)->i64 {
b0(%0: i64):
  %1: bool = lt %0, 0:i64
  branch %1 b1 b2
b1 cold:
  %2: ptr Error = malloc{Error}
  setfield{Error .0'number} %2, %0
  raise %2
b2:
  return %0
}
)",
                   {1});
  EXPECT_EQ(cut.declaration,
            R"(function @"f::part:1": fn(i64)->void never_inline cold noreturn part_of @f {)");
  EXPECT_EQ(cut.rest, R"(b0(%0: i64):
  %1: bool = lt %0, 0:i64
  branch %1 b1 b2
b1 cold:
  call{@"f::part:1"} %0
  unreachable
b2:
  return %0
)");
}

TEST(Outline, TuplesDoNotGoInOrOut) {
  constexpr char kFunction[] = R"(function @f: fn(i64)->i64 {
b0(%0: i64):
  jump b1
b1:
  %1: tuple(i64, i64) = call{@pair} %0
  jump b2
b2:
  %2: i64 = tuple_get{1} %1
  return %2
}
)";
  EXPECT_TRUE(CutOut(kFunction, {1}).is_refused);
  EXPECT_TRUE(CutOut(kFunction, {2}).is_refused);
  EXPECT_FALSE(CutOut(kFunction, {1, 2}).is_refused);
}

}  // namespace
}  // namespace weft::optimize
