// The command that everything is there for.
#include <fmt/format.h>

#include <cstdio>
#include <filesystem>
#include <string>

#include "backend_c/backend_c.h"
#include "driver/build.h"
#include "driver/commands.h"
#include "driver/output.h"
#include "driver/pipeline.h"
#include "driver/translation.h"

namespace weft::driver {

namespace {

// Writes the folder of C sources, which appears when it is complete.
void WriteSources(Translation& t, const std::string& folder, const std::string& output) {
  ErrorOr<PendingFolder> pending = PendingFolder::Create(folder);
  if (!pending.ok()) {
    t.diagnostics().Report(diag::kOutputUnwritable, folder, pending.error().message());
    return;
  }
  backend_c::ArtefactOptions options;
  options.folder = pending->folder();
  options.name = std::filesystem::path(output).filename().string();
  options.root = t.root();
  options.gc = t.options().Text(OptionId::kGc);
  options.cc = t.options().Text(OptionId::kCc);
  options.level = static_cast<int>(t.options().Number(OptionId::kLevel));
  options.line_directives = t.options().Flag(OptionId::kLineDirectives);
  ErrorOr<Success> result = backend_c::WriteArtefact(t.program(), options);
  if (result.ok()) result = pending->Commit();
  if (!result.ok()) {
    t.diagnostics().Report(diag::kOutputUnwritable, folder, result.error().message());
  }
}

// The last line of a translation: what it took, and where the result is.
void PrintSummary(const Translation& translation, const std::string& result) {
  double compiling = 0;
  for (const TaskTime& task : translation.progress().times()) {
    if (task.name == kCompileTask) compiling = task.seconds;
  }
  std::string compiler =
      compiling > 0 ? fmt::format(", C compiler {:.2f} s", compiling) : std::string();
  fmt::print("{}: translated in {:.2f} s with {:.0f} MB{}\n", result,
             translation.progress().TotalSeconds() - compiling,
             static_cast<double>(PeakMemory()) / 1e6, compiler);
}

}  // namespace

int RunTranslate(const CommandLine& line) {
  Translation translation(line);
  DiagnosticEngine& diagnostics = translation.diagnostics();
  bool only_sources = line.options.Flag(OptionId::kSource);
  std::string output = line.options.Text(OptionId::kOutput);
  if (output.empty()) output = DefaultOutput(line.operands[0]);
  std::string folder = BuildFolder(output);
  if (!only_sources) CheckOutputFile(output, line.operands, diagnostics);
  if (!diagnostics.has_errors()) CheckBuildFolder(folder, diagnostics);
  if (diagnostics.has_errors() || !RunPipeline(translation, Goal::kWoven)) {
    return translation.Finish();
  }
  translation.RunTask(kWriteTask, [&] { WriteSources(translation, folder, output); });
  if (!diagnostics.has_errors() && !only_sources) {
    translation.RunTask(kCompileTask, [&] { BuildExecutable(translation, folder, output); });
  }
  int code = translation.Finish();
  if (code == 0 && !line.options.Flag(OptionId::kQuiet)) {
    PrintSummary(translation, only_sources ? folder + "/" : output);
  }
  return code;
}

}  // namespace weft::driver
