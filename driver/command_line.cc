#include "driver/command_line.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <utility>

#include "driver/nearest.h"

namespace weft::driver {

namespace {

constexpr std::string_view kVersion = "weft 0.1\n";

std::string GeneralHelp() {
  std::string text =
      "Weft translates interpreters written in restricted C++ to standalone programs.\n\n";
  for (const CommandInfo& command : kCommandTable) {
    text += fmt::format("  weft {}\n      {}\n", command.synopsis, command.sentence);
  }
  text +=
      "\n  weft COMMAND --help\n      Explains the options of a command\n"
      "  weft --version\n      Prints the version\n\nExit codes:\n";
  for (const ExitCodeInfo& info : kExitCodeTable) {
    text += fmt::format("  {:<4}{}\n", static_cast<int>(info.code), info.sentence);
  }
  return text;
}

std::string CommandHelp(const CommandInfo& command) {
  std::string options = OptionsText(command.name);
  return fmt::format(
      "usage: weft {}\n\n{}.\n{}{}{}", command.synopsis, command.sentence,
      options.empty() ? "" : "\n", options,
      options.empty() ? "" : "\nEach option has its paragraph in docs/options.md.\n");
}

bool Contains(const std::vector<std::string>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// Reports an argument that looks like an option and is none of the command's.
void ReportUnknownOption(std::string_view argument, const CommandInfo& command,
                         DiagnosticEngine& diagnostics) {
  std::string flag(argument.substr(0, argument.find('=')));
  std::string_view name =
      std::string_view(flag).substr(std::min(flag.find_first_not_of('-'), flag.size()));
  if (flag.starts_with("--") && FindOption(name) != nullptr) {
    diagnostics.Report(diag::kOptionNotForCommand, command.name, flag);
    return;
  }
  std::vector<std::string> flags = {"help"};
  for (const OptionInfo& info : kOptionTable) {
    if (info.IsFor(command.name)) flags.emplace_back(info.flag);
  }
  diagnostics.Report(diag::kUnknownOption, flag, DidYouMean(name, flags, "--"));
}

// CLI11 splits the arguments into the options' values, which are set, and operands.
bool ParseWithCli11(const CommandInfo& command, std::vector<std::string> arguments,
                    CommandLine& line, DiagnosticEngine& diagnostics) {
  CLI::App app;
  app.set_help_flag();
  app.allow_extras();
  std::vector<std::pair<OptionId, CLI::Option*>> added;
  for (const OptionInfo& info : kOptionTable) {
    if (!info.IsFor(command.name)) continue;
    std::string names =
        fmt::format("{}{}--{}", info.letter.empty() ? "" : "-", info.letter, info.flag);
    if (!info.letter.empty()) names.insert(2, ",");
    CLI::Option* option;
    if (info.kind == OptionKind::kFlag) {
      option = app.add_flag(names);
    } else {
      option = app.add_option(names)->expected(1);
    }
    option->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    added.emplace_back(info.id, option);
  }
  try {
    // CLI11 takes the arguments from the end.
    std::reverse(arguments.begin(), arguments.end());
    app.parse(std::move(arguments));
  } catch (const CLI::ParseError& error) {
    diagnostics.Report(diag::kBadCommandLine, error.what());
    return false;
  }
  bool good = true;
  for (const std::string& argument : app.remaining()) {
    if (argument.size() > 1 && argument[0] == '-') {
      ReportUnknownOption(argument, command, diagnostics);
      good = false;
    } else {
      line.operands.push_back(argument);
    }
  }
  for (auto [id, option] : added) {
    for (const std::string& value : option->results()) {
      good = line.options.Set(id, value, diagnostics) && good;
    }
  }
  return good;
}

// Takes the `--gc` without a collector out, by which `weft report` shows what the program tells the
// collector. True if there was one.
bool TakeBareGc(std::vector<std::string>& arguments) {
  std::vector<std::string> collectors = SplitWords(GetOptionInfo(OptionId::kGc).values);
  for (size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i] != "--gc") continue;
    if (i + 1 < arguments.size() && Contains(collectors, arguments[i + 1])) continue;
    arguments.erase(arguments.begin() + static_cast<ptrdiff_t>(i));
    return true;
  }
  return false;
}

}  // namespace

std::optional<CommandLine> ParseCommandLine(const std::vector<std::string>& arguments,
                                            DiagnosticEngine& diagnostics, std::string& help) {
  // What follows `--` belongs to the program that is run, or is a file whatever it looks like.
  auto dashes = std::find(arguments.begin(), arguments.end(), "--");
  std::vector<std::string> own(arguments.begin(), dashes);
  std::vector<std::string> behind(dashes == arguments.end() ? dashes : dashes + 1, arguments.end());
  if (Contains(own, "--version")) {
    help = kVersion;
    return std::nullopt;
  }
  bool wants_help = Contains(own, "--help") || Contains(own, "-h");
  if (own.empty() || (wants_help && own[0].starts_with("-")) || own[0] == "help") {
    help = GeneralHelp();
    return std::nullopt;
  }
  const CommandInfo* command = FindCommand(own[0]);
  if (command == nullptr) {
    std::vector<std::string> names;
    for (const CommandInfo& info : kCommandTable) names.emplace_back(info.name);
    diagnostics.Report(diag::kUnknownCommand, own[0], DidYouMean(own[0], names));
    return std::nullopt;
  }
  if (wants_help) {
    help = CommandHelp(*command);
    return std::nullopt;
  }
  CommandLine line;
  line.command = own[0];
  own.erase(own.begin());
  line.wants_gc_report = line.command == "report" && TakeBareGc(own);
  bool good = ParseWithCli11(*command, std::move(own), line, diagnostics);
  std::vector<std::string>& taker = line.command == "run" ? line.program_arguments : line.operands;
  taker.insert(taker.end(), behind.begin(), behind.end());
  good = good && line.options.Complete(diagnostics);
  int count = static_cast<int>(line.operands.size());
  if (good && count < command->min_operands) {
    diagnostics.Report(diag::kBadCommandLine, fmt::format("'weft {}' needs a file: weft {}",
                                                          command->name, command->synopsis));
    good = false;
  } else if (good && command->max_operands >= 0 && count > command->max_operands) {
    diagnostics.Report(diag::kBadCommandLine,
                       fmt::format("'weft {}' does not take '{}'", command->name,
                                   line.operands[command->max_operands]));
    good = false;
  }
  if (!good) return std::nullopt;
  return line;
}

}  // namespace weft::driver
