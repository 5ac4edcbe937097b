#ifndef WEFT_BACKEND_COMMON_REACHABILITY_H_
#define WEFT_BACKEND_COMMON_REACHABILITY_H_

#include <vector>

#include "flowgraph/program.h"

namespace weft::backend_common {

// What of a program its entry leads to, and therefore what is written: functions, and the data that
// they refer to, and what that data refers to. By index of each kind.
struct Reachable {
  std::vector<bool> functions;
  std::vector<bool> globals;
  std::vector<bool> frozen;
  std::vector<bool> dispatch_tables;
  // Containers of which there are or will be objects.
  std::vector<bool> containers;
  // ootype: virtual methods that are called.
  std::vector<bool> methods;
};

Reachable FindReachable(const flowgraph::Program& program);

// Calls f(Constant) for every constant that a graph uses.
template <typename F>
void ForEachConstant(const flowgraph::Graph& graph, F f) {
  for (const flowgraph::Block& block : graph.blocks()) {
    ForEachUse(block, [&](ValueId id) {
      if (graph.IsConstant(id)) f(graph.value(id).constant);
    });
  }
}

// The type of the entry's parameter: the container of its arguments, and that of one argument.
ContainerId ArgumentsContainer(const flowgraph::Program& program);
ContainerId StringContainer(const flowgraph::Program& program);

}  // namespace weft::backend_common

#endif  // WEFT_BACKEND_COMMON_REACHABILITY_H_
