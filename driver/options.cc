#include "driver/options.h"

#include <algorithm>
#include <charconv>

#include "common/check.h"
#include "driver/commands.h"
#include "driver/nearest.h"

namespace weft::driver {

namespace {

bool ParseNumber(std::string_view text, int64_t& number) {
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() && !text.empty();
}

// The bounds of a number's "0..3".
std::pair<int64_t, int64_t> Bounds(const OptionInfo& info) {
  size_t dots = info.values.find("..");
  std::pair<int64_t, int64_t> bounds;
  WEFT_CHECK(dots != std::string_view::npos &&
                 ParseNumber(info.values.substr(0, dots), bounds.first) &&
                 ParseNumber(info.values.substr(dots + 2), bounds.second),
             "--{} has the values '{}'", info.flag, info.values);
  return bounds;
}

// Empty when the option allows the value; otherwise the end of a sentence that says what it allows.
std::string WhyNot(const OptionInfo& info, std::string_view value) {
  switch (info.kind) {
    case OptionKind::kText:
    case OptionKind::kList:
      return value.empty() ? fmt::format(", it needs a {}", info.values) : "";
    case OptionKind::kNumber: {
      auto [low, high] = Bounds(info);
      int64_t number;
      bool good = ParseNumber(value, number) && number >= low && number <= high;
      return good ? "" : fmt::format(", it takes a number from {} to {}", low, high);
    }
    case OptionKind::kFlag:
      return value == "true" || value == "false" ? "" : ", it takes 'true' or 'false'";
    case OptionKind::kChoice: {
      std::vector<std::string> words = SplitWords(info.values);
      if (std::find(words.begin(), words.end(), value) != words.end()) return "";
      std::string near = DidYouMean(value, words);
      return near.empty() ? fmt::format(", it takes one of: {}", fmt::join(words, ", ")) : near;
    }
  }
  WEFT_FATAL("kind of --{}", info.flag);
}

// "--gc=GC" and the like, as the left column of a list.
std::string Synopsis(const OptionInfo& info) {
  std::string text = info.letter.empty() ? "    " : fmt::format("-{}, ", info.letter);
  text += fmt::format("--{}", info.flag);
  if (info.kind == OptionKind::kChoice) {
    text += fmt::format("={}", fmt::join(SplitWords(info.values), "|"));
  } else if (info.kind != OptionKind::kFlag) {
    text += fmt::format("={}", info.kind == OptionKind::kNumber ? "N" : info.values);
  }
  return text;
}

std::string DefaultText(const OptionInfo& info) {
  if (!info.by_level.empty()) {
    std::string text;
    std::vector<std::string> words = SplitWords(info.by_level);
    for (size_t i = 0; i < words.size(); ++i) {
      text += fmt::format("{}`{}` at -O{}", i == 0 ? "" : ", ", words[i], i);
    }
    return text;
  }
  if (info.kind == OptionKind::kList || info.default_value.empty()) return "none";
  return fmt::format("`{}`", info.default_value);
}

}  // namespace

bool OptionInfo::IsFor(std::string_view command) const {
  std::vector<std::string> words = SplitWords(commands);
  return std::find(words.begin(), words.end(), command) != words.end();
}

const OptionInfo* FindOption(std::string_view flag) {
  for (const OptionInfo& info : kOptionTable) {
    if (info.flag == flag) return &info;
  }
  return nullptr;
}

std::vector<std::string> SplitWords(std::string_view words) {
  std::vector<std::string> result;
  while (!words.empty()) {
    size_t end = std::min(words.find(' '), words.size());
    if (end > 0) result.emplace_back(words.substr(0, end));
    words.remove_prefix(std::min(end + 1, words.size()));
  }
  return result;
}

bool Options::Flag(OptionId id) const {
  WEFT_CHECK(GetOptionInfo(id).kind == OptionKind::kFlag);
  return Text(id) == "true";
}

int64_t Options::Number(OptionId id) const {
  int64_t number = 0;
  WEFT_CHECK(ParseNumber(Text(id), number), "--{}={}", GetOptionInfo(id).flag, Text(id));
  return number;
}

const std::string& Options::Text(OptionId id) const {
  const std::vector<std::string>& values = values_[static_cast<size_t>(id)];
  WEFT_CHECK(values.size() == 1, "--{} has {} values", GetOptionInfo(id).flag, values.size());
  return values[0];
}

const std::vector<std::string>& Options::List(OptionId id) const {
  WEFT_CHECK(GetOptionInfo(id).kind == OptionKind::kList);
  return values_[static_cast<size_t>(id)];
}

bool Options::Is(OptionId id, std::string_view value) const {
  WEFT_CHECK(WhyNot(GetOptionInfo(id), value).empty(), "--{} cannot be '{}'",
             GetOptionInfo(id).flag, value);
  return Text(id) == value;
}

bool Options::Set(OptionId id, std::string_view value, DiagnosticEngine& diagnostics) {
  const OptionInfo& info = GetOptionInfo(id);
  if (std::string why_not = WhyNot(info, value); !why_not.empty()) {
    diagnostics.Report(diag::kUnknownOptionValue, fmt::format("--{}", info.flag), value, why_not);
    return false;
  }
  std::vector<std::string>& values = values_[static_cast<size_t>(id)];
  // The last one counts, as in every compiler, so that a script can append to its user's options.
  if (info.kind != OptionKind::kList) values.clear();
  values.emplace_back(value);
  given_[static_cast<size_t>(id)] = true;
  return true;
}

bool Options::Complete(DiagnosticEngine& diagnostics) {
  std::vector<std::string>& level = values_[static_cast<size_t>(OptionId::kLevel)];
  if (level.empty()) level.emplace_back(GetOptionInfo(OptionId::kLevel).default_value);
  for (const OptionInfo& info : kOptionTable) {
    std::vector<std::string>& values = values_[static_cast<size_t>(info.id)];
    if (info.kind == OptionKind::kList || !values.empty()) continue;
    values.push_back(info.by_level.empty() ? std::string(info.default_value)
                                           : SplitWords(info.by_level)[Number(OptionId::kLevel)]);
  }
  bool good = true;
  for (const OptionInfo& info : kOptionTable) {
    if (!IsGiven(info.id)) continue;
    if (info.kind == OptionKind::kFlag && Text(info.id) == info.default_value) continue;
    for (const std::string& requirement : SplitWords(info.requires_value)) {
      good &= Require(info, requirement, diagnostics);
    }
  }
  return good;
}

bool Options::Require(const OptionInfo& info, std::string_view requirement,
                      DiagnosticEngine& diagnostics) {
  size_t equals = requirement.find('=');
  const OptionInfo& other = *FindOption(requirement.substr(0, equals));
  std::string_view value = requirement.substr(equals + 1);
  std::string& actual = values_[static_cast<size_t>(other.id)][0];
  if (actual == value) return true;
  if (!IsGiven(other.id)) {
    actual = value;
    return true;
  }
  diagnostics.Report(diag::kOptionConflict, fmt::format("--{}", info.flag),
                     fmt::format("--{}", requirement),
                     fmt::format(", but '--{}={}' was given", other.flag, actual));
  return false;
}

std::string OptionsMarkdown() {
  std::string text =
      "# Options\n\n"
      "Generated from `driver/options.def` by `./weft options --markdown`; change it there.\n\n"
      "| command | what it does |\n|---|---|\n";
  for (const CommandInfo& command : kCommandTable) {
    text += fmt::format("| `weft {}` | {} |\n", command.synopsis, command.sentence);
  }
  text += "\n## Exit codes\n| code | meaning |\n|---|---|\n";
  for (const ExitCodeInfo& info : kExitCodeTable) {
    text += fmt::format("| {} | {} |\n", static_cast<int>(info.code), info.sentence);
  }
  for (const OptionInfo& info : kOptionTable) {
    text += fmt::format("\n## --{}\n", info.flag);
    text += fmt::format("{}.\n\n{}\n\n", info.sentence, info.documentation);
    if (!info.letter.empty()) text += fmt::format("- Short: `-{}`\n", info.letter);
    if (info.kind == OptionKind::kChoice) {
      text += fmt::format("- Values: `{}`\n", fmt::join(SplitWords(info.values), "`, `"));
    } else if (info.kind == OptionKind::kNumber) {
      text += fmt::format("- Values: {} to {}\n", Bounds(info).first, Bounds(info).second);
    } else if (info.kind == OptionKind::kList) {
      text += "- May be given several times\n";
    }
    text += fmt::format("- Default: {}\n", DefaultText(info));
    text += fmt::format("- Commands: `{}`\n", fmt::join(SplitWords(info.commands), "`, `"));
    if (!info.requires_value.empty()) {
      text +=
          fmt::format("- Needs: `--{}`\n", fmt::join(SplitWords(info.requires_value), "`, `--"));
    }
    if (!info.suggests.empty()) {
      text +=
          fmt::format("- Goes well with: `--{}`\n", fmt::join(SplitWords(info.suggests), "`, `--"));
    }
  }
  return text;
}

std::string OptionsText(std::string_view command) {
  std::string text;
  for (const OptionInfo& info : kOptionTable) {
    if (!command.empty() && !info.IsFor(command)) continue;
    std::string left = Synopsis(info);
    // A synopsis that is too long for its column gets a line of its own.
    if (left.size() > 34) left += fmt::format("\n{:38}", "");
    std::string by_default;
    if (!info.by_level.empty()) {
      by_default = fmt::format(" (at -O0..-O3: {})", info.by_level);
    } else if (info.kind != OptionKind::kFlag && !info.default_value.empty()) {
      by_default = fmt::format(" ({})", info.default_value);
    }
    text += fmt::format("  {:36}{}{}\n", left, info.sentence, by_default);
  }
  return text;
}

}  // namespace weft::driver
