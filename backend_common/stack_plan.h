#ifndef WEFT_BACKEND_COMMON_STACK_PLAN_H_
#define WEFT_BACKEND_COMMON_STACK_PLAN_H_

#include <cstdint>
#include <functional>
#include <vector>

#include "flowgraph/program.h"

// What is decided about a function before any code of a stack machine is written:
//
//  - Which values are needed at all; the rest is left out.
//  - Which operations are evaluated where their result is used: a result used once, in its own
//    block, is an operand of its user if nothing in between can change what the operation reads.
//    Such expressions are trees that a stack machine evaluates from left to right.
//  - Which results stay on the operand stack between one statement and the next: those that the
//    next statement uses, alone and first.
//  - Which local variable holds each other value. Values that do not live at the same time share a
//    variable if they are of one kind, and values that links carry to each other share one where
//    they can, so that most links copy nothing.
//  - In which order blocks stand: reverse postorder, what is seldom run last.
//
// A call that returns a tuple defines what the `tuple_get`s of it give: the call's result stands
// nowhere else for long. The plan works on a graph of its own, in which every tuple that is
// returned is made by a `tuple_make` in front of the return.
namespace weft::backend_common {

// The position of a block's exit, behind its operations.
inline constexpr uint32_t kAtExit = 0xffffffffu;
// The position of an operation that is not written at all.
inline constexpr uint32_t kLeftOut = 0xfffffffeu;

struct ValuePlan {
  enum class Form : uint8_t {
    // Not needed, or a constant.
    kNone,
    // Evaluated where it is used.
    kFolded,
    // Left on the operand stack by its operation for the statement that follows.
    kStack,
    // Kept in a local variable.
    kLocal,
  };
  Form form = Form::kNone;
  bool needed = false;
  uint32_t uses = 0;
  // The operation that gives it: block and position. Block arguments have none.
  BlockId block;
  uint32_t op = kAtExit;
  // Index into StackPlan::locals.
  uint32_t local = 0;
};

struct LocalVariable {
  // As `kind_of` said. Parameters come first, in order, needed or not.
  uint32_t kind = 0;
  // The type of the first value that it holds.
  TypeId type;
  bool is_parameter = false;
  // How often it is loaded and stored, weighted by how deep in loops.
  uint64_t weight = 0;
};

struct StackPlan {
  // The graph that the plan is of, and that is to be written.
  flowgraph::Graph graph;
  std::vector<ValuePlan> values;
  std::vector<LocalVariable> locals;
  // The blocks that are written, the entry first.
  std::vector<BlockId> order;
  // For each block and operation: the operation that it is written in (its own position, or that of
  // its user), kAtExit, or kLeftOut.
  std::vector<std::vector<uint32_t>> roots;
  // For each block, the values in locals that live at its start, its own arguments among them.
  std::vector<std::vector<ValueId>> live_in;
  // For each value that a call defines as a tuple: the tuple_gets of it that are needed, by index.
  std::vector<std::vector<const flowgraph::Operation*>> tuple_gets;

  const ValuePlan& value(ValueId id) const { return values[id.index]; }
  bool IsStatement(BlockId block, uint32_t op) const { return roots[block.index][op] == op; }
};

// `kind_of` gives a number for each type; only values of one number share a local.
StackPlan MakeStackPlan(const flowgraph::Program& program, const flowgraph::FunctionInfo& function,
                        const std::function<uint32_t(TypeId)>& kind_of);

// Calls f(ValueId) for every value in a local that is loaded when `id` is pushed.
template <typename F>
void ForEachLeaf(const StackPlan& plan, ValueId id, F f) {
  const ValuePlan& value = plan.value(id);
  if (value.form == ValuePlan::Form::kLocal) f(id);
  if (value.form != ValuePlan::Form::kFolded) return;
  // The depth is bounded by the plan, which folds no expression deeper than kDeepest.
  for (ValueId arg : plan.graph.block(value.block).ops[value.op].args) ForEachLeaf(plan, arg, f);
}

}  // namespace weft::backend_common

#endif  // WEFT_BACKEND_COMMON_STACK_PLAN_H_
