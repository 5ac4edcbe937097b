#ifndef WEFT_COMMON_SOURCE_LOCATION_H_
#define WEFT_COMMON_SOURCE_LOCATION_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/typed_id.h"

namespace weft {

using FileId = TypedId<struct FileTag>;

// A place in a source file. Line and column count from 1; line 0 means "no place".
struct SourceLoc {
  FileId file;
  uint32_t line = 0;
  uint32_t column = 0;

  bool is_valid() const { return line != 0; }
  friend bool operator==(const SourceLoc&, const SourceLoc&) = default;
  friend auto operator<=>(const SourceLoc&, const SourceLoc&) = default;
};

// The source files of a translation, by the path that messages show. Their text is read when a
// message first quotes a line.
class SourceFiles {
 public:
  // Returns the id of the file with this path, adding it when it is new.
  FileId Add(std::string_view path);
  const std::string& Path(FileId id) const { return files_[id.index].path; }
  // The text of a line without its newline; empty when the file cannot be read or is shorter.
  std::string_view Line(FileId id, uint32_t line) const;
  size_t size() const { return files_.size(); }
  // "path:line:column", or "<no location>".
  std::string Format(const SourceLoc& loc) const;

 private:
  struct File {
    std::string path;
    mutable bool is_loaded = false;
    mutable std::string text;
    mutable std::vector<uint32_t> line_starts;
  };
  void Load(const File& file) const;

  std::vector<File> files_;
};

}  // namespace weft

#endif  // WEFT_COMMON_SOURCE_LOCATION_H_
