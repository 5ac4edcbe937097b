#ifndef WEFT_FLOWGRAPH_ANALYSIS_H_
#define WEFT_FLOWGRAPH_ANALYSIS_H_

#include <cstdint>
#include <span>
#include <vector>

#include "flowgraph/graph.h"
#include "flowgraph/program.h"

// What most passes ask of a graph. Everything is computed in (nearly) linear time, without
// recursion, and is a snapshot: a pass that changes blocks or links computes it again.
namespace weft::flowgraph {

// The blocks reachable from the entry, each before its successors except along back edges.
std::vector<BlockId> ReversePostorder(const Graph& graph);

// The blocks that link to each block; a block that links twice is listed twice. Only reachable
// blocks are counted.
class Predecessors {
 public:
  explicit Predecessors(const Graph& graph);
  std::span<const BlockId> Of(BlockId block) const {
    return std::span(list_).subspan(start_[block.index],
                                    start_[block.index + 1] - start_[block.index]);
  }

 private:
  std::vector<uint32_t> start_;
  std::vector<BlockId> list_;
};

// The dominator tree, after Cooper, Harvey and Kennedy, "A Simple, Fast Dominance Algorithm".
class Dominators {
 public:
  explicit Dominators(const Graph& graph);

  const std::vector<BlockId>& reverse_postorder() const { return order_; }
  bool IsReachable(BlockId block) const { return number_[block.index] != kUnreached; }
  // The closest strict dominator; invalid for the entry and unreachable blocks.
  BlockId ImmediateDominator(BlockId block) const { return idom_[block.index]; }
  // Whether every way to `b` leads through `a`; a block dominates itself.
  bool Dominates(BlockId a, BlockId b) const {
    return enter_[a.index] <= enter_[b.index] && leave_[b.index] <= leave_[a.index];
  }
  std::span<const BlockId> Children(BlockId block) const { return children_[block.index]; }

 private:
  static constexpr uint32_t kUnreached = 0xffffffffu;

  std::vector<BlockId> order_;
  // Position in `order_`.
  std::vector<uint32_t> number_;
  std::vector<BlockId> idom_;
  std::vector<std::vector<BlockId>> children_;
  // Times of entering and leaving in a walk over the tree.
  std::vector<uint32_t> enter_;
  std::vector<uint32_t> leave_;
};

// The natural loops: how deep each block is nested (0: in none) and the header of its innermost
// loop.
class Loops {
 public:
  Loops(const Graph& graph, const Dominators& dominators);
  uint32_t Depth(BlockId block) const { return depth_[block.index]; }
  BlockId Header(BlockId block) const { return header_[block.index]; }

 private:
  std::vector<uint32_t> depth_;
  std::vector<BlockId> header_;
};

// The block that ends with the switch of the most cases, of four or more: where an interpreter loop
// looks at the instruction. Invalid if there is none.
BlockId LargestSwitch(const Graph& graph);

// How often each value is used, indexed by ValueId.
std::vector<uint32_t> UseCounts(const Graph& graph);

// Follows replacements: values[v] is what to use in place of v, invalid for v itself. Rewrites all
// uses in the graph, following chains.
void ReplaceUses(Graph& graph, std::vector<ValueId>& replacements);

// The strongly connected components of the call graph, callees before callers. An indirect or
// virtual call counts as a call of every function whose address is taken with the same type, or
// that implements the method.
class CallGraph {
 public:
  explicit CallGraph(const Program& program);

  std::span<const FunctionId> Callees(FunctionId function) const {
    return callees_[function.index];
  }
  // Each component's functions; a component of one function may still call itself.
  const std::vector<std::vector<FunctionId>>& components() const { return components_; }
  // Whether the function can be entered again while it runs.
  bool IsRecursive(FunctionId function) const { return is_recursive_[function.index]; }

 private:
  std::vector<std::vector<FunctionId>> callees_;
  std::vector<std::vector<FunctionId>> components_;
  std::vector<bool> is_recursive_;
};

}  // namespace weft::flowgraph

#endif  // WEFT_FLOWGRAPH_ANALYSIS_H_
