#include "tests/driver/weft_command.h"

namespace weft::tests {
namespace {

class CommandLineTest : public WeftTest {};

TEST_F(CommandLineTest, HelpNamesTheCommandsAndExitCodes) {
  for (const std::vector<std::string>& arguments :
       std::vector<std::vector<std::string>>{{}, {"--help"}, {"-h"}, {"help"}}) {
    WeftRun run = Weft(arguments);
    EXPECT_EQ(run.exit_code, 0);
    for (const char* word :
         {"weft translate FILE", "weft check", "weft run", "weft graph", "weft print",
          "weft report", "weft explain", "weft options", "Exit codes:"}) {
      EXPECT_TRUE(run.Says(word)) << word;
    }
  }
  EXPECT_TRUE(Weft({"--version"}).Says("weft "));
}

TEST_F(CommandLineTest, HelpOfACommandShowsItsOptionsAlone) {
  WeftRun run = Weft({"translate", "--help"});
  EXPECT_EQ(run.exit_code, 0);
  EXPECT_TRUE(run.Says("--gc=marksweep|none"));
  EXPECT_FALSE(run.Says("--json"));
  // Even when the rest of the command line is wrong.
  EXPECT_EQ(Weft({"report", "--nonsense", "-h"}).exit_code, 0);
}

TEST_F(CommandLineTest, UnknownCommandIsToldWithTheNearest) {
  WeftRun run = Weft({"tranlsate", "x.cc"});
  EXPECT_EQ(run.exit_code, 2);
  EXPECT_EQ(run.output,
            "weft: error: there is no command 'tranlsate', did you mean 'translate'? [W0507]\n");
}

TEST_F(CommandLineTest, UnknownOptionIsToldWithTheNearest) {
  WeftRun run = Weft({"translate", "x.cc", "--chekcs=all", "-Z"});
  EXPECT_EQ(run.exit_code, 2);
  EXPECT_EQ(run.output,
            "weft: error: unknown option '--chekcs', did you mean '--checks'? [W0501]\n"
            "weft: error: unknown option '-Z' [W0501]\n");
  EXPECT_TRUE(Names().empty());
}

TEST_F(CommandLineTest, UnknownValueIsToldWithTheNearest) {
  WeftRun run = Weft({"translate", "x.cc", "--gc=marksweap", "-O9"});
  EXPECT_EQ(run.exit_code, 2);
  EXPECT_TRUE(
      run.Says("option '--gc' has no value 'marksweap', did you mean 'marksweep'? [W0502]"));
  EXPECT_TRUE(run.Says("option '--optimize' has no value '9', it takes a number from 0 to 3"));
}

TEST_F(CommandLineTest, OptionOfAnotherCommandIsTold) {
  WeftRun run = Weft({"check", "x.cc", "--json"});
  EXPECT_EQ(run.exit_code, 2);
  EXPECT_TRUE(run.Says("'weft check' does not take the option '--json' [W0506]"));
}

TEST_F(CommandLineTest, ContradictionIsTold) {
  WeftRun run = Weft({"check", "x.cc", "-q", "-v"});
  EXPECT_EQ(run.exit_code, 2);
  EXPECT_TRUE(run.Says("'--verbose' needs '--quiet=false', but '--quiet=true' was given [W0503]"));
}

TEST_F(CommandLineTest, ACollectorThatCannotFindRootsAsToldSaysWhy) {
  WeftRun run = Weft({"translate", "x.cc", "--gc=boehm", "--gcrootfinder=shadowstack"});
  EXPECT_EQ(run.exit_code, 2);
  EXPECT_TRUE(
      run.Says("option '--gc=boehm' needs '--gcrootfinder=conservative': libgc scans the "
               "stack whatever else it is told [W0503]"));
  run = Weft({"print", "x.cc", "--gcrootfinder=precise"});
  EXPECT_EQ(run.exit_code, 2);
  EXPECT_TRUE(run.Says("'--gcrootfinder' has no value 'precise'"));
}

TEST_F(CommandLineTest, MissingFileOrValueIsTold) {
  WeftRun run = Weft({"translate"});
  EXPECT_EQ(run.exit_code, 2);
  EXPECT_TRUE(run.Says("'weft translate' needs a file"));
  run = Weft({"translate", "x.cc", "-o"});
  EXPECT_EQ(run.exit_code, 2);
  EXPECT_TRUE(run.Says("W0508")) << run.output;
  run = Weft({"options", "x.cc"});
  EXPECT_EQ(run.exit_code, 2);
  EXPECT_TRUE(run.Says("does not take 'x.cc'"));
}

TEST_F(CommandLineTest, ExplainKnowsEveryCodeItLists) {
  WeftRun list = Weft({"explain"});
  EXPECT_EQ(list.exit_code, 0);
  std::vector<std::string> command = {"explain"};
  size_t start = 0;
  while (start < list.output.size()) {
    command.push_back(list.output.substr(start, 5));
    start = list.output.find('\n', start) + 1;
  }
  ASSERT_GT(command.size(), 10u);
  WeftRun all = Weft(command);
  EXPECT_EQ(all.exit_code, 0);
  for (size_t i = 1; i < command.size(); ++i) EXPECT_TRUE(all.Says(command[i] + ": "));
  EXPECT_TRUE(Weft({"explain", "w0001"}).Says("A source file that was named"));
}

TEST_F(CommandLineTest, ExplainOfAnUnknownCodeIsAnError) {
  WeftRun run = Weft({"explain", "W9999"});
  EXPECT_EQ(run.exit_code, 2);
  EXPECT_TRUE(run.Says("there is no diagnostic 'W9999' [W0509]"));
}

TEST_F(CommandLineTest, OptionsListsAll) {
  WeftRun run = Weft({"options"});
  EXPECT_EQ(run.exit_code, 0);
  EXPECT_TRUE(run.Says("--gc=marksweep|none"));
  EXPECT_TRUE(Weft({"options", "--markdown"}).Says("## --gc\n"));
}

}  // namespace
}  // namespace weft::tests
