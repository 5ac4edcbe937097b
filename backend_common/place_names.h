#ifndef WEFT_BACKEND_COMMON_PLACE_NAMES_H_
#define WEFT_BACKEND_COMMON_PLACE_NAMES_H_

#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "flowgraph/program.h"

// Which function of the source a place belongs to, for messages.
//
// Once functions have been inlined into each other, the function that an operation stands in says
// little about where it was written; its line does. A line belongs to the function that begins last
// before it. That is a guess, since nobody knows where functions end, so it stands back where it
// could be wrong: lines behind a lambda belong to the function around it, and those of a field's
// initialiser to the constructor.
namespace weft::backend_common {

class PlaceNames {
 public:
  explicit PlaceNames(const flowgraph::Program& program);

  // The name of the function that `loc` was written in, for an operation in `function`. A part that
  // was cut out of a function counts as that function.
  std::string FunctionAt(const flowgraph::FunctionInfo& function, SourceLoc loc) const;

 private:
  // The functions that begin on one line: one, or the instances of a template.
  struct Start {
    uint32_t line;
    // Without template arguments if there are several; of a lambda, the function around it.
    std::string name;
    bool is_lambda;
  };

  const flowgraph::Program& program_;
  // Of each file, where functions begin, by line.
  absl::flat_hash_map<FileId, std::vector<Start>> starts_;
};

// "weft::List<int>::append" without its template arguments: "weft::List::append".
std::string WithoutTemplateArguments(const std::string& name);

}  // namespace weft::backend_common

#endif  // WEFT_BACKEND_COMMON_PLACE_NAMES_H_
