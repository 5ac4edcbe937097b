#ifndef WEFT_LLINTERP_REACHABILITY_H_
#define WEFT_LLINTERP_REACHABILITY_H_

#include <vector>

#include "flowgraph/program.h"

namespace weft::llinterp {

// What can be reached of a rtyped program from what is called from outside, through calls, methods,
// dispatch tables, globals and frozen objects, finalizers of what it allocates included.
struct Reachable {
  explicit Reachable(const flowgraph::Program& program);

  // The function of a dispatch table for objects of exactly this container; invalid if there is
  // none.
  static FunctionId Lookup(const flowgraph::DispatchTable& table,
                           const lltype::Container& container);

  std::vector<bool> functions;
  std::vector<bool> globals;
  std::vector<bool> written_globals;
  std::vector<bool> frozen;
  std::vector<bool> dispatch_tables;
  // Containers that the program allocates.
  std::vector<bool> allocated;
  // Containers of which there is or can be an object: the functions that dispatch tables have for
  // others are never called.
  std::vector<bool> live;

 private:
  void AddFunction(FunctionId id);
  void AddGlobal(GlobalId id);
  void AddFrozen(FrozenId id);
  void AddContainer(ContainerId id);
  void AddDispatchTable(DispatchTableId id);
  void AddMethod(MethodId id);
  // What objects of exactly this container run as the method.
  void AddImplementation(MethodId method, ContainerId container);
  void AddConstant(const flowgraph::Constant& constant);
  void Scan(const flowgraph::Graph& graph);

  const flowgraph::Program& program_;
  std::vector<ContainerId> live_list_;
  std::vector<DispatchTableId> table_list_;
  std::vector<bool> methods_;
  std::vector<MethodId> method_list_;
  std::vector<FunctionId> function_worklist_;
  std::vector<FrozenId> frozen_worklist_;
};

}  // namespace weft::llinterp

#endif  // WEFT_LLINTERP_REACHABILITY_H_
