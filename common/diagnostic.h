#ifndef WEFT_COMMON_DIAGNOSTIC_H_
#define WEFT_COMMON_DIAGNOSTIC_H_

#include <fmt/format.h>

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/source_location.h"

namespace weft {

enum class Severity : uint8_t { kWarning, kError };

// One enumerator for every row of common/diagnostic_kinds.def.
enum class DiagnosticKind : uint16_t {
#define WEFT_DIAGNOSTIC(code, Name, severity, message, explanation) k##Name,
#include "common/diagnostic_kinds.def"
};

// What a row of the table says.
struct DiagnosticInfo {
  DiagnosticKind kind;
  Severity severity;
  // "W0101".
  std::string_view code;
  // "GotoStatement".
  std::string_view name;
  // With "{}" where arguments go.
  std::string_view message;
  std::string_view explanation;
};

inline constexpr DiagnosticInfo kDiagnosticTable[] = {
#define WEFT_DIAGNOSTIC(code, Name, severity, message, explanation) \
  {DiagnosticKind::k##Name, Severity::severity, #code, #Name, message, explanation},
#include "common/diagnostic_kinds.def"
};

constexpr const DiagnosticInfo& GetDiagnosticInfo(DiagnosticKind kind) {
  return kDiagnosticTable[static_cast<size_t>(kind)];
}

// The row of "W0101", in any case of letters; null when there is none.
const DiagnosticInfo* FindDiagnostic(std::string_view code);

// How many arguments the message of a row takes.
constexpr size_t CountArguments(std::string_view message) {
  size_t count = 0;
  for (size_t i = 0; i + 1 < message.size(); ++i) {
    if (message[i] == '{' && message[i + 1] == '}') ++count;
  }
  return count;
}

// A row as a type, so that Report can count its arguments at compile time.
template <DiagnosticKind kKind>
struct DiagnosticTag {
  constexpr operator DiagnosticKind() const { return kKind; }
};

// How the translator names a diagnostic: `diag::kGotoStatement`.
namespace diag {
#define WEFT_DIAGNOSTIC(code, Name, severity, message, explanation) \
  inline constexpr DiagnosticTag<DiagnosticKind::k##Name> k##Name;
#include "common/diagnostic_kinds.def"
}  // namespace diag

// A second place, or a second sentence, that belongs to a diagnostic.
struct DiagnosticNote {
  SourceLoc loc;
  std::string message;
};

struct Diagnostic {
  DiagnosticKind kind;
  SourceLoc loc;
  // How many bytes of the line are meant, from loc on; the caret stands under the first.
  uint32_t length = 1;
  std::string message;
  std::vector<DiagnosticNote> notes;

  Severity severity() const { return GetDiagnosticInfo(kind).severity; }
  std::string_view code() const { return GetDiagnosticInfo(kind).code; }

  // For whoever reports: `engine.Report(...).Note(where, "declared here")`.
  Diagnostic& Note(SourceLoc where, std::string text) {
    notes.push_back({where, std::move(text)});
    return *this;
  }
  Diagnostic& Length(uint32_t bytes) {
    length = bytes > 0 ? bytes : 1;
    return *this;
  }
};

// Collects what a translation has to tell its user, so that everything that is wrong is told at
// once, in the order of the source and not of the phases' work. A phase reports and goes on where
// it can; the driver asks has_errors() between phases and prints at the end.
class DiagnosticEngine {
 public:
  // The files must outlive the engine.
  explicit DiagnosticEngine(const SourceFiles& files) : files_(&files) {}
  DiagnosticEngine(const DiagnosticEngine&) = delete;
  DiagnosticEngine& operator=(const DiagnosticEngine&) = delete;

  // Reports a row of the table. The result may be given notes until the next report.
  template <DiagnosticKind kKind, typename... Args>
  Diagnostic& Report(SourceLoc loc, DiagnosticTag<kKind>, const Args&... args) {
    static_assert(CountArguments(GetDiagnosticInfo(kKind).message) == sizeof...(Args),
                  "The message has another number of {} than there are arguments");
    return Add(kKind, loc, fmt::format(fmt::runtime(GetDiagnosticInfo(kKind).message), args...));
  }
  // The same for what belongs to no place in the source.
  template <DiagnosticKind kKind, typename... Args>
  Diagnostic& Report(DiagnosticTag<kKind> tag, const Args&... args) {
    return Report(SourceLoc(), tag, args...);
  }
  // The same for a kind that a table chose; every "{}" takes one of the arguments.
  Diagnostic& ReportKind(SourceLoc loc, DiagnosticKind kind,
                         const std::vector<std::string>& arguments);

  bool has_errors() const { return error_count_ > 0; }
  size_t error_count() const { return error_count_; }
  size_t warning_count() const { return diagnostics_.size() - error_count_; }
  const std::deque<Diagnostic>& diagnostics() const { return diagnostics_; }
  const SourceFiles& files() const { return *files_; }

  // Everything that was reported, in the order of files and lines (places unknown first), each once
  // however often a template was instantiated.
  std::vector<const Diagnostic*> Sorted() const;

  // The diagnostics as the user reads them; at most `limit`, and a line that counts the others.
  std::string Render(size_t limit = 50, bool color = false) const;

 private:
  Diagnostic& Add(DiagnosticKind kind, SourceLoc loc, std::string message);

  const SourceFiles* files_;
  // A deque, so that the result of Report stays where it is.
  std::deque<Diagnostic> diagnostics_;
  size_t error_count_ = 0;
};

// One diagnostic as the user reads it, notes included:
//
//   vm.cc:12:5: error: 'goto' is not in the language [W0101]
//       goto out;
//       ^~~~
std::string RenderDiagnostic(const Diagnostic& diagnostic, const SourceFiles& files,
                             bool color = false);

}  // namespace weft

#endif  // WEFT_COMMON_DIAGNOSTIC_H_
