#include <fmt/format.h>

#include <string>
#include <vector>

#include "common/check.h"
#include "common/diagnostic.h"
#include "driver/command_line.h"
#include "driver/commands.h"

namespace weft::driver {
namespace {

int Run(const CommandLine& line) {
#define WEFT_COMMAND(Name, name, ...) \
  if (line.command == name) return Run##Name(line);
#include "driver/commands.def"
  WEFT_FATAL("command {}", line.command);
}

}  // namespace
}  // namespace weft::driver

int main(int argc, char** argv) {
  using weft::driver::CommandLine;
  weft::SourceFiles files;
  weft::DiagnosticEngine diagnostics(files);
  std::string help;
  std::vector<std::string> arguments(argv + 1, argv + argc);
  std::optional<CommandLine> line = weft::driver::ParseCommandLine(arguments, diagnostics, help);
  if (line.has_value()) return weft::driver::Run(*line);
  if (diagnostics.has_errors()) {
    fmt::print(stderr, "{}", diagnostics.Render());
    return static_cast<int>(weft::driver::ExitCodeFor(diagnostics));
  }
  fmt::print("{}", help);
  return 0;
}
