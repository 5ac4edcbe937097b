#ifndef WEFT_BACKEND_C_FUNCTION_PLAN_H_
#define WEFT_BACKEND_C_FUNCTION_PLAN_H_

#include <cstdint>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "flowgraph/program.h"

// What is decided about a function before any C of it is written.
//
//  - Which values are needed at all. The rest is left out, so that no variable is set in vain.
//  - Which operations are written where their result is used. A result used once, in its own block,
//    is an expression in its user, if nothing in between can change what the operation reads.
//  - Where blocks stand. A block that one link leads to is written where that link is, inside the
//    braces of its branch or straight on; every other one has a label. Labelled blocks stand at the
//    top level of the function in reverse postorder, cold ones last, so no goto enters braces.
//  - Which values share a variable (coalesce.h), and in whose braces it is declared.
namespace weft::backend_c {

// The position of a block's exit, behind its operations.
inline constexpr uint32_t kAtExit = 0xffffffffu;
// The position of an operation that is not written at all.
inline constexpr uint32_t kLeftOut = 0xfffffffeu;

struct ValuePlan {
  enum class Form : uint8_t {
    // Not needed, or a constant.
    kNone,
    // Written where it is used.
    kFolded,
    // Kept in a variable.
    kVariable,
  };
  Form form = Form::kNone;
  bool needed = false;
  uint32_t uses = 0;
  // The operation that gives it: block and position. Block arguments have none.
  BlockId block;
  uint32_t op = kAtExit;
  // Index into FunctionPlan::variables.
  uint32_t variable = 0;
};

struct Variable {
  TypeId type;
  // Declared at the top of the function; else where its one definition stands.
  bool at_top = false;
  bool is_parameter = false;
};

struct BlockPlan {
  bool reachable = false;
  // How many links lead here; links of one switch with equal arguments count once.
  uint32_t incoming = 0;
  // Has a label, and stands at the top level.
  bool labelled = false;
  // The scope that it is written in; scope 0 is the function's own.
  uint32_t scope = 0;
  uint32_t depth = 0;
  // Position in the order in which control reaches blocks.
  uint32_t order = 0;
};

struct FunctionPlan {
  std::vector<ValuePlan> values;
  std::vector<Variable> variables;
  std::vector<BlockPlan> blocks;
  // For each block and operation: the operation that it is written in (its own position, or that of
  // its user), kAtExit, or kLeftOut.
  std::vector<std::vector<uint32_t>> roots;
  // Parent of each scope.
  std::vector<uint32_t> scope_parents;
  // The labelled blocks, and the entry first, as they stand in the function.
  std::vector<BlockId> top_level;
  // All reachable blocks in reverse postorder.
  std::vector<BlockId> order;

  const ValuePlan& value(ValueId id) const { return values[id.index]; }
  const BlockPlan& block(BlockId id) const { return blocks[id.index]; }
  // Whether an operation is a statement of its own.
  bool IsStatement(BlockId block, uint32_t op) const { return roots[block.index][op] == op; }
  // Whether scope `inner` is `outer` or within it.
  bool Encloses(uint32_t outer, uint32_t inner) const {
    while (inner > outer) inner = scope_parents[inner];
    return inner == outer;
  }
};

// The targets of the switch at the end of `dispatch`, if that is valid, all get labels.
FunctionPlan MakeFunctionPlan(const flowgraph::Program& program,
                              const flowgraph::FunctionInfo& function, BlockId dispatch = {});

// How control goes on after a block, for plan and emitter alike: in its own braces with the block
// that `straight` says, or not.
struct Continuation {
  // The link that is followed without braces, an index into the exit's links; -1 when the block
  // ends in something that does not continue.
  int straight = -1;
};
Continuation ContinueFrom(const flowgraph::Graph& graph, const FunctionPlan& plan, BlockId block);

// Calls f(ValueId) for every variable that an operation, or the exit of a block, reads when it is
// written with everything folded into it.
template <typename F>
void ForEachLeaf(const flowgraph::Graph& graph, const FunctionPlan& plan, ValueId id, F f) {
  // The depth is bounded by the plan, which folds no expression deeper than kDeepest.
  const ValuePlan& value = plan.value(id);
  if (value.form == ValuePlan::Form::kVariable) f(id);
  if (value.form != ValuePlan::Form::kFolded) return;
  for (ValueId arg : graph.block(value.block).ops[value.op].args) ForEachLeaf(graph, plan, arg, f);
}

// Whether two links go to the same block with the same arguments.
bool SameLink(const flowgraph::Link& a, const flowgraph::Link& b);

}  // namespace weft::backend_c

#endif  // WEFT_BACKEND_C_FUNCTION_PLAN_H_
