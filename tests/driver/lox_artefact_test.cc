#include <filesystem>
#include <set>
#include <string>

#include "tests/driver/weft_command.h"

// The C sources of a real interpreter: that every compiler takes them without a warning, and what
// an edit of the interpreter changes in them.
namespace weft::tests {
namespace {

namespace fs = std::filesystem;

constexpr char kMain[] = "interpreter_spec/lox/main.cc";

class LoxArtefactTest : public WeftTest {
 protected:
  void SetUp() override {
    WeftTest::SetUp();
    fs::create_directories(Path("interpreter_spec"));
    fs::copy("interpreter_spec/lox", Path("interpreter_spec/lox"), fs::copy_options::recursive);
    Translate("first");
  }

  // Writes the sources into a folder of this name.
  void Translate(const std::string& name) {
    WeftRun run = Weft({"translate", "--source", "-q", "-I", ".", kMain, "-o", "lox"});
    ASSERT_EQ(run.exit_code, 0) << run.output;
    fs::rename(Path("lox.build"), Path(name));
  }

  void Replace(const std::string& file, const std::string& old_text, const std::string& text) {
    std::string all = Read(file);
    size_t at = all.find(old_text);
    ASSERT_NE(at, std::string::npos) << file << " does not hold '" << old_text << "'";
    all.replace(at, old_text.size(), text);
    fs::remove(Path(file));
    Write(file, all);
  }

  // The files of the second folder that are not as they are in the first, and those that are gone.
  std::set<std::string> Changed() {
    std::set<std::string> changed;
    for (const auto& [from, to] : {std::pair("first", "second"), std::pair("second", "first")}) {
      for (const auto& entry : fs::recursive_directory_iterator(Path(from))) {
        if (!entry.is_regular_file()) continue;
        std::string name = fs::relative(entry.path(), Path(from)).string();
        if (Read(std::string(from) + "/" + name) != Read(std::string(to) + "/" + name)) {
          changed.insert(name);
        }
      }
    }
    return changed;
  }
};

TEST_F(LoxArtefactTest, CompilesWithoutWarningsAsCAndAsCxx) {
  for (const char* compiler :
       {"gcc -std=c11 -O1", "g++ -x c++ -std=c++20 -fsyntax-only", "clang-19 -std=c11 -O1",
        "clang++-19 -x c++ -std=c++20 -fsyntax-only"}) {
    WeftRun run = Run({"sh", "-c",
                       std::string("cd first && ") + compiler +
                           " -Wall -Werror -fno-strict-aliasing -I. -c all.c -o /dev/null"});
    EXPECT_EQ(run.exit_code, 0) << compiler << "\n" << run.output.substr(0, 4000);
  }
}

TEST_F(LoxArtefactTest, AnEditChangesItsShardAlone) {
  const std::string machine = "interpreter_spec/lox/machine.cc";
  const std::string natives = "interpreter_spec/lox/natives.cc";
  Translate("second");
  EXPECT_EQ(Changed(), std::set<std::string>());
  // Another message: another string in the frozen heap, and the function that shows it.
  fs::remove_all(Path("second"));
  Replace(machine, "Operands must be two numbers or two strings.", "Two numbers or two strings!");
  Translate("second");
  EXPECT_EQ(Changed(), (std::set<std::string>{"data.c", "interpreter_spec_lox_machine_cc.c"}));
  // Lines that move: every shard that something of the file was inlined into names other lines, and
  // the data is what it was.
  fs::rename(Path("second"), Path("older"));
  fs::remove_all(Path("first"));
  fs::rename(Path("older"), Path("first"));
  Replace(natives, "#include", "// One line more.\n#include");
  Translate("second");
  std::set<std::string> changed = Changed();
  EXPECT_TRUE(changed.contains("interpreter_spec_lox_natives_cc.c"));
  EXPECT_FALSE(changed.contains("data.c"));
  EXPECT_FALSE(changed.contains("interpreter_spec_lox_compiler_cc.c"));
  EXPECT_FALSE(changed.contains("interpreter_spec_lox_scanner_cc.c"));
}

}  // namespace
}  // namespace weft::tests
