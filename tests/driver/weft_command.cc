#include "tests/driver/weft_command.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "common/file.h"
#include "driver/process.h"

namespace weft::tests {

namespace fs = std::filesystem;

void WeftTest::SetUp() {
  folder_ = fmt::format("{}weft_test_{}", testing::TempDir(), getpid());
  fs::remove_all(folder_);
  fs::create_directories(folder_);
}

void WeftTest::TearDown() { fs::remove_all(folder_); }

WeftRun WeftTest::Weft(const std::vector<std::string>& arguments,
                       const std::vector<std::string>& environment) {
  std::vector<std::string> command = {"env"};
  command.insert(command.end(), environment.begin(), environment.end());
  command.push_back(fs::absolute("driver/weft").string());
  command.insert(command.end(), arguments.begin(), arguments.end());
  return Run(command);
}

WeftRun WeftTest::Run(const std::vector<std::string>& command) {
  // The tree that Weft reads its run-time sources from is the test's own.
  std::vector<std::string> words = {"env", "-C", folder_,
                                    fmt::format("WEFT_ROOT={}", fs::current_path().string())};
  words.insert(words.end(), command.begin(), command.end());
  ErrorOr<driver::ProcessResult> result = driver::RunProcess(words);
  if (!result.ok()) return {.exit_code = -1, .output = result.error().message()};
  return {.exit_code = result->exit_code, .output = result->output};
}

std::string WeftTest::Path(std::string_view name) const {
  return fmt::format("{}/{}", folder_, name);
}

void WeftTest::Write(std::string_view name, std::string_view text) {
  fs::create_directories(fs::path(Path(name)).parent_path());
  ErrorOr<Success> written = WriteFile(Path(name), text);
  ASSERT_TRUE(written.ok()) << name << ": " << written.error().message();
}

std::string WeftTest::Read(std::string_view name) {
  ErrorOr<std::string> text = ReadFile(Path(name));
  return text.ok() ? *text : text.error().message();
}

bool WeftTest::Exists(std::string_view name) const { return fs::exists(Path(name)); }

std::vector<std::string> WeftTest::Names() const {
  std::vector<std::string> names;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder_)) {
    names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace weft::tests
