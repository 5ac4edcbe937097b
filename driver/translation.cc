#include "driver/translation.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "driver/nearest.h"
#include "driver/pipeline.h"

namespace weft::driver {

namespace {

namespace fs = std::filesystem;

// The launcher says where the checkout is. Without it, the tree is the one that the program stands
// in, or the current folder.
std::string FindRoot() {
  if (const char* variable = std::getenv("WEFT_ROOT")) return variable;
  std::error_code error;
  fs::path program = fs::read_symlink("/proc/self/exe", error);
  for (fs::path folder = program.parent_path(); folder.has_relative_path();
       folder = folder.parent_path()) {
    if (fs::exists(folder / "dsl" / "weft.h", error)) return folder.string();
  }
  return fs::current_path(error).string();
}

bool WantsColor(const Options& options) {
  if (!options.Is(OptionId::kColor, "auto")) return options.Is(OptionId::kColor, "always");
  return isatty(STDERR_FILENO) && std::getenv("NO_COLOR") == nullptr;
}

// The name without the types of its parameters: "f(int)" is "f", "operator()(int)" is "operator()".
std::string_view WithoutParameters(std::string_view name) {
  if (!name.ends_with(')')) return name;
  size_t open = name.rfind('(');
  if (open == std::string_view::npos || open == 0 || name.substr(open) == "()") return name;
  return name.substr(0, open);
}

bool EndsInName(std::string_view full, std::string_view name) {
  if (!full.ends_with(name)) return false;
  full.remove_suffix(name.size());
  return full.empty() || full.ends_with("::");
}

}  // namespace

Translation::Translation(const CommandLine& line)
    : line_(line),
      diagnostics_(program_.files),
      progress_(Progress::ChooseStyle(line.options.Flag(OptionId::kQuiet),
                                      line.options.Flag(OptionId::kVerbose),
                                      /*runs_program=*/line.command == "run"),
                line.options.Flag(OptionId::kVerbose), TaskCount(line.options)),
      passes_({.verify = line.options.Flag(OptionId::kVerify),
               .print_after = line.options.List(OptionId::kPrintAfter),
               .print_changed = line.options.Flag(OptionId::kPrintChanged),
               .function = {},
               .after_pass =
                   [this](const flowgraph::Pass& pass, const flowgraph::Program&) {
                     if (after_step) after_step(pass.name);
                   },
               .print =
                   [this](const std::string& text) {
                     progress_.ClearLine();
                     fmt::print(stderr, "{}", text);
                   }}),
      root_(FindRoot()) {}

bool Translation::uses_color() const { return WantsColor(options()); }

void Translation::AfterPhase(std::string_view phase) {
  passes_.After(phase, program_);
  if (after_step) after_step(phase);
}

bool Translation::RunTask(std::string_view name, const std::function<void()>& task) {
  progress_.Begin(name);
  task();
  progress_.End();
  ProgramSize& size = sizes.emplace_back();
  size.task = name;
  for (const auto& function : program_.functions) {
    if (function->graph.empty()) continue;
    ++size.functions;
    size.blocks += function->graph.blocks().size();
    for (const flowgraph::Block& block : function->graph.blocks()) {
      size.operations += block.ops.size();
    }
  }
  return !has_failed && !diagnostics_.has_errors();
}

int Translation::Finish() {
  progress_.ClearLine();
  fmt::print(stderr, "{}{}", clang_messages,
             diagnostics_.Render(static_cast<size_t>(options().Number(OptionId::kMaxErrors)),
                                 uses_color()));
  std::fflush(stderr);
  int code = static_cast<int>(ExitCodeFor(diagnostics_));
  return code == 0 && has_failed ? static_cast<int>(ExitCode::kDiagnostics) : code;
}

size_t CountFunctions(const flowgraph::Program& program) {
  size_t count = 0;
  for (const auto& function : program.functions) count += !function->graph.empty();
  return count;
}

std::vector<FunctionId> FindFunctions(const flowgraph::Program& program, std::string_view name,
                                      DiagnosticEngine& diagnostics, bool with_removed) {
  std::vector<FunctionId> exact;
  std::vector<FunctionId> ending;
  std::vector<std::string> names;
  bool is_removed = false;
  for (size_t i = 0; i < program.functions.size(); ++i) {
    const flowgraph::FunctionInfo& function = *program.functions[i];
    names.push_back(function.name);
    if (!EndsInName(function.name, name) && !EndsInName(WithoutParameters(function.name), name)) {
      continue;
    }
    if (function.graph.empty() && !with_removed) {
      is_removed = true;
      continue;
    }
    (function.name == name ? exact : ending).push_back(FunctionId(i));
  }
  if (!exact.empty()) return exact;
  if (ending.empty()) {
    diagnostics.Report(diag::kFunctionNotFound, name,
                       is_removed ? " at this stage: it is never called, or became part of its "
                                    "callers (--stage=source has it)"
                                  : DidYouMean(name, names));
  }
  return ending;
}

}  // namespace weft::driver
