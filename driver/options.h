#ifndef WEFT_DRIVER_OPTIONS_H_
#define WEFT_DRIVER_OPTIONS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/diagnostic.h"

// The options of the `weft` command as data: driver/options.def is the table, and the command line,
// the help, docs/options.md and the checks of values are made from it.
namespace weft::driver {

enum class OptionKind : uint8_t { kFlag, kChoice, kNumber, kText, kList };

enum class OptionId : uint8_t {
#define WEFT_OPTION(Name, ...) k##Name,
#include "driver/options.def"
};

// A row of the table; driver/options.def says what each column means.
struct OptionInfo {
  OptionId id;
  std::string_view flag;
  std::string_view letter;
  OptionKind kind;
  std::string_view values;
  std::string_view default_value;
  std::string_view by_level;
  std::string_view commands;
  std::string_view requires_value;
  std::string_view suggests;
  std::string_view sentence;
  std::string_view documentation;

  bool IsFor(std::string_view command) const;
};

inline constexpr OptionInfo kOptionTable[] = {
#define WEFT_OPTION(Name, flag, letter, kind, values, default_value, by_level, commands, \
                    requires_, suggests, sentence, documentation)                        \
  {OptionId::k##Name, flag,     letter,    OptionKind::kind, values,   default_value,    \
   by_level,          commands, requires_, suggests,         sentence, documentation},
#include "driver/options.def"
};

inline constexpr size_t kOptionCount = std::size(kOptionTable);

constexpr const OptionInfo& GetOptionInfo(OptionId id) {
  return kOptionTable[static_cast<size_t>(id)];
}

// The row of a flag; null when there is none.
const OptionInfo* FindOption(std::string_view flag);

// The words of a column: "a b c".
std::vector<std::string> SplitWords(std::string_view words);

// One value for each option, given or by default. A value that was set is one that its option
// allows, so the getters cannot fail.
class Options {
 public:
  bool Flag(OptionId id) const;
  int64_t Number(OptionId id) const;
  const std::string& Text(OptionId id) const;
  const std::vector<std::string>& List(OptionId id) const;
  // Whether a choice has this value, which must be one of its values.
  bool Is(OptionId id, std::string_view value) const;

  // Whether the user gave it.
  bool IsGiven(OptionId id) const { return given_[static_cast<size_t>(id)]; }

  // Takes a value from the user; reports W0502 when the option does not allow it.
  bool Set(OptionId id, std::string_view value, DiagnosticEngine& diagnostics);

  // To be called once, when all values are set: gives the others their defaults, by level where the
  // table says so, and reports W0503 for what contradicts. False when something does.
  bool Complete(DiagnosticEngine& diagnostics);

 private:
  // Makes "flag=value" hold for an option that needs it; reports W0503 when it cannot.
  bool Require(const OptionInfo& info, std::string_view requirement, DiagnosticEngine& diagnostics);

  std::array<std::vector<std::string>, kOptionCount> values_;
  std::array<bool, kOptionCount> given_{};
};

// What docs/options.md holds.
std::string OptionsMarkdown();

// The options as `weft options` lists them; those of one command when it is not empty.
std::string OptionsText(std::string_view command);

}  // namespace weft::driver

#endif  // WEFT_DRIVER_OPTIONS_H_
