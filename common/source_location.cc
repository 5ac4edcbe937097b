#include "common/source_location.h"

#include <fmt/format.h>

#include "common/check.h"
#include "common/file.h"

namespace weft {

FileId SourceFiles::Add(std::string_view path) {
  auto [it, inserted] = ids_.try_emplace(std::string(path), FileId(files_.size()));
  if (inserted) {
    files_.emplace_back();
    files_.back().file.path = std::string(path);
  }
  return it->second;
}

FileId SourceFiles::Add(std::string_view path, std::string text) {
  FileId id = Add(path);
  SourceFile& file = files_[id.index].file;
  file.text = std::move(text);
  file.line_starts.clear();
  files_[id.index].has_text = true;
  return id;
}

std::optional<FileId> SourceFiles::Find(std::string_view path) const {
  auto it = ids_.find(std::string(path));
  if (it == ids_.end()) return std::nullopt;
  return it->second;
}

const std::string& SourceFiles::Path(FileId file) const {
  WEFT_CHECK(file.index < files_.size(), "file {} of {}", file.index, files_.size());
  return files_[file.index].file.path;
}

const SourceFile& SourceFiles::Loaded(FileId id) const {
  WEFT_CHECK(id.index < files_.size(), "file {} of {}", id.index, files_.size());
  const Entry& entry = files_[id.index];
  SourceFile& file = entry.file;
  if (!entry.has_text) {
    entry.has_text = true;
    if (ErrorOr<std::string> text = ReadFile(file.path); text.ok()) file.text = *std::move(text);
  }
  if (file.line_starts.empty()) {
    file.line_starts.push_back(0);
    for (size_t i = 0; i < file.text.size(); ++i) {
      if (file.text[i] == '\n') file.line_starts.push_back(static_cast<uint32_t>(i + 1));
    }
  }
  return file;
}

std::string_view SourceFiles::Line(FileId id, uint32_t line) const {
  const SourceFile& file = Loaded(id);
  if (line == 0 || line > file.line_starts.size()) return {};
  size_t start = file.line_starts[line - 1];
  size_t end = line < file.line_starts.size() ? file.line_starts[line] : file.text.size();
  while (end > start && (file.text[end - 1] == '\n' || file.text[end - 1] == '\r')) --end;
  return std::string_view(file.text).substr(start, end - start);
}

std::string SourceFiles::Format(SourceLoc loc) const {
  if (!loc.file.is_valid()) return "<no location>";
  if (loc.line == 0) return Path(loc.file);
  return fmt::format("{}:{}:{}", Path(loc.file), loc.line, loc.column);
}

}  // namespace weft
