#include "optimize/limit_size.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include "llinterp/llinterp.h"
#include "optimize/test_util.h"

namespace weft::optimize {
namespace {

// An interpreter loop in text form: the operand counts down, and picks the case.
std::string Loop(int cases, int operations) {
  std::string text = R"(weft rtyped
function @f: fn(i64)->i64 interpreter_loop cannot_raise cannot_collect {
b0(%0: i64):
  jump b1(%0, 0:i64)
b1(%1: i64, %2: i64):
  %3: bool = eq %1, 0:i64
  branch %3 b2 b3
b2:
  return %2
b3:
)";
  text += fmt::format("  %4: i64 = rem %1, {}:i64\n  %5: i64 = sub %1, 1:i64\n  switch %4 [",
                      cases + 1);
  for (int i = 0; i < cases; ++i) text += fmt::format("{}{}: b{}", i == 0 ? "" : ", ", i, i + 5);
  text += "] b4\nb4:\n  jump b1(%5, %2)\n";
  int value = 6;
  for (int i = 0; i < cases; ++i) {
    text += fmt::format("b{}:\n", i + 5);
    std::string last = "%2";
    for (int k = 0; k < operations + i % 5; ++k) {
      text += fmt::format("  %{}: i64 = {} {}, {}:i64\n", value, k % 3 == 0 ? "mul" : "add", last,
                          i + k);
      last = fmt::format("%{}", value++);
    }
    // Some leave the loop.
    text += i % 50 == 49 ? fmt::format("  return {}\n", last)
                         : fmt::format("  jump b1(%5, {})\n", last);
  }
  return text + "}\n";
}

std::string StraightCode(int operations) {
  std::string text =
      "weft rtyped\nfunction @f: fn(i64)->i64 cannot_raise cannot_collect {\nb0(%0: i64):\n";
  for (int i = 1; i <= operations; ++i) {
    text += fmt::format("  %{}: i64 = {} %{}, {}\n", i, i % 2 == 0 ? "mul" : "add", i - 1,
                        i > 20 ? fmt::format("%{}", i - 17) : "3:i64");
  }
  return text + fmt::format("  return %{}\n}}\n", operations);
}

uint64_t Call(const flowgraph::Program& program, uint64_t argument) {
  llinterp::Interpreter interpreter(program, {});
  llinterp::Outcome outcome = interpreter.Call(FunctionId(0), std::vector<uint64_t>{argument});
  EXPECT_EQ(outcome.kind, llinterp::Outcome::Kind::kReturned);
  return outcome.values.empty() ? 0 : outcome.values[0];
}

struct Limited {
  size_t functions = 0;
  size_t largest = 0;
  size_t first = 0;
};

// Limits, verifies, and compares what the program computes.
Limited Limit(const std::string& text, size_t limit, SizeCosts costs = CountOperations()) {
  auto program = ParseProgram(text);
  std::vector<uint64_t> before;
  for (uint64_t argument : {0, 1, 5, 48, 777, 1234}) before.push_back(Call(*program, argument));
  bool was_larger = SizeWith(*program->functions[0], costs) > limit;
  EXPECT_EQ(LimitFunctionSize(*program, {.limit = limit, .max_values = 60, .costs = costs}),
            was_larger);
  Body(*program);
  std::vector<uint64_t> after;
  for (uint64_t argument : {0, 1, 5, 48, 777, 1234}) after.push_back(Call(*program, argument));
  EXPECT_EQ(before, after);
  Limited result;
  result.first = SizeWith(*program->functions[0], costs);
  for (const auto& function : program->functions) {
    ++result.functions;
    result.largest = std::max(result.largest, SizeWith(*function, costs));
  }
  return result;
}

TEST(LimitSize, ASmallFunctionIsLeftAlone) { EXPECT_EQ(Limit(Loop(10, 5), 1000).functions, 1u); }

TEST(LimitSize, ALoopGivesUpOnlyAsManyCasesAsItMust) {
  Limited limited = Limit(Loop(20, 100), 1500);
  EXPECT_LE(limited.largest, 1500u);
  // Twenty cases of a hundred operations: five or so are cut out, and the rest stays.
  EXPECT_LE(limited.functions, 12u);
  EXPECT_GT(limited.first, 1000u);
}

TEST(LimitSize, ManyCasesAreCutInGroups) {
  Limited limited = Limit(Loop(1000, 6), 700);
  EXPECT_LE(limited.largest, 700u);
  // A function for each case would be a thousand, and their calls would not fit.
  EXPECT_LT(limited.functions, 60u);
}

TEST(LimitSize, ALargeSwitchIsHalved) {
  SizeCosts costs = CountOperations();
  costs.exit = [](const FunctionInfo&, const Block& block) { return 1 + block.exit.cases.size(); };
  Limited limited = Limit(Loop(1000, 3), 300, costs);
  EXPECT_LE(limited.largest, 300u);
}

TEST(LimitSize, TinyLimitsWorkToo) {
  for (size_t limit : {1, 2, 3, 5, 8, 13}) {
    Limit(Loop(10, 5), limit);
    Limit(StraightCode(60), limit);
  }
}

TEST(LimitSize, StraightCodeBecomesAChainInLinearTime) {
  auto seconds = [](int operations) {
    auto program = ParseProgram(StraightCode(operations));
    auto start = std::chrono::steady_clock::now();
    LimitFunctionSize(*program, {.limit = 1000, .max_values = 60, .costs = CountOperations()});
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  };
  Limited limited = Limit(StraightCode(50000), 1000);
  EXPECT_LE(limited.largest, 1000u);
  EXPECT_LT(limited.functions, 100u);
  // Four times the code in four times the time, and noise.
  double once = seconds(20000);
  EXPECT_LT(seconds(80000), 16 * once + 0.1);
}

TEST(LimitSize, WhereTooManyValuesWouldCrossNothingIsCut) {
  auto program = ParseProgram(StraightCode(200));
  LimitFunctionSize(*program, {.limit = 50, .max_values = 3, .costs = CountOperations()});
  Body(*program);
  // But for the beginning and the end, where there are few.
  size_t largest = 0;
  for (const auto& function : program->functions) {
    largest = std::max(largest, SizeWith(*function, CountOperations()));
  }
  EXPECT_GT(largest, 150u);
}

}  // namespace
}  // namespace weft::optimize
