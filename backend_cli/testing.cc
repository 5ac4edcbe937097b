#include "backend_cli/testing.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdio>
#include <cstdlib>

#include "common/file.h"

namespace weft::backend_cli {

namespace {

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

}  // namespace

std::string RuntimeIl() {
  ErrorOr<std::string> text = ReadFile("backend_cli/runtime/runtime.il");
  EXPECT_TRUE(text.ok());
  return text.ok() ? *text : "";
}

RunResult AssembleAndRun(const std::string& il, const std::string& places) {
  const char* base = std::getenv("TEST_TMPDIR");
  std::string folder = fmt::format("{}/weft_cli_XXXXXX", base != nullptr ? base : "/tmp");
  EXPECT_NE(mkdtemp(folder.data()), nullptr);
  EXPECT_TRUE(WriteFile(folder + "/test.il", il).ok());
  EXPECT_TRUE(WriteFile(folder + "/places", places).ok());
  RunResult built = Shell(fmt::format("cd {} && ilasm /quiet test.il", folder));
  if (built.exit_code != 0) return built;
  return Shell(fmt::format("mono {}/test.exe", folder));
}

}  // namespace weft::backend_cli
