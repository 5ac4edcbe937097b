#include "common/diagnostic.h"

#include <algorithm>
#include <cctype>
#include <tuple>

#include "common/check.h"

namespace weft {

namespace {

// The escape sequences that colour a terminal, or nothing.
struct Palette {
  explicit Palette(bool color)
      : bold(color ? "\033[1m" : ""),
        red(color ? "\033[1;31m" : ""),
        magenta(color ? "\033[1;35m" : ""),
        cyan(color ? "\033[1;36m" : ""),
        green(color ? "\033[1;32m" : ""),
        reset(color ? "\033[0m" : "") {}

  std::string_view bold, red, magenta, cyan, green, reset;
};

// A source line is cut here: nobody reads the rest of it in a message.
constexpr size_t kMaxLineShown = 160;

// Tabs become one space, so that the caret stands where it should; other control characters, which
// a broken file may hold, become question marks and cannot disturb the terminal.
std::string Printable(std::string_view line) {
  std::string result;
  for (char c : line) {
    bool control = static_cast<unsigned char>(c) < 32 || c == 127;
    result.push_back(c == '\t' ? ' ' : control ? '?' : c);
  }
  return result;
}

// The source line and the caret under it; nothing where the line is unknown.
void AppendSnippet(std::string& out, SourceLoc loc, uint32_t length, const SourceFiles& files,
                   const Palette& palette) {
  if (!loc.file.is_valid() || loc.line == 0 || loc.column == 0) return;
  std::string_view line = files.Line(loc.file, loc.line);
  size_t column = loc.column - 1;
  if (line.empty() || column > line.size()) return;
  // A very long line is shown around the caret.
  size_t start =
      column > kMaxLineShown / 2 && line.size() > kMaxLineShown ? column - kMaxLineShown / 2 : 0;
  std::string_view shown = line.substr(start, kMaxLineShown);
  // Continuation bytes of UTF-8 take no column of the screen.
  size_t indent = 0;
  for (char c : shown.substr(0, column - start)) indent += (c & 0xc0) != 0x80;
  size_t rest = shown.size() > column - start ? shown.size() - (column - start) : 1;
  size_t tildes = std::min<size_t>(length, rest) - 1;
  out += fmt::format("    {}\n    {}{}^{}{}\n", Printable(shown), std::string(indent, ' '),
                     palette.green, std::string(tildes, '~'), palette.reset);
}

}  // namespace

const DiagnosticInfo* FindDiagnostic(std::string_view code) {
  std::string upper(code);
  for (char& c : upper) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  for (const DiagnosticInfo& info : kDiagnosticTable) {
    if (info.code == upper) return &info;
  }
  return nullptr;
}

Diagnostic& DiagnosticEngine::Add(DiagnosticKind kind, SourceLoc loc, std::string message) {
  Diagnostic& diagnostic = diagnostics_.emplace_back();
  diagnostic.kind = kind;
  diagnostic.loc = loc;
  diagnostic.message = std::move(message);
  if (diagnostic.severity() == Severity::kError) ++error_count_;
  return diagnostic;
}

Diagnostic& DiagnosticEngine::ReportKind(SourceLoc loc, DiagnosticKind kind,
                                         const std::vector<std::string>& arguments) {
  std::string_view rest = GetDiagnosticInfo(kind).message;
  WEFT_CHECK(CountArguments(rest) == arguments.size(), "'{}' with {} arguments", rest,
             arguments.size());
  std::string message;
  for (const std::string& argument : arguments) {
    size_t hole = rest.find("{}");
    message += rest.substr(0, hole);
    message += argument;
    rest.remove_prefix(hole + 2);
  }
  message += rest;
  return Add(kind, loc, std::move(message));
}

std::vector<const Diagnostic*> DiagnosticEngine::Sorted() const {
  std::vector<const Diagnostic*> sorted;
  sorted.reserve(diagnostics_.size());
  for (const Diagnostic& diagnostic : diagnostics_) sorted.push_back(&diagnostic);
  // The file that names no file has the largest index, but comes first.
  auto key = [](const Diagnostic* d) {
    return std::tuple(d->loc.file.index + 1, d->loc.line, d->loc.column);
  };
  std::stable_sort(sorted.begin(), sorted.end(),
                   [&](const Diagnostic* a, const Diagnostic* b) { return key(a) < key(b); });
  std::vector<const Diagnostic*> unique;
  size_t group = 0;
  for (const Diagnostic* diagnostic : sorted) {
    if (!unique.empty() && unique.back()->loc != diagnostic->loc) group = unique.size();
    bool seen = std::any_of(unique.begin() + group, unique.end(), [&](const Diagnostic* other) {
      return other->kind == diagnostic->kind && other->message == diagnostic->message;
    });
    // What names no place is told as often as it was said.
    if (!seen || !diagnostic->loc.file.is_valid()) unique.push_back(diagnostic);
  }
  return unique;
}

std::string DiagnosticEngine::Render(size_t limit, bool color) const {
  std::vector<const Diagnostic*> sorted = Sorted();
  std::string out;
  for (size_t i = 0; i < std::min(limit, sorted.size()); ++i) {
    out += RenderDiagnostic(*sorted[i], *files_, color);
  }
  if (sorted.size() > limit) {
    out += fmt::format("weft: {} more diagnostics are not shown (--max-errors)\n",
                       sorted.size() - limit);
  }
  return out;
}

std::string RenderDiagnostic(const Diagnostic& diagnostic, const SourceFiles& files, bool color) {
  Palette palette(color);
  bool is_error = diagnostic.severity() == Severity::kError;
  auto place = [&](SourceLoc loc) { return loc.file.is_valid() ? files.Format(loc) : "weft"; };
  std::string out = fmt::format("{}{}: {}{}: {}{}{} [{}]{}\n", palette.bold, place(diagnostic.loc),
                                is_error ? palette.red : palette.magenta,
                                is_error ? "error" : "warning", palette.reset, palette.bold,
                                diagnostic.message, diagnostic.code(), palette.reset);
  AppendSnippet(out, diagnostic.loc, diagnostic.length, files, palette);
  for (const DiagnosticNote& note : diagnostic.notes) {
    out += fmt::format("{}{}: {}note: {}{}\n", palette.bold, place(note.loc), palette.cyan,
                       palette.reset, note.message);
    AppendSnippet(out, note.loc, 1, files, palette);
  }
  return out;
}

}  // namespace weft
