#include <fmt/format.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "tests/driver/weft_command.h"

// What `weft` does with a program that is right: each command's result, and where it goes.
namespace weft::tests {
namespace {

using NameList = std::vector<std::string>;

class TranslateTest : public WeftTest {
 protected:
  void SetUp() override {
    WeftTest::SetUp();
    Write("hello.cc", kHello);
  }

  std::filesystem::file_time_type Age(std::string_view name) const {
    return std::filesystem::last_write_time(Path(name));
  }
};

TEST_F(TranslateTest, MakesAnExecutableAndItsSources) {
  WeftRun run = Weft({"translate", "hello.cc", "-q"});
  ASSERT_EQ(run.exit_code, 0) << run.output;
  EXPECT_EQ(run.output, "");
  EXPECT_EQ(Names(), (NameList{"hello", "hello.build", "hello.cc"}));
  WeftRun hello = Run({"./hello", "a", "b c"});
  EXPECT_EQ(hello.output, "hello\na\nb c\n");
  EXPECT_EQ(hello.exit_code, 3);
}

TEST_F(TranslateTest, PrintsTimesAndMemory) {
  WeftRun run = Weft({"translate", "hello.cc", "--source"});
  ASSERT_EQ(run.exit_code, 0) << run.output;
  EXPECT_TRUE(run.Says("read C++")) << run.output;
  EXPECT_TRUE(run.Says("hello.build/: translated in ")) << run.output;
  EXPECT_TRUE(run.Says(" MB")) << run.output;
}

TEST_F(TranslateTest, SourcesAloneNeedNoCompiler) {
  WeftRun run = Weft({"translate", "hello.cc", "--source", "--gc=none", "-o", "out/../other"});
  EXPECT_EQ(run.exit_code, 3) << "there is no folder out";
  run = Weft(
      {"translate", "hello.cc", "--source", "--gc=none", "-o", "other", "--cc=no-such-compiler"});
  ASSERT_EQ(run.exit_code, 0) << run.output;
  EXPECT_EQ(Names(), (NameList{"hello.cc", "other.build"}));
  // They stand alone: no path of this machine is needed to build them.
  std::filesystem::rename(Path("other.build"), Path("moved"));
  ASSERT_EQ(Run({"make", "-s", "-C", "moved", "CC=gcc"}).exit_code, 0);
  EXPECT_EQ(Run({"moved/other"}).output, "hello\n");
}

TEST_F(TranslateTest, SameInputGivesSameBytes) {
  ASSERT_EQ(Weft({"translate", "hello.cc", "--source", "-o", "hello"}).exit_code, 0);
  std::filesystem::rename(Path("hello.build"), Path("first"));
  ASSERT_EQ(Weft({"translate", "hello.cc", "--source", "-o", "hello"}).exit_code, 0);
  WeftRun diff = Run({"diff", "-r", "first", "hello.build"});
  EXPECT_EQ(diff.exit_code, 0) << diff.output;
}

TEST_F(TranslateTest, TranslatingAgainCompilesNothing) {
  ASSERT_EQ(Weft({"translate", "hello.cc", "-q"}).exit_code, 0);
  auto age = Age("hello.build/hello");
  ASSERT_EQ(Weft({"translate", "hello.cc", "-q"}).exit_code, 0);
  EXPECT_EQ(Age("hello.build/hello"), age);
}

TEST_F(TranslateTest, PgoTrainsAndBuildsAgain) {
  Write("count.cc", R"(#include "dsl/weft.h"
int run(weft::Array<weft::Str> args) {
  int64_t sum = 0;
  for (int64_t i = 0; i < args.length() * 1000; ++i) sum += i % 7;
  weft::println(weft::format_int(sum));
  return args.length() > 3 ? 7 : 0;
}
WEFT_MAIN(run)
)");
  // Clang's run time for profiles is a package of its own, so gcc stands for both.
  WeftRun run = Weft({"translate", "count.cc", "-v", "--cc=gcc", "--lto",
                      "--pgo=count 'one argument' > trained.txt"});
  ASSERT_EQ(run.exit_code, 0) << run.output;
  // The command's words and its redirection are the shell's.
  EXPECT_EQ(Read("trained.txt"), Run({"./count", "x"}).output);
  EXPECT_TRUE(run.Says("-fprofile-use")) << run.output;
  EXPECT_TRUE(run.Says("-flto")) << run.output;
  // A build without a profile is not misled by what that one left.
  ASSERT_EQ(Weft({"translate", "count.cc", "-q", "--cc=gcc"}).exit_code, 0);
  EXPECT_TRUE(Exists("count.build/count"));
  EXPECT_FALSE(std::filesystem::equivalent(Path("count.build/count"),
                                           Path("count.build/objects/pgo/count")));
}

TEST_F(TranslateTest, ATrainingRunThatFailsIsTold) {
  WeftRun run = Weft({"translate", "hello.cc", "-q", "--cc=gcc", "--pgo=hello there"});
  EXPECT_NE(run.exit_code, 0);
  EXPECT_TRUE(run.Says("hello\nthere\n")) << "what it printed: " << run.output;
  EXPECT_TRUE(run.Says("the training run 'hello there' ended with exit code 3 [W0516]"))
      << run.output;
  EXPECT_FALSE(Exists("hello"));
}

TEST_F(TranslateTest, ALoopThatCannotBeThreadedSaysWhy) {
  Write("loop.cc", R"(#include "dsl/weft.h"
WEFT_INTERPRETER_LOOP int64_t spin(int64_t n) {
  int64_t sum = 0;
  while (n > 0) sum += n--;
  return sum;
}
int run(weft::Array<weft::Str> args) { return static_cast<int>(spin(args.length())); }
WEFT_MAIN(run)
)");
  WeftRun run = Weft({"translate", "loop.cc", "--source", "--dispatch=goto"});
  EXPECT_EQ(run.exit_code, 0) << run.output;
  EXPECT_TRUE(
      run.Says("note: the interpreter loop 'spin' stays a switch: "
               "it has no switch of four cases or more"))
      << run.output;
  run = Weft({"translate", "loop.cc", "--source"});
  EXPECT_FALSE(run.Says("stays a switch")) << run.output;
}

TEST_F(TranslateTest, CheckSaysYesAndWritesNothing) {
  WeftRun run = Weft({"check", "hello.cc"});
  EXPECT_EQ(run.exit_code, 0) << run.output;
  EXPECT_TRUE(run.Says("hello.cc: inside the language")) << run.output;
  EXPECT_EQ(Names(), NameList{"hello.cc"});
}

TEST_F(TranslateTest, RunHandsOnArgumentsAndExitCode) {
  WeftRun run = Weft({"run", "hello.cc", "--", "--help", "x"});
  EXPECT_EQ(run.output, "hello\n--help\nx\n");
  EXPECT_EQ(run.exit_code, 3);
}

TEST_F(TranslateTest, PrintShowsEveryStage) {
  for (const char* stage : {"source", "annotated", "rtyped", "woven"}) {
    WeftRun run = Weft({"print", "hello.cc", "-q", "--inline=false",
                        fmt::format("--stage={}", stage), "--function=run"});
    EXPECT_EQ(run.exit_code, 0) << run.output;
    EXPECT_TRUE(run.Says("return")) << stage << ": " << run.output;
  }
  EXPECT_TRUE(Weft({"print", "hello.cc", "-q", "--function=weft_entry_", "--locations"})
                  .Says("; at hello.cc:"));
  EXPECT_TRUE(Weft({"print", "hello.cc", "-q"}).Says("weft woven"));
}

TEST_F(TranslateTest, PrintSaysWhereAFunctionWent) {
  WeftRun run = Weft({"print", "hello.cc", "-q", "--function=println"});
  EXPECT_EQ(run.exit_code, 2);
  EXPECT_TRUE(run.Says("no function is called 'println' at this stage")) << run.output;
  EXPECT_EQ(Weft({"print", "hello.cc", "-q", "--function=println", "--stage=source"}).exit_code, 0);
}

TEST_F(TranslateTest, VerifyAndPrintAfterReachThePasses) {
  WeftRun run = Weft({"check", "hello.cc", "--verify", "--print-after=simplify"});
  EXPECT_EQ(run.exit_code, 0) << run.output;
  EXPECT_TRUE(run.Says("; after simplify")) << run.output;
}

TEST_F(TranslateTest, GraphWritesOnePage) {
  WeftRun run = Weft({"graph", "hello.cc", "--function=run", "--inline=false"});
  ASSERT_EQ(run.exit_code, 0) << run.output;
  EXPECT_EQ(Names(), (NameList{"hello.cc", "hello.html"}));
  std::string page = Read("hello.html");
  EXPECT_NE(page.find("<html"), std::string::npos);
  EXPECT_NE(page.find("promote_locals"), std::string::npos);
  EXPECT_NE(page.find("woven"), std::string::npos);
  // Self-contained: nothing is loaded from elsewhere.
  EXPECT_EQ(page.find("src=\"http"), std::string::npos);
}

TEST_F(TranslateTest, ReportIsTextOrJson) {
  WeftRun run = Weft({"report", "hello.cc", "-q"});
  ASSERT_EQ(run.exit_code, 0) << run.output;
  EXPECT_TRUE(run.Says("read C++"));
  EXPECT_TRUE(run.Says("frozen bytes"));
  run = Weft({"report", "hello.cc", "-q", "--json"});
  auto json = nlohmann::json::parse(run.output, nullptr, /*allow_exceptions=*/false);
  ASSERT_FALSE(json.is_discarded()) << run.output;
  EXPECT_EQ(json["program"], "hello.cc");
  EXPECT_FALSE(json["sources"].empty());
  EXPECT_GT(json["tasks"].size(), 4u);
  EXPECT_GT(json["tasks"].back()["operations"], 0);
}

TEST_F(TranslateTest, ReportOnWhatTheCollectorIsTold) {
  Write("list.cc", R"(#include "dsl/weft.h"
using namespace weft;
class Node : public Object {
 public:
  explicit Node(Node* next) : next(next) {}
  Node* next;
};
WEFT_NOINLINE int64_t Grow(Node* list, int64_t count) {
  for (int64_t i = 0; i < count; i++) list->next = new Node(list->next);
  return count;
}
int run(Array<Str> args) {
  Node* list = new Node(nullptr);
  return static_cast<int>(Grow(list, args.length())) - 1;
}
WEFT_MAIN(run)
)");
  for (std::vector<std::string> arguments : std::vector<std::vector<std::string>>{
           {"report", "--gc", "list.cc", "-q"}, {"report", "list.cc", "-q", "--gc"}}) {
    WeftRun run = Weft(arguments);
    ASSERT_EQ(run.exit_code, 0) << run.output;
    EXPECT_TRUE(run.Says("what the program tells the collector 'generational'")) << run.output;
    EXPECT_TRUE(run.Says("write barriers   ")) << run.output;
    EXPECT_TRUE(run.Says("what Grow tells the collector")) << run.output;
    EXPECT_TRUE(run.Says("list.cc:9: barrier: a store into next of Node")) << run.output;
    EXPECT_TRUE(run.Says("list.cc:9: roots: 2 live across an allocation of Node")) << run.output;
    EXPECT_FALSE(run.Says("read C++")) << run.output;
  }
  // With the name of one it chooses the collector, as elsewhere.
  WeftRun run = Weft({"report", "--gc", "none", "list.cc", "-q"});
  ASSERT_EQ(run.exit_code, 0) << run.output;
  EXPECT_TRUE(run.Says("read C++")) << run.output;
  run = Weft({"report", "--gc", "list.cc", "-q", "--json"});
  auto json = nlohmann::json::parse(run.output, nullptr, /*allow_exceptions=*/false);
  ASSERT_FALSE(json.is_discarded()) << run.output;
  EXPECT_EQ(json["collector"], "generational");
  EXPECT_GT(json["gc_totals"]["write barriers"], 0);
  EXPECT_FALSE(json["explanations"].empty());
  EXPECT_EQ(json.count("tasks"), 0u);
}

TEST_F(TranslateTest, ReportTellsHowUnboxedClassesAreRepresented) {
  Write("numbers.cc", R"(#include "dsl/weft.h"
using namespace weft;
class Number : public Unboxed<double> {
 public:
  using Unboxed::Unboxed;
};
class Whole : public Unboxed<int64_t> {
 public:
  using Unboxed::Unboxed;
};
int run(Array<Str> args) {
  List<Object*> objects;
  objects.append(new Number(static_cast<double>(args.length())));
  objects.append(new Whole(args.length()));
  return isa<Number>(objects[0]) ? 0 : 1;
}
WEFT_MAIN(run)
)");
  WeftRun run = Weft({"report", "numbers.cc", "-q"});
  ASSERT_EQ(run.exit_code, 0) << run.output;
  EXPECT_TRUE(run.Says("Unboxed classes\n  Number                         in the reference\n"))
      << run.output;
  EXPECT_TRUE(run.Says("in the reference: integers of more than 48 bits are on the heap"));
  run = Weft({"report", "numbers.cc", "-q", "--boxing=tagged"});
  EXPECT_TRUE(run.Says("on the heap: --boxing=tagged holds integers only")) << run.output;
  EXPECT_TRUE(run.Says("in the reference: integers of more than 63 bits are on the heap"));
  run = Weft({"report", "numbers.cc", "-q", "-O0", "--json"});
  auto json = nlohmann::json::parse(run.output, nullptr, /*allow_exceptions=*/false);
  ASSERT_FALSE(json.is_discarded()) << run.output;
  EXPECT_EQ(json["unboxed"][0]["class"], "Number");
  EXPECT_EQ(json["unboxed"][0]["in_reference"], false);
}

}  // namespace
}  // namespace weft::tests
