#ifndef WEFT_BACKEND_CLI_PLACES_H_
#define WEFT_BACKEND_CLI_PLACES_H_

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "backend_common/place_names.h"
#include "flowgraph/program.h"

// Which place in the source each piece of code comes from: the resource `places`, which the run
// time reads when it prints a traceback (backend_cli/runtime/Failures.cs has its format).
namespace weft::backend_cli {

class PlaceTable {
 public:
  // `root`: the folder that is left out of paths, which may be empty.
  PlaceTable(const flowgraph::Program& program, std::string root)
      : program_(program), names_(program), root_(std::move(root)) {}

  // The number of a place in a function, for the messages of failing checks.
  uint32_t Number(const flowgraph::FunctionInfo& function, SourceLoc loc);
  // From `offset` on, the code of a method is at that place. Marks come method by method.
  void BeginMethod(std::string_view name);
  void Mark(uint32_t offset, uint32_t place);

  std::string SourcePath(FileId file) const;
  std::string Resource() const;

 private:
  const flowgraph::Program& program_;
  backend_common::PlaceNames names_;
  std::string root_;
  std::map<std::string, uint32_t> numbers_;
  std::vector<std::string> places_;
  std::string methods_;
};

}  // namespace weft::backend_cli

#endif  // WEFT_BACKEND_CLI_PLACES_H_
