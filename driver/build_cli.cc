#include "driver/build_cli.h"

#include <fmt/format.h>

#include <cstdio>
#include <filesystem>
#include <vector>

#include "backend_cli/backend_cli.h"
#include "common/file.h"
#include "driver/output.h"
#include "driver/process.h"
#include "optimize/limit_size.h"

namespace weft::driver {

namespace {

namespace fs = std::filesystem;

// "lox" for "build/lox.exe".
std::string NameOf(const std::string& output) { return fs::path(output).stem().string(); }

// Mono takes more than twice as long for a method that is twice as long. A function of more
// operations than this becomes several; Lox's loop is well below.
constexpr size_t kLargestFunction = 8000;

// So that the folder can be built elsewhere, and is known as Weft's own.
std::string Makefile(const std::string& name) {
  return fmt::format(
      "# Made by Weft: assembles the IL beside it.\n"
      "{0}.exe: {0}.il places\n\tilasm /quiet /debug {0}.il /output:{0}.exe\n"
      "# Machine code, which Mono takes from beside the executable.\n"
      "{0}.exe.so: {0}.exe\n\tmono --aot {0}.exe\n",
      name);
}

// Puts a file in its place as a whole.
void Install(Translation& t, const std::string& built, const std::string& output) {
  std::error_code error;
  fs::copy_file(built, output + ".new", fs::copy_options::overwrite_existing, error);
  if (!error) fs::rename(output + ".new", output, error);
  if (!error) return;
  std::error_code ignored;
  fs::remove(output + ".new", ignored);
  t.diagnostics().Report(diag::kOutputUnwritable, output, error.message());
}

// Mono compiles a method when it is first called, and an interpreter's loop is a long one: ahead of
// time, that is half of what an empty script takes. The code lies beside the executable, which runs
// without it, too.
void CompileAhead(Translation& t, const std::string& built, const std::string& output) {
  std::string code = output + ".so";
  std::error_code error;
  // An older one belongs to another executable.
  fs::remove(code, error);
  if (!IsProgram("mono")) return;
  std::vector<std::string> command = {"mono", fmt::format("--aot=outfile={}.so", built), built};
  ErrorOr<ProcessResult> result = RunProcess(command);
  if (t.options().Flag(OptionId::kVerbose)) {
    t.progress().ClearLine();
    fmt::print(stderr, "{}\n{}", ShellCommand(command),
               result.ok() ? result->output : result.error().message() + "\n");
  }
  if (result.ok() && result->exit_code == 0) return Install(t, built + ".so", code);
  t.diagnostics().Report(diag::kNotCompiledAhead, output,
                         result.ok() ? ShellCommand(command) : result.error().message());
}

}  // namespace

void WriteIl(Translation& t, const std::string& folder, const std::string& output) {
  for (ExternalId id : backend_cli::MissingExternals(t.program())) {
    const auto& external = t.program().external(id);
    t.diagnostics().Report(external.loc, diag::kExternalMissing, "cli", external.symbol);
  }
  if (t.diagnostics().has_errors()) return;
  optimize::LimitFunctionSize(t.program(),
                              {.limit = kLargestFunction, .costs = optimize::CountOperations()});
  t.AfterPhase("limit_size");
  ErrorOr<PendingFolder> pending = PendingFolder::Create(folder);
  if (!pending.ok()) {
    t.diagnostics().Report(diag::kOutputUnwritable, folder, pending.error().message());
    return;
  }
  ErrorOr<backend_cli::CliArtefact> artefact =
      backend_cli::Generate(t.program(), {.root = t.root(), .name = NameOf(output)});
  ErrorOr<Success> result = Success();
  if (!artefact.ok()) result = artefact.error();
  auto write = [&](const std::string& name, const std::string& text) {
    if (result.ok()) result = WriteFile(fmt::format("{}/{}", pending->folder(), name), text);
  };
  if (artefact.ok()) {
    write(NameOf(output) + ".il", artefact->il);
    write("Makefile", Makefile(NameOf(output)));
    write("places", artefact->places);
  }
  if (result.ok()) result = pending->Commit();
  if (!result.ok()) {
    t.diagnostics().Report(diag::kOutputUnwritable, folder, result.error().message());
  }
}

void Assemble(Translation& t, const std::string& folder, const std::string& output) {
  if (!IsProgram("ilasm")) {
    t.diagnostics().Report(diag::kMonoMissing, "ilasm");
    return;
  }
  std::string name = NameOf(output);
  // Resources are looked for in the current folder.
  std::vector<std::string> command = {
      "sh",     "-c",         "cd \"$0\" && exec ilasm \"$@\"",   folder, "/quiet",
      "/debug", name + ".il", fmt::format("/output:{}.exe", name)};
  ErrorOr<ProcessResult> result = RunProcess(command);
  if (!result.ok()) {
    t.diagnostics().Report(diag::kMonoFailed, "ilasm", 127, result.error().message());
    return;
  }
  bool is_verbose = t.options().Flag(OptionId::kVerbose);
  if (result->exit_code != 0 || is_verbose) {
    t.progress().ClearLine();
    fmt::print(stderr, "{}\n{}", ShellCommand(command), result->output);
  }
  if (result->exit_code != 0) {
    t.diagnostics().Report(diag::kMonoFailed, "ilasm", result->exit_code, ShellCommand(command));
    return;
  }
  std::string built = fmt::format("{}/{}.exe", folder, name);
  Install(t, built, output);
  Install(t, built + ".mdb", output + ".mdb");
  CompileAhead(t, built, output);
}

}  // namespace weft::driver
