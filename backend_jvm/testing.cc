#include "backend_jvm/testing.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "backend_jvm/backend_jvm.h"
#include "common/file.h"
#include "flowgraph/text.h"
#include "flowgraph/verifier.h"

namespace weft::backend_jvm {

const char kDeclarations[] = R"text(class Object {
  container Object
}
class Exception : Object exception {
  field message: str immutable
  container Exception
}
container Object types 1 4 size 8 {
}
container Exception : Object types 2 3 size 16 {
  field message: ptr str at 8 immutable
}
container str types 4 5 size 24 length_at 8 item_size 1 string {
  field hash: i64 at 16 immutable
  item byte: u8 at 0 immutable
}
container "array<str>" types 5 6 size 16 length_at 8 item_size 8 array {
  item value: ptr str at 0
}
external show_i64: fn(i64)->void
entry @main
)text";

namespace {

// What the externals of test programs do.
constexpr char kHost[] = R"(package weft.rt;
public final class Host {
  public static void show_i64(long value) {
    System.out.println(value);
    System.out.flush();
  }
}
)";

// The run time, compiled once for all tests of a process.
const std::string& RuntimeFolder() {
  static const auto* folder = [] {
    auto* path = new std::string(FreshFolder());
    EXPECT_TRUE(WriteFile(*path + "/Host.java", kHost).ok());
    RunResult built =
        Shell(fmt::format("javac -d {0} backend_jvm/runtime/weft/rt/*.java {0}/Host.java", *path));
    EXPECT_EQ(built.exit_code, 0) << built.output;
    return path;
  }();
  return *folder;
}

}  // namespace

std::string FreshFolder() {
  const char* base = std::getenv("TEST_TMPDIR");
  std::string pattern = fmt::format("{}/weft_jvm_XXXXXX", base != nullptr ? base : "/tmp");
  EXPECT_NE(mkdtemp(pattern.data()), nullptr);
  return pattern;
}

RunResult Shell(const std::string& command) {
  RunResult result;
  FILE* pipe = popen(fmt::format("( {} ) 2>&1", command).c_str(), "r");
  if (pipe == nullptr) return result;
  char buffer[4096];
  size_t count;
  while ((count = fread(buffer, 1, sizeof buffer, pipe)) > 0) result.output.append(buffer, count);
  int status = pclose(pipe);
  result.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return result;
}

RunResult CompileAndRun(const std::string& text) {
  auto parsed = flowgraph::Parse(std::string("weft rtyped ootype\n") + kDeclarations + text);
  if (!parsed.ok()) return {parsed.error().message(), -1};
  flowgraph::Program& program = **parsed;
  EXPECT_EQ(flowgraph::Verify(program), std::vector<std::string>());
  PinOperands(program);
  EXPECT_EQ(flowgraph::Verify(program), std::vector<std::string>());
  LimitCode(program);
  EXPECT_EQ(flowgraph::Verify(program), std::vector<std::string>());
  std::string folder = FreshFolder();
  for (const JarEntry& entry : GenerateClasses(program).classes) {
    std::filesystem::path path = folder + "/" + entry.path;
    std::filesystem::create_directories(path.parent_path());
    EXPECT_TRUE(WriteFile(path.string(), entry.bytes).ok());
  }
  RunResult result = Shell(fmt::format(
      "java -Xverify:all -XX:TieredStopAtLevel=1 -cp {}:{} weft.Program", folder, RuntimeFolder()));
  std::filesystem::remove_all(folder);
  return result;
}

}  // namespace weft::backend_jvm
