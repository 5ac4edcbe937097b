#ifndef WEFT_DRIVER_COMMAND_LINE_H_
#define WEFT_DRIVER_COMMAND_LINE_H_

#include <optional>
#include <string>
#include <vector>

#include "common/diagnostic.h"
#include "driver/commands.h"

namespace weft::driver {

// Takes the arguments after the program's name apart, by the tables of options and commands. What
// is wrong with them is reported. `--help` and `--version`, anywhere, leave the text to print in
// `help` instead; with either, there is no result.
std::optional<CommandLine> ParseCommandLine(const std::vector<std::string>& arguments,
                                            DiagnosticEngine& diagnostics, std::string& help);

}  // namespace weft::driver

#endif  // WEFT_DRIVER_COMMAND_LINE_H_
