#include "backend_cli/places.h"

#include <fmt/format.h>

#include <iterator>

namespace weft::backend_cli {

std::string PlaceTable::SourcePath(FileId file) const {
  if (!file.is_valid()) return "";
  const std::string& path = program_.files.Path(file);
  if (!root_.empty() && path.starts_with(root_ + "/")) return path.substr(root_.size() + 1);
  return path;
}

uint32_t PlaceTable::Number(const flowgraph::FunctionInfo& function, SourceLoc loc) {
  // A line break in a path or a name would end the row.
  std::string text =
      fmt::format("{}:{} {}", SourcePath(loc.file), loc.line, names_.FunctionAt(function, loc));
  for (char& c : text) {
    if (c == '\n') c = '?';
  }
  auto [it, inserted] = numbers_.try_emplace(text, places_.size());
  if (inserted) places_.push_back(std::move(text));
  return it->second;
}

void PlaceTable::BeginMethod(std::string_view name) {
  fmt::format_to(std::back_inserter(methods_), "<{}>\n", name);
}

void PlaceTable::Mark(uint32_t offset, uint32_t place) {
  fmt::format_to(std::back_inserter(methods_), "{} {}\n", offset, place);
}

std::string PlaceTable::Resource() const {
  std::string text;
  for (const std::string& place : places_) text += place + "\n";
  return text + methods_;
}

}  // namespace weft::backend_cli
