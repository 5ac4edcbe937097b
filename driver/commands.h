#ifndef WEFT_DRIVER_COMMANDS_H_
#define WEFT_DRIVER_COMMANDS_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/diagnostic.h"
#include "driver/options.h"

namespace weft::driver {

enum class ExitCode : uint8_t {
#define WEFT_EXIT_CODE(Name, code, sentence) k##Name = code,
#include "driver/exit_codes.def"
};

struct ExitCodeInfo {
  ExitCode code;
  std::string_view sentence;
};

inline constexpr ExitCodeInfo kExitCodeTable[] = {
#define WEFT_EXIT_CODE(Name, code, sentence) {ExitCode::k##Name, sentence},
#include "driver/exit_codes.def"
};

// The exit code for what was reported: the user's program is at fault, the command line, or the
// machine. The first error decides.
ExitCode ExitCodeFor(const DiagnosticEngine& diagnostics);

// A command line, taken apart.
struct CommandLine {
  // "translate", one of kCommandTable.
  std::string command;
  // The C++ files; for `explain`, the codes.
  std::vector<std::string> operands;
  // `weft run ... -- these`.
  std::vector<std::string> program_arguments;
  // `weft report --gc`, without the name of a collector.
  bool wants_gc_report = false;
  Options options;
};

// A row of driver/commands.def.
struct CommandInfo {
  std::string_view name;
  std::string_view synopsis;
  std::string_view sentence;
  int min_operands;
  int max_operands;
};

inline constexpr CommandInfo kCommandTable[] = {
#define WEFT_COMMAND(Name, ...) {__VA_ARGS__},
#include "driver/commands.def"
};

// One function for each command; it returns what main() returns.
#define WEFT_COMMAND(Name, ...) int Run##Name(const CommandLine& line);
#include "driver/commands.def"

const CommandInfo* FindCommand(std::string_view name);

}  // namespace weft::driver

#endif  // WEFT_DRIVER_COMMANDS_H_
