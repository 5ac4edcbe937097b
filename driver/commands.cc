#include "driver/commands.h"

namespace weft::driver {

ExitCode ExitCodeFor(const DiagnosticEngine& diagnostics) {
  for (const Diagnostic& diagnostic : diagnostics.diagnostics()) {
    if (diagnostic.severity() != Severity::kError) continue;
    switch (diagnostic.kind) {
      case diag::kUnknownOption:
      case diag::kUnknownOptionValue:
      case diag::kOptionConflict:
      case diag::kOptionNotForCommand:
      case diag::kUnknownCommand:
      case diag::kBadCommandLine:
      case diag::kUnknownCode:
      case diag::kFunctionNotFound:
      case diag::kFunctionAmbiguous:
        return ExitCode::kUsage;
      case diag::kFileUnreadable:
      case diag::kOutputUnwritable:
      case diag::kOutputIsSource:
      case diag::kCompilerMissing:
      case diag::kCompilerFailed:
      case diag::kJdkMissing:
      case diag::kJdkFailed:
      case diag::kMonoMissing:
      case diag::kMonoFailed:
      case diag::kTrainingFailed:
        return ExitCode::kEnvironment;
      default:
        return ExitCode::kDiagnostics;
    }
  }
  return ExitCode::kOk;
}

const CommandInfo* FindCommand(std::string_view name) {
  for (const CommandInfo& info : kCommandTable) {
    if (info.name == name) return &info;
  }
  return nullptr;
}

}  // namespace weft::driver
