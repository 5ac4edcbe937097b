#ifndef WEFT_COMMON_SOURCE_LOCATION_H_
#define WEFT_COMMON_SOURCE_LOCATION_H_

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "common/typed_id.h"

namespace weft {

struct SourceFile;
using FileId = TypedId<SourceFile>;

// A place in the user's source: lines and columns count from 1, columns in bytes. Line 0 means "no
// place"; with a file, it means the file as a whole. Every operation of every graph
// carries one, to the end, so it is small and holds no text; SourceFiles knows the rest.
struct SourceLoc {
  FileId file;
  uint32_t line = 0;
  uint16_t column = 0;

  constexpr SourceLoc() = default;
  constexpr SourceLoc(FileId f, uint32_t l, uint32_t c)
      : file(f), line(l), column(c > 0xffff ? 0xffff : static_cast<uint16_t>(c)) {}

  constexpr bool is_valid() const { return line != 0; }
  friend constexpr auto operator<=>(SourceLoc, SourceLoc) = default;

  template <typename H>
  friend H AbslHashValue(H state, SourceLoc loc) {
    return H::combine(std::move(state), loc.file, loc.line, loc.column);
  }
};

// One file of the user's program.
struct SourceFile {
  // As the user or an #include named it; what messages print.
  std::string path;
  std::string text;
  // Where each line starts in the text.
  std::vector<uint32_t> line_starts;
};

// The files that locations name. A file is added by path; its text is read from the disk when
// somebody first asks for a line of it, unless it was given. A file that cannot be read has no
// lines, which costs a message its source line and nothing else.
class SourceFiles {
 public:
  SourceFiles() = default;
  SourceFiles(const SourceFiles&) = delete;
  SourceFiles& operator=(const SourceFiles&) = delete;
  SourceFiles(SourceFiles&&) = default;
  SourceFiles& operator=(SourceFiles&&) = default;

  // The id of the path; the same path gets the same id.
  FileId Add(std::string_view path);
  // The same, with its text, which is not read again.
  FileId Add(std::string_view path, std::string text);
  // The id of a path that was added.
  std::optional<FileId> Find(std::string_view path) const;

  size_t size() const { return files_.size(); }
  const std::string& Path(FileId file) const;
  // The text of a line without its end; empty when there is no such line.
  std::string_view Line(FileId file, uint32_t line) const;

  // "path:line:column", "path" without a line, "<no location>" without a file.
  std::string Format(SourceLoc loc) const;

 private:
  struct Entry {
    mutable SourceFile file;
    mutable bool has_text = false;
  };

  const SourceFile& Loaded(FileId file) const;

  std::vector<Entry> files_;
  std::unordered_map<std::string, FileId> ids_;
};

}  // namespace weft

template <>
struct std::hash<weft::SourceLoc> {
  size_t operator()(weft::SourceLoc loc) const noexcept {
    uint64_t h = (uint64_t{loc.file.index} << 48) ^ (uint64_t{loc.line} << 16) ^ loc.column;
    return static_cast<size_t>(h * 0x9e3779b97f4a7c15u);
  }
};

#endif  // WEFT_COMMON_SOURCE_LOCATION_H_
