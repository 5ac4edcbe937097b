#include "common/source_location.h"

#include <fmt/format.h>

#include <fstream>
#include <iterator>

namespace weft {

FileId SourceFiles::Add(std::string_view path) {
  // A translation has some dozen files, so a scan is as quick as a table.
  for (size_t i = 0; i < files_.size(); ++i) {
    if (files_[i].path == path) return FileId(i);
  }
  files_.push_back(File{.path = std::string(path), .text = {}, .line_starts = {}});
  return FileId(files_.size() - 1);
}

void SourceFiles::Load(const File& file) const {
  file.is_loaded = true;
  std::ifstream in(file.path, std::ios::binary);
  file.text.assign(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
  file.line_starts.push_back(0);
  for (size_t i = 0; i < file.text.size(); ++i) {
    if (file.text[i] == '\n') file.line_starts.push_back(static_cast<uint32_t>(i + 1));
  }
}

std::string_view SourceFiles::Line(FileId id, uint32_t line) const {
  const File& file = files_[id.index];
  if (!file.is_loaded) Load(file);
  if (line == 0 || line > file.line_starts.size()) return {};
  size_t start = file.line_starts[line - 1];
  size_t end = line < file.line_starts.size() ? file.line_starts[line] - 1 : file.text.size();
  return std::string_view(file.text).substr(start, end - start);
}

std::string SourceFiles::Format(const SourceLoc& loc) const {
  if (!loc.is_valid() || !loc.file.is_valid()) return "<no location>";
  return fmt::format("{}:{}:{}", Path(loc.file), loc.line, loc.column);
}

}  // namespace weft
