#include "backend_c/dispatch.h"

#include <gtest/gtest.h>

#include <string>

#include "backend_c/backend_c.h"
#include "backend_c/testing.h"
#include "flowgraph/text.h"

namespace weft::backend_c {
namespace {

// A loop whose instructions follow from how many there were. Cases carry values, two of them to the
// same block; some values have no case. `kind` and the cases are those of the switch.
std::string Loop(const std::string& kind, const std::string& cases,
                 const std::string& hint = " interpreter_loop", const std::string& before = "") {
  return std::string("weft woven\n") + kDeclarations + R"(
entry @main

function @loop: fn(i64)->i64)" +
         hint + R"( cannot_raise cannot_collect {
b0(%0: i64):
  jump b1(%0, 0:i64, 1:i64)
b1(%1: i64, %2: i64, %3: i64):
)" + before +
         "  %4: " + kind + R"( = convert %3
  %5: i64 = add %2, 1:i64
  %19: i64 = rem %2, 9:i64
  %18: i64 = sub %19, 3:i64
  switch %4 [)" +
         cases + R"(] b6
b2(%6: i64, %7: i64):
  %8: i64 = mul %6, 3:i64
  %9: i64 = rem %8, 7:i64
  %17: i64 = add %7, %9
  jump b1(%17, %5, %18)
b3:
  %10: bool = gt %5, 40:i64
  branch %10 b7 b4
b4:
  %11: i64 = sub %1, 1:i64
  jump b1(%11, %5, %18)
b5(%12: i64):
  jump b1(%12, %5, %18)
b6:
  %14: bool = lt %5, 60:i64
  branch %14 b1(%1, %5, %18) b7
b7:
  %15: i64 = mul %1, 100:i64
  %16: i64 = add %15, %5
  return %16
}

function @main: fn(ptr "array<str>")->i32 {
b0(%0: ptr "array<str>"):
  %1: i64 = call{@loop} 3:i64
  call_external{show_i64} %1
  %2: i64 = call{@loop} 11:i64
  call_external{show_i64} %2
  return 0:i32
}
)";
}

constexpr char kCases[] = "1: b2(%3, %1), 2: b3, 3: b2(%1, %5), 4: b4, 5: b5(%2)";
constexpr char kSignedCases[] = "-3: b2(%3, %1), 1: b2(%5, %2), 2: b3, 3: b2(%1, %5), 5: b5(%2)";

Dispatch Find(const std::string& text) {
  auto program = flowgraph::Parse(text);
  EXPECT_TRUE(program.ok()) << program.error().message();
  for (const auto& function : (*program)->functions) {
    if (function->name == "loop") return FindDispatch(**program, *function);
  }
  return {};
}

TEST(DispatchTest, FindsTheSwitchThatTheLoopJumpsTo) {
  Dispatch byte = Find(Loop("u8", kCases));
  EXPECT_EQ(byte.block, BlockId(1));
  EXPECT_EQ(byte.links.size(), 256u);
  EXPECT_FALSE(byte.is_tested);
  Dispatch wide = Find(Loop("i32", kSignedCases));
  EXPECT_EQ(wide.block, BlockId(1));
  EXPECT_EQ(wide.first, -3);
  EXPECT_EQ(wide.links.size(), 9u);
  EXPECT_TRUE(wide.is_tested);
}

TEST(DispatchTest, SaysWhyALoopStaysASwitch) {
  EXPECT_FALSE(Find(Loop("u8", kCases, "")).block.is_valid());
  EXPECT_EQ(Find(Loop("u8", kCases, "")).reason, "");
  EXPECT_EQ(Find(Loop("u8", "1: b3, 2: b4")).reason, "it has no switch of four cases or more");
  EXPECT_EQ(Find(Loop("i32", "1: b3, 2: b4, 3: b3, 100000: b4")).reason,
            "the numbers of its instructions lie too far apart for a table");
  std::string long_code;
  for (int i = 0; i < 30; ++i) {
    long_code += "  %" + std::to_string(100 + i) + ": i64 = add %1, 1:i64\n";
  }
  EXPECT_EQ(Find(Loop("u8", kCases, " interpreter_loop", long_code)).reason,
            "34 operations stand before its switch, more than 24");
}

class ThreadedTest : public testing::TestWithParam<Toolchain> {};

TEST_P(ThreadedTest, DoesTheSameAsTheSwitch) {
  for (const std::string& text :
       {Loop("u8", kCases), Loop("i32", kSignedCases), Loop("u64", kCases)}) {
    RunResult plain = CompileAndRun(text, GetParam());
    EXPECT_EQ(plain.exit_code, 0) << plain.output;
    RunResult threaded = CompileAndRun(text, GetParam(), "", DispatchStyle::kGoto);
    EXPECT_EQ(threaded.exit_code, 0) << threaded.output;
    EXPECT_EQ(threaded.output, plain.output);
    RunResult tail = CompileAndRun(text, GetParam(), "", DispatchStyle::kTail);
    if (std::string_view(GetParam().name).find("clang") == std::string_view::npos) {
      EXPECT_NE(tail.output.find("translate with --dispatch=goto"), std::string::npos)
          << tail.output;
      continue;
    }
    EXPECT_EQ(tail.exit_code, 0) << tail.output;
    EXPECT_EQ(tail.output, plain.output);
  }
}

INSTANTIATE_TEST_SUITE_P(All, ThreadedTest, testing::ValuesIn(Toolchains()),
                         [](const auto& info) { return std::string(info.param.name); });

// How often a text stands in the C of a loop.
size_t Count(const std::string& cases, DispatchStyle dispatch, std::string_view what) {
  auto program = flowgraph::Parse(Loop("u8", cases));
  EXPECT_TRUE(program.ok()) << program.error().message();
  ArtefactOptions options;
  options.dispatch = dispatch;
  size_t count = 0;
  for (const ArtefactFile& file : GenerateFiles(**program, options)) {
    if (!file.path.ends_with(".c")) continue;
    for (size_t at = 0; (at = file.text.find(what, at)) != std::string::npos; ++at) ++count;
  }
  return count;
}

TEST(DispatchTest, EachInstructionJumpsByItself) {
  EXPECT_EQ(Count(kCases, DispatchStyle::kSwitch, "goto *dispatch"), 0u);
  // From the entry, from b2, b4, b5 and b6.
  EXPECT_EQ(Count(kCases, DispatchStyle::kGoto, "goto *dispatch"), 5u);
  // The entry calls the first one as usual, and what two instructions share is written into both.
  EXPECT_EQ(Count(kCases, DispatchStyle::kTail, "WEFT_MUSTTAIL return"), 6u);
}

TEST(DispatchTest, WhatTooManyInstructionsShareStaysBehindALabel) {
  std::string cases = "1: b3, 2: b4, 3: b5(%2)";
  for (int i = 4; i < 100; ++i) cases += ", " + std::to_string(i) + ": b2(%3, %1)";
  EXPECT_EQ(Count(cases, DispatchStyle::kTail, "WEFT_MUSTTAIL return"), 0u);
  EXPECT_EQ(Count(cases, DispatchStyle::kTail, "goto *dispatch"), 5u);
}

}  // namespace
}  // namespace weft::backend_c
