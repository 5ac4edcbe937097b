#ifndef WEFT_DRIVER_PROCESS_H_
#define WEFT_DRIVER_PROCESS_H_

#include <string>
#include <vector>

#include "common/error.h"

namespace weft::driver {

struct ProcessResult {
  // As a shell would say it: 128 and the number of the signal for one that was killed.
  int exit_code = 0;
  // What it wrote to stdout and stderr.
  std::string output;
};

// Runs a program, found in PATH, to its end with nothing on its stdin. The error is that it could
// not be started.
ErrorOr<ProcessResult> RunProcess(const std::vector<std::string>& command);

// Whether a program of that name can be run.
bool IsProgram(const std::string& name);

// The command as one would type it into a shell.
std::string ShellCommand(const std::vector<std::string>& command);

}  // namespace weft::driver

#endif  // WEFT_DRIVER_PROCESS_H_
