#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "tests/driver/weft_command.h"

// What a user can hand to `weft` that cannot work: each is told in one diagnostic that names the
// thing, with the documented exit code, and leaves nothing behind.
namespace weft::tests {
namespace {

using NameList = std::vector<std::string>;

class BadInputTest : public WeftTest {
 protected:
  // Every command that reads a program says the same about its files.
  static constexpr const char* kReaders[] = {"translate", "check", "run",
                                             "graph",     "print", "report"};
};

TEST_F(BadInputTest, NonexistentFile) {
  for (const char* command : kReaders) {
    WeftRun run = Weft({command, "none.cc", "--function=run"});
    if (std::string_view(command) != "graph" && std::string_view(command) != "print" &&
        std::string_view(command) != "report") {
      run = Weft({command, "none.cc"});
    }
    EXPECT_EQ(run.exit_code, 3) << command;
    EXPECT_TRUE(run.Says("error: cannot read 'none.cc': No such file or directory [W0001]"))
        << command << ": " << run.output;
  }
  EXPECT_TRUE(Names().empty());
}

TEST_F(BadInputTest, FolderInsteadOfAFile) {
  std::filesystem::create_directory(Path("folder.cc"));
  WeftRun run = Weft({"check", "folder.cc"});
  EXPECT_EQ(run.exit_code, 3);
  EXPECT_TRUE(run.Says("cannot read 'folder.cc': Is a directory [W0001]")) << run.output;
}

TEST_F(BadInputTest, UnreadableFile) {
  Write("secret.cc", kHello);
  chmod(Path("secret.cc").c_str(), 0);
  if (access(Path("secret.cc").c_str(), R_OK) == 0) {
    // Root may read everything; a link that leads in circles is unreadable even for root.
    std::filesystem::remove(Path("secret.cc"));
    std::filesystem::create_symlink("secret.cc", Path("secret.cc"));
  }
  WeftRun run = Weft({"check", "secret.cc"});
  EXPECT_EQ(run.exit_code, 3);
  EXPECT_TRUE(run.Says("cannot read 'secret.cc'")) << run.output;
  EXPECT_TRUE(run.Says("[W0001]"));
}

TEST_F(BadInputTest, EveryMissingFileIsTold) {
  WeftRun run = Weft({"check", "one.cc", "two.cc"});
  EXPECT_TRUE(run.Says("'one.cc'"));
  EXPECT_TRUE(run.Says("'two.cc'"));
}

TEST_F(BadInputTest, CppThatDoesNotParse) {
  Write("broken.cc", "int f( { return 1; }\n");
  WeftRun run = Weft({"translate", "broken.cc"});
  EXPECT_EQ(run.exit_code, 1);
  // Clang's own words, with its place.
  EXPECT_TRUE(run.Says("broken.cc:1:10: error: expected expression")) << run.output;
  EXPECT_EQ(Names(), NameList{"broken.cc"});
}

TEST_F(BadInputTest, BytesThatAreNoCpp) {
  Write("noise.cc", std::string_view("\x00\xff\xfe\x01#include <\n\"", 14));
  WeftRun run = Weft({"check", "noise.cc"});
  EXPECT_EQ(run.exit_code, 1) << run.output;
  Write("empty.cc", "");
  run = Weft({"translate", "empty.cc"});
  EXPECT_EQ(run.exit_code, 1) << run.output;
  EXPECT_TRUE(run.Says("entry")) << run.output;
}

TEST_F(BadInputTest, ConstructOutsideTheLanguage) {
  Write("goto.cc", R"(#include "dsl/weft.h"
int run(weft::Array<weft::Str> args) {
again:
  if (args.length() > 3) goto again;
  return 0;
}
WEFT_MAIN(run)
)");
  WeftRun run = Weft({"translate", "goto.cc", "-o", "out"});
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_TRUE(run.Says("goto.cc:4:")) << run.output;
  EXPECT_TRUE(run.Says("[W01")) << run.output;
  EXPECT_EQ(Names(), NameList{"goto.cc"});
}

TEST_F(BadInputTest, InitialiserThatDoesNotEnd) {
  Write("endless.cc", R"(#include "dsl/weft.h"
int64_t spin() {
  int64_t n = 0;
  while (n >= 0) n = (n + 1) % 1000;
  return n;
}
int64_t total = spin();
int run(weft::Array<weft::Str> args) { return static_cast<int>(total); }
WEFT_MAIN(run)
)");
  WeftRun run = Weft({"translate", "endless.cc", "--step-limit=100000"});
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_TRUE(run.Says("[W04")) << run.output;
  EXPECT_TRUE(run.Says("endless.cc:")) << run.output;
  EXPECT_EQ(Names(), NameList{"endless.cc"});
}

TEST_F(BadInputTest, InitialiserThatNeedsTheOutsideWorld) {
  Write("clock.cc", R"(#include "dsl/weft.h"
double start = weft::os::wall_seconds();
int run(weft::Array<weft::Str> args) { return start > 0 ? 1 : 0; }
WEFT_MAIN(run)
)");
  WeftRun run = Weft({"check", "clock.cc"});
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_TRUE(run.Says("[W04")) << run.output;
}

TEST_F(BadInputTest, TwoDefinitionsOfOneName) {
  Write("a.cc", R"(#include "dsl/weft.h"
int twice() { return 1; }
int run(weft::Array<weft::Str> args) { return twice(); }
WEFT_MAIN(run)
)");
  Write("b.cc", "int twice() { return 2; }\n");
  WeftRun run = Weft({"check", "a.cc", "b.cc"});
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_TRUE(run.Says("twice")) << run.output;
  EXPECT_TRUE(run.Says("a.cc:2")) << run.output;
  EXPECT_TRUE(run.Says("b.cc:1")) << run.output;
}

TEST_F(BadInputTest, OutputInAFolderThatDoesNotExist) {
  Write("hello.cc", kHello);
  WeftRun run = Weft({"translate", "hello.cc", "-o", "none/hello"});
  EXPECT_EQ(run.exit_code, 3);
  EXPECT_TRUE(run.Says("cannot write 'none/hello': there is no folder 'none' [W0002]"))
      << run.output;
  EXPECT_EQ(Names(), NameList{"hello.cc"});
}

TEST_F(BadInputTest, OutputThatCannotBeWritten) {
  Write("hello.cc", kHello);
  // Nobody, not even root, makes files there.
  WeftRun run = Weft({"translate", "hello.cc", "-o", "/proc/hello"});
  EXPECT_EQ(run.exit_code, 3);
  EXPECT_TRUE(run.Says("cannot write '/proc/hello'")) << run.output;
  run = Weft({"graph", "hello.cc", "--function=run", "-o", "/proc/hello.html"});
  EXPECT_EQ(run.exit_code, 3);
  EXPECT_TRUE(run.Says("cannot write '/proc/hello.html'")) << run.output;
}

TEST_F(BadInputTest, OutputThatIsAFolderOrASource) {
  Write("hello.cc", kHello);
  std::filesystem::create_directory(Path("out"));
  WeftRun run = Weft({"translate", "hello.cc", "-o", "out"});
  EXPECT_EQ(run.exit_code, 3);
  EXPECT_TRUE(run.Says("cannot write 'out': it is a folder [W0002]")) << run.output;
  run = Weft({"translate", "hello.cc", "-o", "./hello.cc"});
  EXPECT_EQ(run.exit_code, 3);
  EXPECT_TRUE(run.Says("would overwrite a source file [W0003]")) << run.output;
  EXPECT_EQ(Read("hello.cc"), kHello);
}

TEST_F(BadInputTest, BuildFolderOfSomebodyElse) {
  Write("hello.cc", kHello);
  Write("hello.build/thesis.txt", "years of work");
  WeftRun run = Weft({"translate", "hello.cc"});
  EXPECT_EQ(run.exit_code, 3);
  EXPECT_TRUE(run.Says("cannot write 'hello.build': it is there, and not made by Weft"))
      << run.output;
  EXPECT_EQ(Read("hello.build/thesis.txt"), "years of work");
}

TEST_F(BadInputTest, MissingJdk) {
  Write("hello.cc", kHello);
  WeftRun run = Weft({"translate", "hello.cc", "--backend=jvm"}, {"PATH=" + Path("")});
  EXPECT_EQ(run.exit_code, 3);
  EXPECT_TRUE(run.Says("cannot run 'javac'; install openjdk-17-jdk-headless [W0510]"))
      << run.output;
  EXPECT_EQ(Names(), NameList{"hello.cc"});
}

TEST_F(BadInputTest, ExternalThatTheHostHasNot) {
  Write("hello.cc",
        "#include \"dsl/weft.h\"\n"
        "WEFT_EXTERNAL(\"no_such_function\") int32_t no_such_function(int32_t x);\n"
        "int run(weft::Array<weft::Str> args) { return no_such_function(args.length()); }\n"
        "WEFT_MAIN(run)\n");
  WeftRun run = Weft({"translate", "hello.cc", "--backend=jvm"});
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_TRUE(run.Says("the backend 'jvm' has no external 'no_such_function' [W0512]"))
      << run.output;
  run = Weft({"translate", "hello.cc", "--backend=cli"});
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_TRUE(run.Says("the backend 'cli' has no external 'no_such_function' [W0512]"))
      << run.output;
  EXPECT_EQ(Names(), NameList{"hello.cc"});
}

TEST_F(BadInputTest, JdkThatCompilesNothing) {
  Write("hello.cc", kHello);
  Write("bin/javac", "#!/bin/sh\necho no Java today\nexit 1\n");
  Run({"chmod", "755", Path("bin/javac")});
  WeftRun run = Weft({"translate", "hello.cc", "--backend=jvm"}, {"PATH=" + Path("bin")});
  EXPECT_NE(run.exit_code, 0);
  EXPECT_TRUE(run.Says("the run time of the JVM backend does not compile: no Java today"))
      << run.output;
  EXPECT_TRUE(run.Says("[W0511]")) << run.output;
  EXPECT_FALSE(Exists("hello.jar"));
}

TEST_F(BadInputTest, MissingOrFailingMono) {
  Write("hello.cc", kHello);
  WeftRun run = Weft({"translate", "hello.cc", "--backend=cli"}, {"PATH=" + Path("")});
  EXPECT_EQ(run.exit_code, 3);
  EXPECT_TRUE(run.Says("cannot run 'ilasm'; install mono-devel [W0513]")) << run.output;
  EXPECT_FALSE(Exists("hello.exe"));
  Write("bin/ilasm", "#!/bin/sh\necho no Mono today\nexit 4\n");
  Run({"chmod", "755", Path("bin/ilasm")});
  const std::string path = "PATH=" + Path("bin") + ":/usr/bin:/bin";
  run = Weft({"translate", "hello.cc", "--backend=cli"}, {path});
  EXPECT_EQ(run.exit_code, 3);
  EXPECT_TRUE(run.Says("no Mono today")) << run.output;
  EXPECT_TRUE(run.Says("ilasm failed with exit code 4: ")) << run.output;
  EXPECT_TRUE(run.Says("[W0514]")) << run.output;
  EXPECT_FALSE(Exists("hello.exe"));
  // One that assembles, and a Mono that compiles nothing.
  Write("bin/ilasm", "#!/bin/sh\ntouch hello.exe hello.exe.mdb\n");
  Write("bin/mono", "#!/bin/sh\nexit 1\n");
  Run({"chmod", "755", Path("bin/ilasm"), Path("bin/mono")});
  run = Weft({"translate", "hello.cc", "--backend=cli"}, {path});
  EXPECT_EQ(run.exit_code, 0);
  EXPECT_TRUE(run.Says("'hello.exe' has no machine code beside it: mono --aot=")) << run.output;
  EXPECT_TRUE(run.Says("[W0515]")) << run.output;
  EXPECT_TRUE(Exists("hello.exe"));
}

TEST_F(BadInputTest, MissingCompiler) {
  Write("hello.cc", kHello);
  WeftRun run = Weft({"translate", "hello.cc", "--cc=no-such-compiler -O1"});
  EXPECT_EQ(run.exit_code, 3);
  EXPECT_TRUE(run.Says("cannot run the C compiler 'no-such-compiler' [W0504]")) << run.output;
  // The sources are whole and can be built by hand.
  EXPECT_EQ(Names(), (NameList{"hello.build", "hello.cc"}));
  run = Run({"make", "-s", "-C", "hello.build", "CC=gcc"});
  EXPECT_EQ(run.exit_code, 0) << run.output;
}

TEST_F(BadInputTest, FailingCompiler) {
  Write("hello.cc", kHello);
  Write("bad-cc", "#!/bin/sh\necho 'bad-cc: the moon is full' >&2\nexit 4\n");
  chmod(Path("bad-cc").c_str(), 0755);
  WeftRun run = Weft({"translate", "hello.cc", "--cc=" + Path("bad-cc")});
  EXPECT_EQ(run.exit_code, 3);
  EXPECT_TRUE(run.Says("bad-cc: the moon is full")) << run.output;
  EXPECT_TRUE(run.Says("make ")) << "the command must be shown: " << run.output;
  EXPECT_TRUE(run.Says("[W0505]")) << run.output;
  EXPECT_FALSE(Exists("hello"));
  EXPECT_TRUE(Exists("hello.build/Makefile"));
}

TEST_F(BadInputTest, FailureLeavesTheOldResultAlone) {
  Write("hello.cc", "this is not C++\n");
  Write("hello", "the old executable");
  Write("hello.build/Makefile", "# Made by Weft.\n");
  EXPECT_EQ(Weft({"translate", "hello.cc"}).exit_code, 1);
  EXPECT_EQ(Read("hello"), "the old executable");
  EXPECT_EQ(Read("hello.build/Makefile"), "# Made by Weft.\n");
  EXPECT_EQ(Names(), (NameList{"hello", "hello.build", "hello.cc"}));
}

TEST_F(BadInputTest, UnknownFunction) {
  Write("hello.cc", kHello);
  for (const char* command : {"graph", "print", "report"}) {
    WeftRun run = Weft({command, "hello.cc", "--function=rum"});
    EXPECT_EQ(run.exit_code, 2) << command;
    EXPECT_TRUE(run.Says("no function is called 'rum', did you mean 'run'? [W0004]")) << run.output;
  }
  EXPECT_EQ(Names(), NameList{"hello.cc"});
}

TEST_F(BadInputTest, AmbiguousFunction) {
  Write("steps.cc", R"(#include "dsl/weft.h"
namespace left {
WEFT_NOINLINE int step(int x) { return x + 1; }
}  // namespace left
namespace right {
WEFT_NOINLINE int step(int x) { return x - 1; }
}  // namespace right
int run(weft::Array<weft::Str> args) {
  return left::step(right::step(static_cast<int>(args.length())));
}
WEFT_MAIN(run)
)");
  WeftRun run = Weft({"graph", "steps.cc", "--function=step"});
  EXPECT_EQ(run.exit_code, 2);
  EXPECT_TRUE(run.Says("'step' means 2 functions; give one in full [W0005]")) << run.output;
  EXPECT_TRUE(run.Says("note: left::step")) << run.output;
  EXPECT_EQ(Weft({"graph", "steps.cc", "--function=right::step"}).exit_code, 0);
}

}  // namespace
}  // namespace weft::tests
