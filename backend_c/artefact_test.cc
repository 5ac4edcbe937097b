// The folder as a whole: the same bytes for the same program, shards that an edit elsewhere leaves
// alone, and a Makefile that works.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "backend_c/backend_c.h"
#include "backend_c/literals.h"
#include "backend_c/names.h"
#include "backend_c/testing.h"
#include "flowgraph/text.h"

namespace weft::backend_c {
namespace {

// Two source files. `step` changes the function in b.cc; `extra` is more text, `last` the numbers
// of strings that stand behind it.
std::string TwoFiles(int step, const std::string& extra = "") {
  return std::string("weft woven\n") + kDeclarations + FrozenString(0, "from a") + extra +
         fmt::format(R"text(external putchar: fn(i32)->i32
global $count: i64 = 0:i64
entry @main

function @main: fn(ptr "array<str>")->i32 {{ ; at src/a.cc:10:1
b0(%0: ptr "array<str>"):
  %1: i64 = getlength{{str}} #0:ptr str ; at src/a.cc:11:3
  %2: i64 = call{{@next}} %1 ; at src/a.cc:12:3
  global_set{{$count}} %2
  %3: i32 = convert %2
  return %3
}}

function @next: fn(i64)->i64 {{ ; at src/b.cc:4:1
b0(%0: i64):
  %1: i64 = add %0, {}:i64 ; at src/b.cc:5:3
  return %1
}}
)text",
                     step);
}

std::map<std::string, std::string> Files(const std::string& text, ArtefactOptions options = {}) {
  std::map<std::string, std::string> files;
  auto program = flowgraph::Parse(text);
  EXPECT_TRUE(program.ok()) << program.error().message();
  if (!program.ok()) return files;
  for (const ArtefactFile& file : GenerateFiles(**program, options)) files[file.path] = file.text;
  return files;
}

// The paths whose text differs, or that only one has.
std::string Differences(const std::map<std::string, std::string>& a,
                        const std::map<std::string, std::string>& b) {
  std::string paths;
  for (const auto& [path, text] : a) {
    auto other = b.find(path);
    if (other == b.end() || other->second != text) paths += path + " ";
  }
  for (const auto& [path, text] : b) {
    if (!a.contains(path)) paths += path + " ";
  }
  return paths;
}

TEST(ArtefactTest, SameProgramSameBytes) {
  EXPECT_EQ(Differences(Files(TwoFiles(1)), Files(TwoFiles(1))), "");
}

TEST(ArtefactTest, AnEditTouchesItsShardAlone) {
  auto before = Files(TwoFiles(1));
  EXPECT_EQ(Differences(before, Files(TwoFiles(2))), "src_b_cc.c ");
  // One more literal and one more global, which nothing in a.cc uses.
  std::string more =
      TwoFiles(1, FrozenString(1, "from b") + "global $other: ptr str = #1:ptr str\n");
  size_t at = more.find("  %1: i64 = add");
  more.insert(at,
              "  %7: ptr str = global_get{$other}\n  %8: i64 = getlength{str} %7\n"
              "  global_set{$count} %8\n");
  EXPECT_EQ(Differences(before, Files(more)), "data.c program.c src_b_cc.c ");
}

TEST(ArtefactTest, WhatIsNotReachedIsNotWritten) {
  auto files = Files(TwoFiles(1) + "\nfunction @unused: fn()->void {\nb0:\n  return\n}\n");
  for (const auto& [path, text] : files) EXPECT_EQ(text.find("unused"), std::string::npos) << path;
}

TEST(ArtefactTest, LineDirectivesNameTheSource) {
  auto files = Files(TwoFiles(1));
  EXPECT_NE(files["src_a_cc.c"].find("#line 10 \"src/a.cc\"\n"), std::string::npos)
      << files["src_a_cc.c"];
  EXPECT_NE(files["src_a_cc.c"].find("#line 12\n"), std::string::npos);
  EXPECT_NE(files["src_a_cc.c"].find("// main\n"), std::string::npos);
  ArtefactOptions without;
  without.line_directives = false;
  files = Files(TwoFiles(1), without);
  EXPECT_EQ(files["src_a_cc.c"].find("#line"), std::string::npos);
  EXPECT_NE(files["src_a_cc.c"].find("// main, src/a.cc:10\n"), std::string::npos);
}

TEST(ArtefactTest, TheCheckoutsPathIsNotWritten) {
  std::string text = TwoFiles(1);
  for (size_t at = 0; (at = text.find("src/b.cc", at)) != std::string::npos; at += 20) {
    text.replace(at, 0, "/home/me/weft/");
  }
  ArtefactOptions options;
  options.root = "/home/me/weft";
  EXPECT_EQ(Differences(Files(TwoFiles(1)), Files(text, options)), "");
}

class MakefileTest : public testing::Test {
 protected:
  void SetUp() override {
    options_.folder = FreshFolder("artefact");
    options_.root = ".";
    options_.name = "twofiles";
  }
  void Write(const std::string& text) {
    auto program = flowgraph::Parse(text);
    ASSERT_TRUE(program.ok()) << program.error().message();
    auto written = WriteArtefact(**program, options_);
    ASSERT_TRUE(written.ok()) << written.error().message();
  }
  RunResult Make(const std::string& arguments) {
    return Shell(fmt::format("env -u MAKEFLAGS make -C {} {}", options_.folder, arguments));
  }
  int Run() { return Shell(options_.folder + "/twofiles").exit_code; }

  ArtefactOptions options_;
};

TEST_F(MakefileTest, AnEditCompilesOneShard) {
  Write(TwoFiles(1));
  RunResult first = Make("");
  EXPECT_EQ(first.exit_code, 0) << first.output;
  EXPECT_EQ(first.output.find("warning"), std::string::npos) << first.output;
  EXPECT_EQ(Run(), 7);
  Write(TwoFiles(30));
  RunResult second = Make("");
  EXPECT_NE(second.output.find("src_b_cc.c"), std::string::npos) << second.output;
  EXPECT_EQ(second.output.find("src_a_cc.c"), std::string::npos) << second.output;
  EXPECT_EQ(second.output.find("-c data.c"), std::string::npos) << second.output;
  EXPECT_EQ(second.output.find(".cc "), std::string::npos) << second.output;
  EXPECT_EQ(Run(), 36);
  EXPECT_NE(Make("").output.find("up to date"), std::string::npos);
}

TEST_F(MakefileTest, OtherCompilersAndTargets) {
  options_.gc = "none";
  Write(TwoFiles(1));
  for (const char* arguments :
       {"CC=clang-19", "CC='g++ -x c++'", "UNIT=1", "lto", "pgo TRAINING=argument"}) {
    Make("clean");
    RunResult made = Make(arguments);
    EXPECT_EQ(made.exit_code, 0) << made.output;
    EXPECT_EQ(made.output.find("warning"), std::string::npos) << made.output;
    EXPECT_EQ(Run(), 7) << arguments;
  }
  Make("clean");
  EXPECT_EQ(Make("debug").exit_code, 0);
  EXPECT_EQ(Shell(options_.folder + "/twofiles-debug").exit_code, 7);
  EXPECT_EQ(Make("clean").exit_code, 0);
  EXPECT_EQ(Shell(fmt::format("ls {}/twofiles* {}/objects", options_.folder, options_.folder))
                .output.find("twofiles\n"),
            std::string::npos);
}

TEST_F(MakefileTest, NamesThatMakeWouldTrip) {
  EXPECT_EQ(ExecutableName("lox-2.0"), "lox-2.0");
  EXPECT_EQ(ExecutableName("-my $(prog)"), "_my___prog_");
  EXPECT_EQ(ExecutableName("clean"), "clean_program");
  options_.name = "a b#c";
  Write(TwoFiles(1));
  EXPECT_EQ(Make("").exit_code, 0);
  EXPECT_EQ(Shell(fmt::format("{}/{}", options_.folder, ExecutableName("a b#c"))).exit_code, 7);
}

TEST_F(MakefileTest, AnUnwritableFolderIsAnError) {
  auto program = flowgraph::Parse(TwoFiles(1));
  options_.folder = "/proc/nowhere";
  auto written = WriteArtefact(**program, options_);
  ASSERT_FALSE(written.ok());
  EXPECT_NE(written.error().message().find("/proc/nowhere"), std::string::npos);
  options_.folder = FreshFolder("artefact");
  options_.root = "/nowhere";
  written = WriteArtefact(**program, options_);
  ASSERT_FALSE(written.ok());
  EXPECT_NE(written.error().message().find("cannot read '/nowhere/"), std::string::npos);
}

TEST(NamesTest, DifferentNamesStayDifferent) {
  EXPECT_EQ(Mangle("lox::VM::run"), "lox__VM__run");
  EXPECT_EQ(Mangle("a_b"), "a_b");
  const char* names[] = {"a::b",  "a__b",  "a_::b",     "a::_b",     "a<b>",       "a_b_",
                         "a<b >", "a (b)", "a::b(int)", "a::b(i32)", "operator==", "operator!="};
  std::map<std::string, std::string> mangled;
  for (const char* name : names) {
    auto [at, inserted] = mangled.emplace(Mangle(name), name);
    EXPECT_TRUE(inserted) << name << " meets " << at->second << " in " << at->first;
  }
  EXPECT_LT(Mangle(std::string(500, 'x')).size(), 100u);
  EXPECT_NE(Mangle(std::string(500, 'x')), Mangle(std::string(501, 'x')));
}

TEST(LiteralsTest, AreExact) {
  EXPECT_EQ(IntLiteral(TypeKind::kI64, INT64_MIN), "INT64_MIN");
  EXPECT_EQ(IntLiteral(TypeKind::kI32, -3), "(-3)");
  EXPECT_EQ(FloatLiteral(TypeKind::kF64, 0.1), "0x1.999999999999ap-4");
  EXPECT_EQ(FloatLiteral(TypeKind::kF64, -0.0), "(-0.0)");
  EXPECT_EQ(FloatLiteral(TypeKind::kF32, 2), "2.0f");
  std::string path(200, 'p');
  EXPECT_NE(StringLiteral(path).find('\n'), std::string::npos);
  EXPECT_EQ(StringLiteral(path, /*may_wrap=*/false), "\"" + path + "\"");
  EXPECT_EQ(StringLiteral(std::string_view("a\"\n\0z?", 6)), "\"a\\\"\\n\\000z\\077\"");
}

}  // namespace
}  // namespace weft::backend_c
