#ifndef WEFT_BACKEND_CLI_TESTING_H_
#define WEFT_BACKEND_CLI_TESTING_H_

#include <string>

// For tests: IL to an executable, to what it prints.
namespace weft::backend_cli {

struct RunResult {
  // Of ilasm, when it failed; then what the program printed to both streams.
  std::string output;
  int exit_code = -1;
};

// The run time.
std::string RuntimeIl();

// Assembles and runs on Mono. `places` is the resource, if there is one.
RunResult AssembleAndRun(const std::string& il, const std::string& places = "");

}  // namespace weft::backend_cli

#endif  // WEFT_BACKEND_CLI_TESTING_H_
