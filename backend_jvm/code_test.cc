// Code that is long, wide or full of labels still verifies, and does what it says.
#include "backend_jvm/code.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <regex>
#include <string>
#include <string_view>

#include "backend_jvm/backend_jvm.h"
#include "backend_jvm/testing.h"
#include "common/check.h"
#include "flowgraph/text.h"
#include "flowgraph/verifier.h"

namespace weft::backend_jvm {
namespace {

std::string Main(const std::string& body) {
  return "function @main: fn(ptr \"array<str>\")->i32 {\nb0(%0: ptr \"array<str>\"):\n" + body +
         "}\n";
}

TEST(ConstantPool, EqualConstantsAreOne) {
  ConstantPool pool;
  EXPECT_EQ(pool.Long(5), pool.Long(5));
  EXPECT_NE(pool.Double(0), pool.Double(uint64_t{1} << 63));
  EXPECT_NE(pool.Method("A", "f", "()V"), pool.Method("A", "f", "()V", /*is_interface=*/true));
  EXPECT_EQ(pool.ClassName(pool.Class("lox/Value")), "lox/Value");
}

TEST(ConstantPool, TextIsModifiedUtf8) {
  EXPECT_EQ(ModifiedUtf8(std::string_view("a\0b", 3)),
            "a\xc0\x80"
            "b");
  EXPECT_EQ(ModifiedUtf8("\xf0\x9f\x98\x80"), "\xed\xa0\xbd\xed\xb8\x80");
}

TEST(Code, FollowsTypesAndDepth) {
  ConstantPool pool;
  Code code(pool, false);
  code.Parameter(kLongType);
  code.Load(kLongType, 0);
  code.PushLong(3);
  code.Emit(ladd, 2, kLongType);
  EXPECT_EQ(code.stack(), std::vector<VerifierType>{kLongType});
  code.Return("J");
  EXPECT_FALSE(code.is_reachable());
  std::string body = code.Finish();
  // max_stack: the long on the stack, and the constant, which is an int before it is a long.
  EXPECT_EQ(body.substr(0, 4), std::string("\0\4\0\2", 4));
}

TEST(Code, AFrameStandsWhereAJumpLeads) {
  ConstantPool pool;
  Code code(pool, false);
  code.Parameter(kIntType);
  code.Load(kIntType, 0);
  code.Branch(ifeq, 1, 0);
  code.PushInt(1);
  code.Return("I");
  code.Place(0, {kIntType}, {});
  code.PushInt(2);
  code.Return("I");
  std::string body = code.Finish();
  // One frame, same locals, at byte 6.
  std::string frame("\0\1\6", 3);
  EXPECT_EQ(body.substr(body.size() - 3), frame);
}

// A loop over cases of some instructions each, as an interpreter has it.
std::string Interpreter(int cases, int operations, const std::string& hint = "") {
  std::string text = fmt::format("function @loop: fn(i64)->i64{} {{\n", hint);
  text +=
      "b0(%0: i64):\n  jump b1(%0, 0:i64)\n"
      "b1(%1: i64, %2: i64):\n  %3: bool = gt %1, 0:i64\n  branch %3 b2 b3\n"
      "b2:\n  %4: i64 = sub %1, 1:i64\n";
  text += fmt::format("  %5: i64 = rem %1, {}:i64\n  switch %5 [", cases);
  for (int i = 0; i < cases; ++i) text += fmt::format("{}{}: b{}", i > 0 ? ", " : "", i, i + 5);
  text += "] b4\nb3:\n  return %2\nb4:\n  unreachable\n";
  int next = 6;
  for (int i = 0; i < cases; ++i) {
    text += fmt::format("b{}:\n", i + 5);
    std::string value = "%2";
    for (int j = 0; j < operations; ++j) {
      text += fmt::format("  %{}: i64 = xor {}, %4\n", next, value);
      text += fmt::format("  %{}: i64 = mul %{}, {}:i64\n", next + 1, next, 2 * (i + j) + 3);
      text += fmt::format("  %{}: i64 = add %{}, %4\n", next + 2, next + 1);
      value = fmt::format("%{}", next + 2);
      next += 3;
    }
    text += fmt::format("  jump b1(%4, {})\n", value);
  }
  return text + "}\n" +
         Main("  %1: i64 = call{@loop} 1000:i64\n  call_external{show_i64} %1\n  return 0:i32\n");
}

int64_t Expected(int cases, int operations) {
  uint64_t value = 0;
  for (uint64_t n = 1000; n > 0; --n) {
    for (int j = 0; j < operations; ++j) {
      value = (value ^ (n - 1)) * (2 * (n % static_cast<uint64_t>(cases) + j) + 3) + (n - 1);
    }
  }
  return static_cast<int64_t>(value);
}

TEST(Switch, ManyCasesTakeTwoSteps) {
  // Cases, and tables: one for the upper three bits of the number, and one for each eight cases.
  for (auto [cases, expected] : {std::pair(16, 1), std::pair(40, 6)}) {
    std::string text = kDeclarations + Interpreter(cases, 1);
    auto parsed = flowgraph::Parse("weft rtyped ootype\n" + text);
    ASSERT_TRUE(parsed.ok());
    std::string listing = GenerateClasses(**parsed, /*with_listing=*/true).listing;
    listing = listing.substr(listing.find("class weft/code"));
    int tables = 0;
    for (size_t at = 0; (at = listing.find(": tableswitch", at)) != std::string::npos; ++at) {
      ++tables;
    }
    EXPECT_EQ(tables, expected) << cases;
    EXPECT_EQ(CompileAndRun(Interpreter(cases, 1)).output, fmt::format("{}\n", Expected(cases, 1)));
  }
}

TEST(Limit, ALoopThatNoMethodHoldsIsCut) {
  // About 120 KB of bytecode, where a method holds 64.
  std::string text = Interpreter(200, 40);
  RunResult result = CompileAndRun(text);
  EXPECT_EQ(result.output, fmt::format("{}\n", Expected(200, 40)));
  EXPECT_EQ(result.exit_code, 0);
  auto parsed = flowgraph::Parse(std::string("weft rtyped ootype\n") + kDeclarations + text);
  ASSERT_TRUE(parsed.ok());
  EXPECT_TRUE(LimitCode(**parsed));
  for (size_t size : GenerateClasses(**parsed).code_sizes) EXPECT_LT(size, 8000u);
}

// The operations of a kind in all functions.
size_t CountOf(const flowgraph::Program& program, flowgraph::Opcode opcode) {
  size_t count = 0;
  for (const auto& function : program.functions) {
    for (const auto& block : function->graph.blocks()) {
      count += std::count_if(block.ops.begin(), block.ops.end(),
                             [&](const auto& op) { return op.opcode == opcode; });
    }
  }
  return count;
}

TEST(Pin, EachInstructionComputesWithAValueOfItsOwn) {
  std::string text = Interpreter(20, 3, " interpreter_loop");
  auto parsed = flowgraph::Parse(std::string("weft rtyped ootype\n") + kDeclarations + text);
  ASSERT_TRUE(parsed.ok());
  flowgraph::Program& program = **parsed;
  EXPECT_TRUE(PinOperands(program));
  EXPECT_EQ(flowgraph::Verify(program), std::vector<std::string>());
  // `xor %2, %4` could be done for all of them in front of the switch; what follows it depends on
  // it, and the way to the next round is not touched.
  EXPECT_EQ(CountOf(program, flowgraph::Opcode::kPin), 20u);
  const flowgraph::Graph& graph = program.functions[0]->graph;
  for (uint32_t i = 5; i < 25; ++i) {
    const flowgraph::Block& block = graph.block(BlockId(i));
    ASSERT_EQ(block.ops[0].opcode, flowgraph::Opcode::kPin);
    EXPECT_EQ(block.ops[1].args[0], block.ops[0].result);
    EXPECT_EQ(block.exit.links[0].args[0], graph.block(BlockId(2)).ops[0].result);
  }
  RunResult result = CompileAndRun(text);
  EXPECT_EQ(result.output, fmt::format("{}\n", Expected(20, 3)));
}

// A loop that goes from one string of an array to another, and back to null.
constexpr char kReferences[] =
    R"text(function @loop: fn(ptr "array<str>", i64)->i64 interpreter_loop {
b0(%0: ptr "array<str>", %1: i64):
  jump b1(%1, zero:ptr str, 0:i64)
b1(%2: i64, %3: ptr str, %4: i64):
  %5: bool = gt %2, 0:i64
  branch %5 b2 b3
b2:
  %6: i64 = sub %2, 1:i64
  %7: i64 = rem %2, 4:i64
  switch %7 [0: b5, 1: b6, 2: b7, 3: b8] b4
b3:
  return %4
b4:
  unreachable
b5:
  %8: ptr str = getitem{"array<str>" .0'value} %0, 0:i64
  jump b1(%6, %8, %4)
b6:
  %9: bool = eq %3, zero:ptr str
  branch %9 b9 b10
b7:
  %10: ptr str = getitem{"array<str>" .0'value} %0, 1:i64
  jump b1(%6, %10, %4)
b8:
  jump b1(%6, %3, %4)
b9:
  %11: i64 = add %4, 1:i64
  jump b1(%6, %3, %11)
b10:
  %12: i64 = getlength{str} %3
  %13: i64 = add %4, %12
  jump b1(%6, %3, %13)
}
)text";

// The program with this function and pins.
std::unique_ptr<flowgraph::Program> Pinned(const std::string& function) {
  auto parsed = flowgraph::Parse(std::string("weft rtyped ootype\n") + kDeclarations + function +
                                 Main("  return 0:i32\n"));
  WEFT_CHECK(parsed.ok(), "{}", parsed.error().message());
  EXPECT_TRUE(PinOperands(**parsed));
  EXPECT_EQ(flowgraph::Verify(**parsed), std::vector<std::string>());
  return *std::move(parsed);
}

// What the loop gives for 40 rounds over an array of this length. One round of four counts a null:
// the strings of a new array are.
std::string RunReferences(const std::string& function, int length) {
  return CompileAndRun(
             function +
             Main(fmt::format("  %1: ptr \"array<str>\" = malloc_items{{\"array<str>\"}} {}:i64\n"
                              "  %2: i64 = call{{@loop}} %1, 40:i64\n"
                              "  call_external{{show_i64}} %2\n  return 0:i32\n",
                              length)))
      .output;
}

TEST(Pin, WhatInstructionsGiveAReferenceOfTheLoop) {
  auto program = Pinned(kReferences);
  const flowgraph::Graph& graph = program->functions[0]->graph;
  for (uint32_t i : {5u, 7u}) {
    const flowgraph::Block& block = graph.block(BlockId(i));
    ASSERT_EQ(block.ops.back().opcode, flowgraph::Opcode::kPin) << i;
    EXPECT_EQ(block.exit.links[0].args[1], block.ops.back().result) << i;
  }
  EXPECT_EQ(graph.block(BlockId(8)).exit.links[0].args[1], graph.block(BlockId(1)).args[1]);
  EXPECT_EQ(RunReferences(kReferences, 2), "10\n");
}

TEST(Pin, TheIndexOfAnArrayAccess) {
  // HotSpot computes an address from index and base; one that all instructions share is computed in
  // front of the switch, and kept on the stack.
  std::string text = kReferences;
  for (std::string_view constant : {"0:i64\n  jump", "1:i64\n  jump"}) {
    size_t at = text.find(constant, text.find("b5:"));
    ASSERT_NE(at, std::string::npos) << constant;
    text.replace(at, std::string_view("0:i64").size(), "%7");
  }
  auto program = Pinned(text);
  const flowgraph::Graph& graph = program->functions[0]->graph;
  for (uint32_t i : {5u, 7u}) {
    const flowgraph::Block& block = graph.block(BlockId(i));
    ASSERT_EQ(block.ops[0].opcode, flowgraph::Opcode::kPin) << i;
    ASSERT_EQ(block.ops[1].opcode, flowgraph::Opcode::kGetItem) << i;
    EXPECT_EQ(block.ops[1].args[1], block.ops[0].result) << i;
  }
  EXPECT_EQ(RunReferences(text, 4), "10\n");
}

TEST(Pin, OtherLoopsStayAsTheyAre) {
  auto parsed =
      flowgraph::Parse(std::string("weft rtyped ootype\n") + kDeclarations + Interpreter(20, 3));
  ASSERT_TRUE(parsed.ok());
  EXPECT_FALSE(PinOperands(**parsed));
  EXPECT_EQ(CountOf(**parsed, flowgraph::Opcode::kPin), 0u);
}

TEST(Limit, AShortLoopStaysWhole) {
  auto parsed =
      flowgraph::Parse(std::string("weft rtyped ootype\n") + kDeclarations + Interpreter(20, 3));
  ASSERT_TRUE(parsed.ok());
  EXPECT_FALSE(LimitCode(**parsed));
}

TEST(Limit, ConstantsThatNoClassHoldsAreSpread) {
  // Each function has 60 constants of its own, each of which takes two entries.
  std::string text;
  std::string main;
  int64_t expected = 0;
  for (int i = 0; i < 1000; ++i) {
    std::string body;
    for (int j = 0; j < 60; ++j) {
      int64_t constant = 1000000 + int64_t{i} * 60 + j;
      body += fmt::format("  %{}: i64 = xor %{}, {}:i64\n", j + 1, j, constant);
    }
    text += fmt::format("function @f{0}: fn(i64)->i64 {{\nb0(%0: i64):\n{1}  return %60\n}}\n", i,
                        body);
    main += fmt::format("  %{}: i64 = call{{@f{}}} {}\n", i + 1, i,
                        i == 0 ? std::string("0:i64") : fmt::format("%{}", i));
  }
  for (int64_t k = 0; k < 60000; ++k) expected ^= 1000000 + k;
  RunResult result =
      CompileAndRun(text + Main(main + "  call_external{show_i64} %1000\n  return 0:i32\n"));
  EXPECT_EQ(result.output, fmt::format("{}\n", expected));
}

TEST(Artefact, TheSameProgramGivesTheSameBytes) {
  std::string text = std::string("weft rtyped ootype\n") + kDeclarations + Interpreter(20, 3);
  std::string jars[2];
  for (std::string& jar : jars) {
    auto parsed = flowgraph::Parse(text);
    ASSERT_TRUE(parsed.ok());
    jar = MakeJar(GenerateClasses(**parsed).classes);
  }
  EXPECT_EQ(jars[0], jars[1]);
}

// A loop of an object that has its array from its constructor on, and counts the rounds.
constexpr char kMachine[] = R"text(class Machine : Object {
  field items: ptr "array<str>" immutable
  field rounds: i64
  container Machine
}
container Machine : Object types 6 7 size 24 {
  field items: ptr "array<str>" at 8 immutable
  field rounds: i64 at 16
}
function @loop: fn(ptr Machine, i64)->i64 interpreter_loop this {
b0(%0: ptr Machine, %1: i64):
  %2: ptr "array<str>" = getfield{Machine .0'items} %0
  jump b1(%1, 0:i64)
b1(%3: i64, %4: i64):
  %5: bool = gt %3, 0:i64
  branch %5 b2 b3
b2:
  %6: i64 = sub %3, 1:i64
  %7: i64 = rem %3, 4:i64
  switch %7 [0: b5, 1: b6, 2: b7, 3: b8] b4
b3:
  setfield{Machine .1'rounds} %0, %1
  return %4
b4:
  unreachable
b5:
  %8: i64 = getlength{"array<str>"} %2
  %9: i64 = add %4, %8
  jump b1(%6, %9)
b6:
  jump b1(%6, %4)
b7:
  %10: i64 = mul %4, 3:i64
  jump b1(%6, %10)
b8:
  %11: i64 = add %4, 1:i64
  jump b1(%6, %11)
}
function @run: fn(i64)->void {
b0(%0: i64):
  %1: ptr Machine = malloc{Machine}
  %2: ptr "array<str>" = malloc_items{"array<str>"} %0
  setfield{Machine .0'items} %1, %2
  %3: i64 = call{@loop} %1, 8:i64
  call_external{show_i64} %3
  %4: i64 = call{@loop} %1, 5:i64
  call_external{show_i64} %4
  %5: i64 = getfield{Machine .1'rounds} %1
  call_external{show_i64} %5
  return
}
)text";

TEST(LoopConstants, AreThoseOfTheFirstObject) {
  std::string text = kMachine + Main("  call{@run} 2:i64\n  call{@run} 7:i64\n  return 0:i32\n");
  auto parsed = flowgraph::Parse(std::string("weft rtyped ootype\n") + kDeclarations + text);
  ASSERT_TRUE(parsed.ok()) << parsed.error().message();
  std::string listing = GenerateClasses(**parsed, /*with_listing=*/true).listing;
  // The check at the beginning, and the place where the loop has the array's length.
  size_t loop = listing.find("loop(LMachine;J)J\n    stack");
  ASSERT_NE(loop, std::string::npos) << listing;
  int uses = 0;
  std::string use = "$Constants0.c1 [Lweft/rt/Str;";
  for (size_t at = loop; (at = listing.find(use, at)) != std::string::npos; ++at) ++uses;
  EXPECT_EQ(uses, 2) << listing;
  EXPECT_EQ(CompileAndRun(text).output, "36\n9\n5\n96\n24\n5\n");
}

// A loop over the code of a function; an instruction calls its other function, whose code and count
// follow from it. The second count is one of any other function.
constexpr char kCaller[] = R"text(class Function : Object {
  field code: ptr "array<i32>" immutable
  field names: ptr "array<str>" immutable
  field other: ptr Function
  container Function
}
container Function : Object types 6 7 size 32 {
  field code: ptr "array<i32>" at 8 immutable
  field names: ptr "array<str>" at 16 immutable
  field other: ptr Function at 24
}
container "array<i32>" types 7 8 size 16 length_at 8 item_size 4 array {
  item value: i32 at 0
}
function @loop: fn(ptr Function, ptr "array<str>")->i64 interpreter_loop {
b0(%0: ptr Function, %1: ptr "array<str>"):
  %2: ptr "array<i32>" = getfield{Function .0'code} %0
  %3: ptr "array<str>" = getfield{Function .1'names} %0
  jump b1(%0, %2, 0:i32, %3, %1, 0:i64)
b1(%4: ptr Function, %5: ptr "array<i32>", %6: i32, %7: ptr "array<str>", %8: ptr "array<str>", %9: i64):
  %10: i64 = convert %6
  %11: i32 = getitem{"array<i32>" .0'value} %5, %10
  %12: i32 = promote %11
  %13: i32 = add %6, 1:i32
  switch %12 [0: b3, 1: b4, 2: b5, 3: b6] b2
b2:
  unreachable
b3:
  %14: i64 = add %9, 1:i64
  jump b1(%4, %5, %13, %7, %8, %14)
b4:
  %15: ptr Function = getfield{Function .2'other} %4
  %16: ptr Function = promote %15
  %17: ptr "array<i32>" = getfield{Function .0'code} %16
  %18: ptr "array<str>" = getfield{Function .1'names} %16
  %19: ptr "array<str>" = getfield{Function .1'names} %4
  jump b1(%16, %17, 0:i32, %18, %19, %9)
b5:
  %20: i64 = getlength{"array<str>"} %7
  %21: i64 = getlength{"array<str>"} %8
  %22: i64 = mul %20, 10:i64
  %23: i64 = add %22, %21
  %24: i64 = add %23, %9
  jump b1(%4, %5, %13, %7, %8, %24)
b6:
  return %9
}
function @make: fn(i32, i64)->ptr Function {
b0(%0: i32, %1: i64):
  %2: ptr Function = malloc{Function}
  %3: ptr "array<i32>" = malloc_items{"array<i32>"} 3:i64
  setitem{"array<i32>" .0'value} %3, 1:i64, %0
  setitem{"array<i32>" .0'value} %3, 2:i64, 3:i32
  %4: ptr "array<str>" = malloc_items{"array<str>"} %1
  setfield{Function .0'code} %2, %3
  setfield{Function .1'names} %2, %4
  return %2
}
)text";

TEST(InterpreterLoop, WhatFollowsFromAPromotedFunctionIsFound) {
  std::string text = kCaller + Main(R"(  %1: ptr Function = call{@make} 1:i32, 3:i64
  %2: ptr Function = call{@make} 2:i32, 5:i64
  setfield{Function .2'other} %1, %2
  %3: ptr "array<str>" = malloc_items{"array<str>"} 7:i64
  %4: i64 = call{@loop} %1, %3
  call_external{show_i64} %4
  return 0:i32
)");
  auto parsed = flowgraph::Parse(std::string("weft rtyped ootype\n") + kDeclarations + text);
  ASSERT_TRUE(parsed.ok()) << parsed.error().message();
  std::string listing = GenerateClasses(**parsed, /*with_listing=*/true).listing;
  // The function, its code and its names; not the names of the caller, which the call leaves in
  // another local.
  std::smatch found;
  ASSERT_TRUE(std::regex_search(
      listing, found, std::regex("ldc \"\\d+ (\\d+) \"\\n.*ldc \"(\\d+) (\\d+) (\\d+)\"\\n")))
      << listing;
  EXPECT_EQ(found[1], found[2]);
  // One round of each function adds 1; the second one sees five names of its own, and three.
  EXPECT_EQ(CompileAndRun(text).output, "55\n");
}

}  // namespace
}  // namespace weft::backend_jvm
