#ifndef WEFT_OPTIMIZE_GRAPH_EDIT_H_
#define WEFT_OPTIMIZE_GRAPH_EDIT_H_

#include <cstdint>
#include <vector>

#include "flowgraph/analysis.h"
#include "flowgraph/graph.h"
#include "flowgraph/program.h"

// What several passes need to change a graph, and what they ask of an operation beyond its row in
// the table: a call has the effects of what it calls. All of it takes time linear in the graph.
namespace weft::optimize {

// The names of the flow graph that every pass writes.
using flowgraph::Block;
using flowgraph::ClassInfo;
using flowgraph::Constant;
using flowgraph::Exit;
using flowgraph::ExitKind;
using flowgraph::FunctionInfo;
using flowgraph::Graph;
using flowgraph::Imm;
using flowgraph::Link;
using flowgraph::Opcode;
using flowgraph::Operation;
using flowgraph::Program;
using flowgraph::ReversePostorder;
using flowgraph::Stage;
using flowgraph::ValueInfo;
using flowgraph::ValueKind;
using flowgraph::ValueList;

// Whether the operation may raise an exception into this function.
bool MayRaise(const Program& program, const Operation& op);
// Whether the operation may be removed when nothing uses its result. An allocation may only if it
// could not have failed but for want of memory: a length out of range has to raise.
bool IsDroppable(const Program& program, const Graph& graph, const Operation& op);
// Whether what follows the operation is never reached.
bool IsNoReturn(const Program& program, const Operation& op);
// Whether the operation may write memory that the program reads.
bool MayWrite(const Program& program, const Operation& op);
bool MayCollect(const Program& program, const Operation& op);
// Whether the operation does nothing but end the program when its condition does not hold.
bool IsCheck(Opcode opcode);

// Whether a constant's bits mean themselves: a bool, an integer or a float.
inline bool IsScalarConstant(const Graph& graph, ValueId id) {
  return graph.IsConstant(id) && graph.value(id).constant.kind == Constant::Kind::kScalar;
}
inline bool IsZeroConstant(const Graph& graph, ValueId id) {
  return graph.IsConstant(id) && graph.value(id).constant.kind == Constant::Kind::kZero;
}

// The value that memory of this type has before it is written.
ValueId ZeroOf(const Program& program, Graph& graph, TypeId type);

// Removes the blocks that the entry does not reach and numbers the others anew, in their order.
// Says whether there were any.
bool RemoveUnreachableBlocks(Graph& graph);

// A block that raises to a handler of its own function jumps to it instead. May add a block.
bool RaiseBecomesJump(Program& program, Graph& graph, BlockId block);

// Forgets the exception exit of a block when nothing at its end raises any more.
bool DropIdleExceptionExit(const Program& program, Block& block);

// Values that stand for others. After a pass has decided on all replacements, Rewrite puts them
// into every use.
class Replacements {
 public:
  explicit Replacements(const Graph& graph) : with_(graph.value_count()) {}

  void Set(ValueId value, ValueId with) {
    if (value.index >= with_.size()) with_.resize(value.index + 1);
    with_[value.index] = with;
    is_empty_ = false;
  }
  bool empty() const { return is_empty_; }

  // What stands for the value in the end; itself if nothing does.
  ValueId Resolve(ValueId value) {
    if (value.index >= with_.size() || !with_[value.index].is_valid()) return value;
    ValueId last = with_[value.index];
    while (last.index < with_.size() && with_[last.index].is_valid()) last = with_[last.index];
    while (value != last) {
      ValueId next = with_[value.index];
      with_[value.index] = last;
      value = next;
    }
    return last;
  }

  void RewriteUses(Block& block) {
    if (is_empty_) return;
    flowgraph::ForEachUse(block, [&](ValueId& use) { use = Resolve(use); });
  }
  void Rewrite(Graph& graph) {
    if (is_empty_) return;
    for (Block& block : graph.blocks()) RewriteUses(block);
  }

 private:
  std::vector<ValueId> with_;
  bool is_empty_ = true;
};

// Removes the block arguments for which `is_dead` (indexed by ValueId) holds, and what the links
// pass for them. The first argument of a block that is the target of an exception exit stays, dead
// or not.
void RemoveArguments(Graph& graph, const std::vector<bool>& is_dead);

// Removes droppable operations whose results nothing needs, and block arguments that only feed such
// operations or themselves. Says whether there were any.
bool RemoveDeadCode(const Program& program, Graph& graph);

// The number of links that lead to each block.
std::vector<uint32_t> CountPredecessors(const Graph& graph);

// Operations and exits, without checks: what passes mean by the size of a function.
size_t SizeOf(const Graph& graph);

}  // namespace weft::optimize

#endif  // WEFT_OPTIMIZE_GRAPH_EDIT_H_
