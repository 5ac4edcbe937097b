#include "backend_common/place_names.h"

#include <algorithm>
#include <string_view>
#include <utility>

namespace weft::backend_common {

using flowgraph::FunctionInfo;
using flowgraph::Program;

namespace {

constexpr std::string_view kLambda = "::lambda:";

// The name of the function around a lambda; any other name as it is.
std::string_view Outermost(std::string_view name) { return name.substr(0, name.find(kLambda)); }

// "lox::VM" of "lox::VM::run".
std::string_view Scope(std::string_view name) {
  size_t at = name.rfind("::");
  return at == std::string_view::npos ? std::string_view() : name.substr(0, at);
}

}  // namespace

std::string WithoutTemplateArguments(const std::string& name) {
  std::string result;
  int depth = 0;
  for (size_t i = 0; i < name.size(); ++i) {
    // Operators may be called < and >.
    bool is_operator = std::string_view(name).substr(0, i).ends_with("operator") ||
                       std::string_view(name).substr(0, i).ends_with("operator<") ||
                       std::string_view(name).substr(0, i).ends_with("operator>") ||
                       std::string_view(name).substr(0, i).ends_with("operator-");
    if (name[i] == '<' && !(is_operator && depth == 0)) {
      ++depth;
    } else if (name[i] == '>' && depth > 0) {
      --depth;
    } else if (depth == 0) {
      result += name[i];
    }
  }
  return result;
}

PlaceNames::PlaceNames(const Program& program) : program_(program) {
  for (const auto& function : program.functions) {
    if (function->part_of.is_valid()) continue;
    if (!function->loc.is_valid() || !function->loc.file.is_valid()) continue;
    std::string name(Outermost(function->name));
    bool is_lambda = name.size() != function->name.size();
    starts_[function->loc.file].push_back({function->loc.line, std::move(name), is_lambda});
  }
  for (auto& [file, starts] : starts_) {
    std::stable_sort(starts.begin(), starts.end(),
                     [](const Start& a, const Start& b) { return a.line < b.line; });
    std::vector<Start> merged;
    for (Start& start : starts) {
      if (merged.empty() || merged.back().line != start.line) {
        merged.push_back(std::move(start));
      } else if (merged.back().name != start.name) {
        merged.back().name = WithoutTemplateArguments(start.name);
      }
    }
    starts = std::move(merged);
  }
}

std::string PlaceNames::FunctionAt(const FunctionInfo& part, SourceLoc loc) const {
  const FunctionInfo& function =
      part.part_of.is_valid() ? program_.function(program_.WholeOf(part.part_of)) : part;
  auto found = starts_.find(loc.file);
  if (!loc.is_valid() || found == starts_.end()) return function.name;
  const std::vector<Start>& starts = found->second;
  auto end = std::upper_bound(starts.begin(), starts.end(), loc.line,
                              [](uint32_t line, const Start& start) { return line < start.line; });
  if (end == starts.begin()) return function.name;
  const Start& start = *(end - 1);
  if (function.loc.file == loc.file && function.loc.line == start.line) return function.name;
  std::string own = WithoutTemplateArguments(function.name);
  std::string other = WithoutTemplateArguments(start.name);
  if (start.is_lambda && own == other) return function.name;
  if (function.is_constructor && Scope(own) == Scope(other)) return function.name;
  return start.name;
}

}  // namespace weft::backend_common
