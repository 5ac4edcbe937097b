#include <fmt/format.h>

#include "driver/commands.h"

namespace weft::driver {

int RunExplain(const CommandLine& line) {
  if (line.operands.empty()) {
    for (const DiagnosticInfo& info : kDiagnosticTable) {
      fmt::print("{}  {:7}  {}\n", info.code,
                 info.severity == Severity::kError ? "error" : "warning", info.message);
    }
    return 0;
  }
  SourceFiles files;
  DiagnosticEngine diagnostics(files);
  for (const std::string& code : line.operands) {
    const DiagnosticInfo* info = FindDiagnostic(code);
    if (info == nullptr) {
      diagnostics.Report(diag::kUnknownCode, code);
      continue;
    }
    fmt::print("{}: {}\n\n{}\n", info->code, info->message, info->explanation);
  }
  fmt::print(stderr, "{}", diagnostics.Render());
  return static_cast<int>(ExitCodeFor(diagnostics));
}

int RunOptions(const CommandLine& line) {
  if (line.options.Flag(OptionId::kMarkdown)) {
    fmt::print("{}", OptionsMarkdown());
  } else {
    fmt::print("{}\nEach option has its paragraph in docs/options.md.\n", OptionsText(""));
  }
  return 0;
}

}  // namespace weft::driver
