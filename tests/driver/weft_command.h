#ifndef WEFT_TESTS_DRIVER_WEFT_COMMAND_H_
#define WEFT_TESTS_DRIVER_WEFT_COMMAND_H_

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace weft::tests {

// What a run of `weft` left.
struct WeftRun {
  int exit_code = 0;
  // stdout and stderr together, as a terminal would show them.
  std::string output;

  bool Says(std::string_view text) const { return output.find(text) != std::string::npos; }
};

// A test in an empty folder of its own.
class WeftTest : public testing::Test {
 protected:
  void SetUp() override;
  void TearDown() override;

  // Runs `weft` in the folder. `environment` holds NAME=VALUE for it.
  WeftRun Weft(const std::vector<std::string>& arguments,
               const std::vector<std::string>& environment = {});
  // Runs any other program there.
  WeftRun Run(const std::vector<std::string>& command);

  // A path in the folder.
  std::string Path(std::string_view name) const;
  void Write(std::string_view name, std::string_view text);
  std::string Read(std::string_view name);
  bool Exists(std::string_view name) const;
  // The names in the folder, in order.
  std::vector<std::string> Names() const;

  // A small program that prints "hello" and its arguments.
  static constexpr std::string_view kHello = R"(#include "dsl/weft.h"

int run(weft::Array<weft::Str> args) {
  weft::println("hello");
  for (int64_t i = 1; i < args.length(); ++i) weft::println(args[i]);
  return 3;
}

WEFT_MAIN(run)
)";

 private:
  std::string folder_;
};

}  // namespace weft::tests

#endif  // WEFT_TESTS_DRIVER_WEFT_COMMAND_H_
