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

// Runs a command. Shows it and what it said when it failed, or when the user wants to see that.
ErrorOr<ProcessResult> Show(Translation& t, const std::vector<std::string>& command) {
  ErrorOr<ProcessResult> result = RunProcess(command);
  if (result.ok() && (result->exit_code != 0 || t.options().Flag(OptionId::kVerbose))) {
    t.progress().ClearLine();
    fmt::print(stderr, "{}\n{}", ShellCommand(command), result->output);
  }
  return result;
}

// Runs make in the folder with more arguments. False when it failed, which is reported then.
bool Make(Translation& t, const std::string& folder, const std::vector<std::string>& arguments) {
  const std::string& compiler = t.options().Text(OptionId::kCc);
  int64_t jobs = t.options().Number(OptionId::kJobs);
  if (jobs == 0) jobs = std::max(1u, std::thread::hardware_concurrency());
  std::vector<std::string> command = {"make", "-C", folder, fmt::format("-j{}", jobs),
                                      "--no-print-directory"};
  // The Makefile holds the compiler that the option names; saying it again does no harm and shows
  // in the command.
  if (t.options().IsGiven(OptionId::kCc)) command.push_back("CC=" + compiler);
  command.insert(command.end(), arguments.begin(), arguments.end());
  ErrorOr<ProcessResult> result = Show(t, command);
  if (!result.ok()) {
    t.diagnostics().Report(diag::kCompilerFailed, 127, result.error().message());
    return false;
  }
  if (result->exit_code != 0) {
    t.diagnostics().Report(diag::kCompilerFailed, result->exit_code, ShellCommand(command));
    return false;
  }
  return true;
}

// Runs the program that counts, in place of the first word of what --pgo says. False when it
// failed or left no counts, which is reported then.
bool Train(Translation& t, const std::string& folder) {
  const std::string& training = t.options().Text(OptionId::kPgo);
  size_t start = training.find_first_not_of(" \t\n");
  size_t end = std::min(training.find_first_of(" \t\n", start), training.size());
  std::error_code error;
  std::string trainee = fs::absolute(folder + "/objects/trainee", error).string();
  std::vector<std::string> command = {"sh", "-c", "exec \"$0\"" + training.substr(end), trainee};
  auto fail = [&](const std::string& why) {
    t.diagnostics().Report(diag::kTrainingFailed, training, why);
    return false;
  };
  ErrorOr<ProcessResult> result = Show(t, command);
  if (!result.ok()) return fail("cannot be started: " + result.error().message());
  if (result->exit_code != 0)
    return fail(fmt::format("ended with exit code {}", result->exit_code));
  if (fs::is_empty(folder + "/objects/profile", error) || error) return fail("left no counts");
  return true;
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
  // The executable of a build of another kind stands elsewhere, so that make is not misled by it.
  std::string built = backend_c::ExecutableName(fs::path(output).filename().string());
  bool uses_lto = t.options().Flag(OptionId::kLto);
  if (!t.options().Text(OptionId::kPgo).empty()) {
    built = "objects/pgo/" + built;
    if (!Make(t, folder, {"trainee"}) || !Train(t, folder)) return;
    if (!Make(t, folder, {"trained", "OUTPUT=" + built, uses_lto ? "PGO_LTO=1" : "PGO_LTO="})) {
      return;
    }
  } else if (uses_lto) {
    built = "objects/lto/" + built;
    if (!Make(t, folder, {"lto", "OUTPUT=" + built})) return;
  } else if (!Make(t, folder, {})) {
    return;
  }
  Install(t, fmt::format("{}/{}", folder, built), output);
}

}  // namespace weft::driver
