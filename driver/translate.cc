// The command that everything is there for.
#include <fmt/format.h>

#include <cstdio>
#include <filesystem>
#include <string>

#include "backend_c/backend_c.h"
#include "backend_c/dispatch.h"
#include "driver/build.h"
#include "driver/build_cli.h"
#include "driver/collector_choice.h"
#include "driver/commands.h"
#include "driver/jvm.h"
#include "driver/output.h"
#include "driver/pipeline.h"
#include "driver/process.h"
#include "driver/translation.h"

namespace weft::driver {

namespace {

using backend_c::DispatchStyle;

// Says which interpreter loops stay a switch although they were to be threaded, and why.
void TellUnthreaded(Translation& t) {
  if (t.options().Flag(OptionId::kQuiet)) return;
  for (const auto& function : t.program().functions) {
    backend_c::Dispatch dispatch = backend_c::FindDispatch(t.program(), *function);
    if (dispatch.block.is_valid() && t.options().Is(OptionId::kDispatch, "tail") &&
        backend_c::HandlerGrowth(function->graph, dispatch) > backend_c::kMostHandlerGrowth) {
      t.progress().ClearLine();
      fmt::print(stderr,
                 "weft: note: the interpreter loop '{}' is written as with '--dispatch=goto': its "
                 "instructions share so much that a function for each would make it more than {} "
                 "times as long\n",
                 function->name, backend_c::kMostHandlerGrowth);
    }
    if (dispatch.reason.empty()) continue;
    t.progress().ClearLine();
    fmt::print(stderr, "weft: note: the interpreter loop '{}' stays a switch: {}\n", function->name,
               dispatch.reason);
  }
}

// Whether the C compiler knows an attribute.
bool HasAttribute(const std::string& compiler, std::string_view attribute) {
  ErrorOr<ProcessResult> result = RunProcess(
      {"sh", "-c",
       fmt::format("printf '#if __has_attribute({})\\nweft_yes\\n#endif\\n' | {} -E -xc -",
                   attribute, compiler)});
  return result.ok() && result->output.find("weft_yes") != std::string::npos;
}

DispatchStyle ChooseDispatch(Translation& t, const std::string& compiler) {
  const Options& options = t.options();
  if (options.Is(OptionId::kDispatch, "switch")) return DispatchStyle::kSwitch;
  if (options.Is(OptionId::kDispatch, "auto")) {
    if (compiler.find("clang") == std::string::npos) return DispatchStyle::kGoto;
    // Without preserve_none most of what handlers pass on goes through memory.
    return HasAttribute(compiler, "preserve_none") ? DispatchStyle::kTail : DispatchStyle::kSwitch;
  }
  TellUnthreaded(t);
  if (options.Is(OptionId::kDispatch, "goto")) return DispatchStyle::kGoto;
  if (HasAttribute(compiler, "musttail")) return DispatchStyle::kTail;
  t.progress().ClearLine();
  fmt::print(
      stderr,
      "weft: note: '--dispatch=tail' takes a C compiler with guaranteed tail calls, and '{}' "
      "has none: interpreter loops are written as with '--dispatch=goto'\n",
      compiler);
  return DispatchStyle::kGoto;
}

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
  options.gc = ChooseCollector(t.options()).name;
  options.conservative_roots = UsesConservativeRoots(t.options());
  options.cc = t.options().Text(OptionId::kCc);
  options.level = static_cast<int>(t.options().Number(OptionId::kLevel));
  options.line_directives = t.options().Flag(OptionId::kLineDirectives);
  options.dispatch = ChooseDispatch(t, options.cc);
  ErrorOr<Success> result = backend_c::WriteArtefact(t.program(), options);
  if (result.ok()) result = pending->Commit();
  if (!result.ok()) {
    t.diagnostics().Report(diag::kOutputUnwritable, folder, result.error().message());
  }
}

// The last line of a translation: what it took, and where the result is.
void PrintSummary(const Translation& translation, const std::string& result) {
  double compiling = 0;
  const char* name = "";
  for (const TaskTime& task : translation.progress().times()) {
    if (task.name != kCompileTask && task.name != kAssembleTask) continue;
    compiling = task.seconds;
    name = task.name == kCompileTask ? "C compiler" : "ilasm";
  }
  std::string compiler =
      compiling > 0 ? fmt::format(", {} {:.2f} s", name, compiling) : std::string();
  fmt::print("{}: translated in {:.2f} s with {:.0f} MB{}\n", result,
             translation.progress().TotalSeconds() - compiling,
             static_cast<double>(PeakMemory()) / 1e6, compiler);
}

// The output path: what -o says, or the program's name with what the backend's artefacts end in.
std::string OutputPath(const CommandLine& line, std::string_view ending) {
  std::string output = line.options.Text(OptionId::kOutput);
  return output.empty() ? DefaultOutput(line.operands[0]).append(ending) : output;
}

int TranslateToC(const CommandLine& line) {
  Translation translation(line);
  DiagnosticEngine& diagnostics = translation.diagnostics();
  bool only_sources = line.options.Flag(OptionId::kSource);
  std::string output = OutputPath(line, "");
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

int TranslateToJvm(const CommandLine& line) {
  Translation translation(line);
  DiagnosticEngine& diagnostics = translation.diagnostics();
  bool only_sources = line.options.Flag(OptionId::kSource);
  std::string output = OutputPath(line, ".jar");
  std::string folder = BuildFolder(output);
  if (only_sources) {
    CheckBuildFolder(folder, diagnostics);
  } else {
    CheckOutputFile(output, line.operands, diagnostics);
  }
  if (diagnostics.has_errors() || !RunPipeline(translation, Goal::kWoven)) {
    return translation.Finish();
  }
  translation.RunTask("write class files", [&] { WriteJar(translation, folder, output); });
  int code = translation.Finish();
  if (code == 0 && !line.options.Flag(OptionId::kQuiet)) {
    PrintSummary(translation, only_sources ? folder + "/" : output);
  }
  return code;
}

int TranslateToCli(const CommandLine& line) {
  Translation translation(line);
  DiagnosticEngine& diagnostics = translation.diagnostics();
  bool only_sources = line.options.Flag(OptionId::kSource);
  std::string output = OutputPath(line, ".exe");
  std::string folder = BuildFolder(output);
  if (!only_sources) CheckOutputFile(output, line.operands, diagnostics);
  if (!diagnostics.has_errors()) CheckBuildFolder(folder, diagnostics);
  if (diagnostics.has_errors() || !RunPipeline(translation, Goal::kWoven)) {
    return translation.Finish();
  }
  translation.RunTask("write IL", [&] { WriteIl(translation, folder, output); });
  if (!diagnostics.has_errors() && !only_sources) {
    translation.RunTask(kAssembleTask, [&] { Assemble(translation, folder, output); });
  }
  int code = translation.Finish();
  if (code == 0 && !line.options.Flag(OptionId::kQuiet)) {
    PrintSummary(translation, only_sources ? folder + "/" : output);
  }
  return code;
}

}  // namespace

int RunTranslate(const CommandLine& line) {
  if (line.options.Is(OptionId::kBackend, "jvm")) {
    return TranslateToJvm(line);
  }
  if (line.options.Is(OptionId::kBackend, "cli")) {
    return TranslateToCli(line);
  }
  return TranslateToC(line);
}

}  // namespace weft::driver
