#include "driver/build.h"

#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <thread>
#include <vector>

#include "backend_c/backend_c.h"
#include "driver/output.h"
#include "driver/process.h"

namespace weft::driver {

namespace {

namespace fs = std::filesystem;

// Puts a copy of the executable beside its place, and then there.
void Install(Translation& t, const std::string& built, const std::string& output) {
  std::string pending = output + ".new";
  std::error_code error;
  fs::copy_file(built, pending, fs::copy_options::overwrite_existing, error);
  if (!error) fs::rename(pending, output, error);
  if (!error) return;
  std::error_code ignored;
  fs::remove(pending, ignored);
  t.diagnostics().Report(diag::kOutputUnwritable, output, error.message());
}

}  // namespace

void BuildExecutable(Translation& t, const std::string& folder, const std::string& output) {
  const std::string& compiler = t.options().Text(OptionId::kCc);
  std::string program = compiler.substr(0, compiler.find(' '));
  for (const std::string& needed : {program, std::string("make")}) {
    if (IsProgram(needed)) continue;
    t.diagnostics().Report(diag::kCompilerMissing, needed);
    return;
  }
  int64_t jobs = t.options().Number(OptionId::kJobs);
  if (jobs == 0) jobs = std::max(1u, std::thread::hardware_concurrency());
  std::vector<std::string> command = {"make", "-C", folder, fmt::format("-j{}", jobs),
                                      "--no-print-directory"};
  // The Makefile holds the compiler that the option names; saying it again does no harm and shows
  // in the command.
  if (t.options().IsGiven(OptionId::kCc)) command.push_back("CC=" + compiler);
  ErrorOr<ProcessResult> result = RunProcess(command);
  if (!result.ok()) {
    t.diagnostics().Report(diag::kCompilerFailed, 127, result.error().message());
    return;
  }
  bool is_verbose = t.options().Flag(OptionId::kVerbose);
  if (result->exit_code != 0 || is_verbose) {
    t.progress().ClearLine();
    fmt::print(stderr, "{}\n{}", ShellCommand(command), result->output);
  }
  if (result->exit_code != 0) {
    t.diagnostics().Report(diag::kCompilerFailed, result->exit_code, ShellCommand(command));
    return;
  }
  Install(
      t,
      fmt::format("{}/{}", folder, backend_c::ExecutableName(fs::path(output).filename().string())),
      output);
}

}  // namespace weft::driver
