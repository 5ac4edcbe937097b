#include "flowgraph/verifier.h"

#include <gtest/gtest.h>

#include "flowgraph/pass.h"
#include "flowgraph/text.h"

namespace weft::flowgraph {
namespace {

constexpr char kClasses[] =
    "weft source\n"
    "class Object {\n}\n"
    "class E : Object exception {\n  field code: i64\n}\n"
    "class Other : Object {\n}\n"
    "global $g: i64\n"
    "function @callee: fn(i64)->i64 {\nb0(%0: i64):\n  return %0\n}\n";

std::unique_ptr<Program> ParseWith(const std::string& function) {
  auto program = Parse(kClasses + function);
  EXPECT_TRUE(program.ok()) << program.error().message();
  return std::move(*program);
}

// The first fault of a program with this function, without the name of the function.
std::string FaultOf(const std::string& function) {
  std::vector<std::string> faults = Verify(*ParseWith(function));
  return faults.empty() ? "none" : faults[0];
}

TEST(VerifierTest, AcceptsWhatIsValid) {
  EXPECT_EQ(
      FaultOf("function @f: fn(i64, obj E)->i64 {\n"
              "b0(%0: i64, %1: obj E):\n  %2: i64 = call{@callee} %0\n"
              "  branch true b1(%2) b2(5:i64)\n  except b3(%0)\n"
              "b1(%3: i64):\n  return %3\n"
              "b2(%4: i64):\n  jump b1(%4)\n"
              "b3(%5: obj E, %6: i64):\n  %7: i64 = field_get{E .0'code} %5\n  raise %5\n}\n"),
      "none");
}

// Each row breaks one invariant of verifier.h; the fault has to contain the words.
struct BrokenGraph {
  const char* function;
  const char* words;
};

class BrokenGraphTest : public testing::TestWithParam<BrokenGraph> {};

TEST_P(BrokenGraphTest, IsRefused) {
  EXPECT_NE(FaultOf(GetParam().function).find(GetParam().words), std::string::npos)
      << FaultOf(GetParam().function);
}

INSTANTIATE_TEST_SUITE_P(
    Each, BrokenGraphTest,
    testing::Values(
        BrokenGraph{"function @f: fn(i64)->void {\nb0:\n  return\n}\n", "not the parameters"},
        BrokenGraph{"function @f: fn()->void {\nb0:\n  jump b0\n}\n", "links to the entry"},
        BrokenGraph{"function @f: fn()->void {\nb0:\n}\n", "has no exit"},
        BrokenGraph{"function @f: fn()->void {\nb0:\n  branch 1:i64 b1 b1\nb1:\n  return\n}\n",
                    "needs a bool"},
        BrokenGraph{"function @f: fn(i64)->void {\nb0(%0: i64):\n  switch %0 [1: b1, 1: b1] b1\n"
                    "b1:\n  return\n}\n",
                    "a case twice"},
        BrokenGraph{"function @f: fn()->i64 {\nb0:\n  return\n}\n", "returns a value of another"},
        BrokenGraph{"function @f: fn()->void {\nb0:\n  return 1:i64\n}\n", "from a void function"},
        BrokenGraph{"function @f: fn()->void {\nb0:\n  raise 1:i64\n}\n", "exception object"},
        BrokenGraph{"function @f: fn()->void {\nb0:\n  jump b1\nb1(%0: i64):\n  return\n}\n",
                    "carries 0 values instead of 1"},
        BrokenGraph{"function @f: fn()->void {\nb0:\n  jump b1(true)\nb1(%0: i64):\n  return\n}\n",
                    "of type bool where i64 is wanted"},
        BrokenGraph{"function @f: fn()->void {\nb0:\n  return\n  except b1\nb1(%0: obj E):\n"
                    "  raise %0\n}\n",
                    "nothing that raises"},
        BrokenGraph{"function @f: fn()->i64 {\nb0:\n  %0: i64 = call{@callee} 1:i64\n  return %0\n"
                    "  except b1(%0)\nb1(%1: obj E, %2: i64):\n  raise %1\n}\n",
                    "does not dominate"},
        BrokenGraph{"function @f: fn(bool)->i64 {\nb0(%0: bool):\n  branch %0 b1 b2\nb1:\n"
                    "  %1: i64 = add 1:i64, 2:i64\n  jump b2\nb2:\n  return %1\n}\n",
                    "does not dominate"},
        BrokenGraph{"function @f: fn()->i64 {\nb0:\n  %0: i64 = add %1, 1:i64\n"
                    "  %1: i64 = add 1:i64, 2:i64\n  return %0\n}\n",
                    "does not dominate"},
        BrokenGraph{"function @f: fn()->void {\nb0:\n  %0: i64 = add 1:i64\n  return\n}\n",
                    "has 1 operands instead of 2"},
        BrokenGraph{"function @f: fn()->void {\nb0:\n  %0: i64 = add 1:i64, 1:i32\n  return\n}\n",
                    "operand 1 is a i32, not a i64"},
        BrokenGraph{
            "function @f: fn()->void {\nb0:\n  %0: i32 = call{@callee} 1:i64\n  return\n}\n",
            "gives a i32, not a i64"},
        BrokenGraph{"function @f: fn(obj Other)->void {\nb0(%0: obj Other):\n"
                    "  %1: i64 = field_get{E .0'code} %0\n  return\n}\n",
                    "not of the class"},
        BrokenGraph{"function @f: fn()->void {\nb0:\n  stack_check\n  return\n}\n",
                    "does not belong to stage source"},
        BrokenGraph{"function @f: fn()->void {\nb0:\n  global_set{$g} true\n  return\n}\n",
                    "operand 0 is a bool, not a i64"}));

// The first fault of a low-level program that begins with `first_line`.
std::string LowFaultOf(const std::string& first_line, const std::string& rest,
                       const std::string& function) {
  auto program = Parse(
      "weft " + first_line +
      "\nclass Object {\n  container Object\n}\n"
      "class Dog : Object {\n  implements bark/0 = @bark\n  container Dog\n}\n"
      "container Object types 1 3 size 8 {\n}\n"
      "container Dog : Object types 2 3 size 8 {\n}\n"
      "method bark of Object: fn(ptr Object)->i64\n" +
      rest + "function @bark: fn(ptr Dog)->i64 {\nb0(%0: ptr Dog):\n  return 1:i64\n}\n" +
      "function @f: fn(ptr Dog)->i64 {\nb0(%0: ptr Dog):\n" + function + "  return 1:i64\n}\n");
  EXPECT_TRUE(program.ok()) << program.error().message();
  std::vector<std::string> faults = Verify(**program);
  return faults.empty() ? "none" : faults[0];
}

TEST(VerifierTest, EachTypeSystemHasItsOwnOperations) {
  const char* const call_method = "  %1: i64 = call_method{bark/0} %0\n";
  const char* const type_id = "  %1: u32 = type_id %0\n";
  EXPECT_EQ(LowFaultOf("rtyped ootype", "", call_method), "none");
  EXPECT_EQ(LowFaultOf("rtyped", "", type_id), "none");
  auto holds = [](const std::string& fault, std::string_view words) {
    EXPECT_NE(fault.find(words), std::string::npos) << fault;
  };
  holds(LowFaultOf("rtyped", "", call_method), "does not belong to lltype");
  holds(LowFaultOf("rtyped ootype", "", type_id), "does not belong to ootype");
  holds(LowFaultOf("rtyped ootype", "", "  stack_check\n"), "does not belong to ootype");
  holds(LowFaultOf("woven ootype", "", ""), "ootype is never woven");
  holds(LowFaultOf("rtyped ootype", "dispatch bark: fn(ptr Dog)->i64 from 2 [@bark]\n", ""),
        "ootype has dispatch tables");
  const std::string host = "container Regex types 4 5 size 8 host {\n}\n";
  EXPECT_EQ(LowFaultOf("rtyped ootype", host, ""), "none");
  holds(LowFaultOf("rtyped", host, ""), "lltype has the host's class Regex");
  holds(LowFaultOf("rtyped ootype", host, "  %1: ptr Regex = malloc{Regex}\n"),
        "makes an object of the host's");
  holds(LowFaultOf("rtyped ootype", "", "  %1: i64 = call_method{bark/0} zero:ptr Dog, 1:i64\n"),
        "wrong number of arguments");
}

TEST(PassRunnerTest, NamesThePassThatBrokeAGraph) {
  auto program = ParseWith("function @f: fn()->void {\nb0:\n  return\n}\n");
  PassRunnerOptions options;
  options.verify = true;
  PassRunner runner(options);
  Pass pass{.name = "vandal",
            .doc = "",
            .run_function =
                [](Program&, FunctionInfo& function) {
                  function.graph.blocks()[0].exit.kind = ExitKind::kNone;
                  return true;
                },
            .run_program = {}};
  EXPECT_DEATH(runner.Run(pass, *program), "vandal left a graph that is not valid");
}

TEST(PassRunnerTest, PrintsWhatChanged) {
  auto program = ParseWith("function @f: fn()->i64 {\nb0:\n  return 1:i64\n}\n");
  PassRunnerOptions options;
  std::string printed;
  options.print_changed = true;
  options.print = [&](const std::string& text) { printed += text; };
  PassRunner runner(options);
  Pass pass{.name = "two",
            .doc = "",
            .run_function =
                [](Program&, FunctionInfo& function) {
                  if (function.name != "f") return false;
                  function.graph.blocks()[0].exit.value = function.graph.I64(2);
                  return true;
                },
            .run_program = {}};
  EXPECT_TRUE(runner.Run(pass, *program));
  EXPECT_EQ(printed, "; after two\nfunction @f: fn()->i64 {\nb0:\n  return 2:i64\n}\n\n");
  ASSERT_EQ(runner.timings().size(), 1u);
  EXPECT_EQ(runner.timings()[0].changed_functions, 1u);
}

}  // namespace
}  // namespace weft::flowgraph
