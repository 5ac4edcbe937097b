#ifndef WEFT_LLINTERP_REACHABILITY_H_
#define WEFT_LLINTERP_REACHABILITY_H_

#include <vector>

#include "flowgraph/program.h"

namespace weft::llinterp {

// What the entry of a rtyped program can reach through calls, dispatch tables, globals and frozen
// objects, finalizers of what it allocates included.
struct Reachable {
  explicit Reachable(const flowgraph::Program& program);

  std::vector<bool> functions;
  std::vector<bool> globals;
  std::vector<bool> written_globals;
  std::vector<bool> frozen;
  std::vector<bool> dispatch_tables;
  // Containers that the program allocates.
  std::vector<bool> allocated;

 private:
  void AddFunction(FunctionId id);
  void AddGlobal(GlobalId id);
  void AddFrozen(FrozenId id);
  void AddConstant(const flowgraph::Constant& constant);
  void Scan(const flowgraph::Graph& graph);

  const flowgraph::Program& program_;
  std::vector<FunctionId> function_worklist_;
  std::vector<FrozenId> frozen_worklist_;
};

}  // namespace weft::llinterp

#endif  // WEFT_LLINTERP_REACHABILITY_H_
