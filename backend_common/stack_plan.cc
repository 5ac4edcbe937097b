#include "backend_common/stack_plan.h"

#include <algorithm>
#include <utility>

#include "backend_common/locals.h"
#include "flowgraph/analysis.h"

namespace weft::backend_common {

using flowgraph::Block;
using flowgraph::ExitKind;
using flowgraph::FunctionInfo;
using flowgraph::Graph;
using flowgraph::Link;
using flowgraph::Opcode;
using flowgraph::Operation;
using flowgraph::Program;
using flowgraph::ValueKind;

namespace {

// Limits of one expression: how deep its tree is (the writer recurses along it), and how many
// operations are folded into one statement.
constexpr uint32_t kDeepest = 24;
constexpr uint32_t kLongest = 120;
// The user of a value that must stand in a local: an exception link, whose copies are made when the
// operand stack is gone.
constexpr uint32_t kAtException = 0xfffffffdu;

class Planner {
 public:
  Planner(const Program& program, const FunctionInfo& function,
          const std::function<uint32_t(TypeId)>& kind_of)
      : program_(program), kind_of_(kind_of) {
    plan_.graph = function.graph;
  }

  StackPlan Run() {
    SimplifyExits();
    OrderBlocks();
    TakeTuplesApart();
    plan_.roots.resize(graph().blocks().size());
    plan_.tuple_gets.resize(graph().value_count());
    do {
      OrderBlocks();
      plan_.values.assign(graph().value_count(), {});
      MarkNeeded();
      CountUses();
    } while (DropIdleHandlers());
    for (BlockId block : plan_.order) Fold(block);
    for (BlockId block : plan_.order) LeaveOnStack(block);
    FindTupleGets();
    AssignLocals(kind_of_, &plan_);
    return std::move(plan_);
  }

 private:
  Graph& graph() { return plan_.graph; }

  uint16_t Effects(const Operation& op) const {
    if (op.opcode == Opcode::kCallExternal && program_.external(ExternalId(op.imm)).is_pure) {
      return flowgraph::kFold;
    }
    return op.info().effects;
  }
  bool IsDroppable(const Operation& op) const {
    return (Effects(op) & (flowgraph::kFold | flowgraph::kDrop)) != 0;
  }
  // Whether somebody waits for the operation's exception.
  bool IsAwaited(const Block& block, const Operation& op) const {
    return block.catches() && block.exit.kind != ExitKind::kRaise && &op == &block.ops.back() &&
           op.info().Has(flowgraph::kRaise);
  }
  bool IsNeeded(const Block& block, const Operation& op) const {
    if (!IsDroppable(op) || IsAwaited(block, op)) return true;
    return op.result.is_valid() && plan_.values[op.result.index].needed;
  }

  // A branch both of whose links are the same is a jump.
  void SimplifyExits() {
    for (Block& block : graph().blocks()) {
      if (block.exit.kind != ExitKind::kBranch) continue;
      const Link& yes = block.exit.links[0];
      const Link& no = block.exit.links[1];
      if (yes.target != no.target || yes.args != no.args) continue;
      block.exit.kind = ExitKind::kJump;
      block.exit.value = {};
      block.exit.links.pop_back();
    }
  }

  void OrderBlocks() {
    std::vector<BlockId> order = flowgraph::ReversePostorder(graph());
    // What is seldom run stands last, so that the rest is near together.
    std::stable_sort(order.begin(), order.end(), [&](BlockId a, BlockId b) {
      auto is_last = [&](BlockId id) { return id != Graph::Entry() && graph().block(id).is_cold; };
      return is_last(a) < is_last(b);
    });
    plan_.order = std::move(order);
  }

  // A tuple that is returned is made in front of the return, of what it was made of elsewhere or of
  // the elements that a call gave.
  void TakeTuplesApart() {
    std::vector<BlockId> block_of(graph().value_count());
    std::vector<uint32_t> makers(graph().value_count(), kLeftOut);
    for (BlockId id : plan_.order) {
      const auto& ops = graph().block(id).ops;
      for (uint32_t i = 0; i < ops.size(); ++i) {
        if (ops[i].opcode != Opcode::kTupleMake) continue;
        block_of[ops[i].result.index] = id;
        makers[ops[i].result.index] = i;
      }
    }
    for (BlockId id : plan_.order) {
      flowgraph::Exit& exit = graph().block(id).exit;
      if (exit.kind != ExitKind::kReturn || !exit.value.is_valid()) continue;
      ValueId tuple = exit.value;
      TypeId type = graph().type(tuple);
      if (program_.types.Kind(type) != TypeKind::kTuple) continue;
      flowgraph::ValueList elements;
      if (makers[tuple.index] != kLeftOut) {
        if (block_of[tuple.index] == id) continue;
        elements = graph().block(block_of[tuple.index]).ops[makers[tuple.index]].args;
      } else {
        uint32_t index = 0;
        for (TypeId element : program_.types.List(type)) {
          elements.push_back(graph().Append(id, Opcode::kTupleGet, element, {tuple}, index++));
          graph().block(id).ops.back().loc = exit.loc;
        }
      }
      ValueId made = graph().Append(id, Opcode::kTupleMake, type, std::move(elements));
      graph().block(id).exit.value = made;
    }
  }

  void MarkNeeded() {
    std::vector<std::vector<std::pair<const Link*, uint32_t>>> incoming(graph().blocks().size());
    for (BlockId id : plan_.order) {
      const Block& block = graph().block(id);
      for (const Link& link : block.exit.links) incoming[link.target.index].push_back({&link, 0});
      // An exception link leaves out the first argument of its target.
      if (block.catches()) {
        incoming[block.on_exception.target.index].push_back({&block.on_exception, 1});
      }
    }
    std::vector<ValueId> work;
    auto need = [&](ValueId id) {
      ValuePlan& value = plan_.values[id.index];
      if (value.needed || graph().IsConstant(id)) return;
      value.needed = true;
      work.push_back(id);
    };
    for (BlockId id : plan_.order) {
      const Block& block = graph().block(id);
      for (uint32_t i = 0; i < block.ops.size(); ++i) {
        const Operation& op = block.ops[i];
        if (op.result.is_valid()) {
          plan_.values[op.result.index].block = id;
          plan_.values[op.result.index].op = i;
        }
        if (IsDroppable(op) && !IsAwaited(block, op)) continue;
        for (ValueId arg : op.args) need(arg);
      }
      if (block.exit.value.is_valid()) need(block.exit.value);
    }
    while (!work.empty()) {
      ValueId id = work.back();
      work.pop_back();
      const auto& info = graph().value(id);
      if (info.kind == ValueKind::kBlockArgument) {
        for (auto [link, left_out] : incoming[info.block.index]) {
          if (info.position >= left_out) need(link->args[info.position - left_out]);
        }
      } else {
        const ValuePlan& value = plan_.values[id.index];
        for (ValueId arg : graph().block(value.block).ops[value.op].args) need(arg);
      }
    }
  }

  void CountUses() {
    user_.resize(graph().value_count());
    for (BlockId id : plan_.order) {
      const Block& block = graph().block(id);
      auto use = [&](ValueId arg, uint32_t position) {
        ++plan_.values[arg.index].uses;
        user_[arg.index] = {id, position};
      };
      auto use_link = [&](const Link& link, size_t first, uint32_t position) {
        const auto& targets = graph().block(link.target).args;
        for (size_t i = 0; i < link.args.size(); ++i) {
          if (plan_.values[targets[i + first].index].needed) use(link.args[i], position);
        }
      };
      for (uint32_t i = 0; i < block.ops.size(); ++i) {
        if (!IsNeeded(block, block.ops[i])) continue;
        for (ValueId arg : block.ops[i].args) use(arg, i);
      }
      if (block.exit.value.is_valid()) use(block.exit.value, kAtExit);
      for (const Link& link : block.exit.links) use_link(link, 0, kAtExit);
      if (block.catches()) {
        bool is_raise = block.exit.kind == ExitKind::kRaise;
        use_link(block.on_exception, 1, is_raise ? kAtExit : kAtException);
      }
    }
    for (ValuePlan& value : plan_.values) {
      if (value.needed && value.uses > 0) value.form = ValuePlan::Form::kLocal;
    }
  }

  // What is left out raises nothing. Gives whether an exception link went away, and with it perhaps
  // the reason for which its handler is reached and its arguments are needed.
  bool DropIdleHandlers() {
    bool changed = false;
    for (BlockId id : plan_.order) {
      Block& block = graph().block(id);
      if (!block.catches() || block.exit.kind == ExitKind::kRaise) continue;
      if (!block.ops.empty() && IsNeeded(block, block.ops.back())) continue;
      block.on_exception = {};
      changed = true;
    }
    return changed;
  }

  // Decides, from the last operation to the first, which are evaluated in their user.
  void Fold(BlockId id) {
    const Block& block = graph().block(id);
    auto count = static_cast<uint32_t>(block.ops.size());
    std::vector<uint32_t>& roots = plan_.roots[id.index];
    roots.resize(count);
    // How many operations before each position may change memory.
    std::vector<uint32_t> writes(count + 1, 0);
    for (uint32_t i = 0; i < count; ++i) {
      constexpr uint16_t kChanges =
          flowgraph::kWrite | flowgraph::kRaise | flowgraph::kCollect | flowgraph::kUnwind;
      bool is_write = IsNeeded(block, block.ops[i]) && (Effects(block.ops[i]) & kChanges) != 0;
      writes[i + 1] = writes[i] + (is_write ? 1 : 0);
    }
    std::vector<uint32_t> levels(count, 0);
    std::vector<uint32_t> sizes(count + 1, 0);
    for (uint32_t i = count; i-- > 0;) {
      const Operation& op = block.ops[i];
      roots[i] = IsNeeded(block, op) ? i : kLeftOut;
      if (!op.result.is_valid()) continue;
      ValuePlan& value = plan_.values[op.result.index];
      if (op.opcode == Opcode::kTupleGet) {
        // The call defines it.
        roots[i] = kLeftOut;
        continue;
      }
      if (value.form == ValuePlan::Form::kNone || value.uses != 1) continue;
      auto [user_block, user_op] = user_[op.result.index];
      if (user_block != id || user_op == kAtException) continue;
      uint16_t effects = Effects(op);
      constexpr uint16_t kReadOnly = flowgraph::kRead | flowgraph::kDrop;
      bool is_read = effects == kReadOnly;
      if ((effects & flowgraph::kFold) == 0 && !is_read) continue;
      uint32_t root = user_op == kAtExit ? kAtExit : roots[user_op];
      uint32_t root_index = root == kAtExit ? count : root;
      if (is_read && writes[root_index] != writes[i + 1]) continue;
      uint32_t level = user_op == kAtExit || roots[user_op] == user_op ? 1 : levels[user_op] + 1;
      bool is_small = level <= kDeepest && sizes[root_index] < kLongest;
      if (!is_small && op.opcode != Opcode::kTupleMake) continue;
      levels[i] = level;
      ++sizes[root_index];
      roots[i] = root;
      value.form = ValuePlan::Form::kFolded;
    }
  }

  // The value that is pushed first when `id` is.
  ValueId FirstPushed(ValueId id) const {
    while (plan_.values[id.index].form == ValuePlan::Form::kFolded) {
      const ValuePlan& value = plan_.values[id.index];
      const Operation& op = plan_.graph.block(value.block).ops[value.op];
      if (op.args.empty()) return {};
      id = op.args[0];
    }
    return id;
  }

  void LeaveOnStack(BlockId id) {
    const Block& block = graph().block(id);
    const std::vector<uint32_t>& roots = plan_.roots[id.index];
    std::vector<uint32_t> statements;
    for (uint32_t i = 0; i < roots.size(); ++i) {
      if (roots[i] == i) statements.push_back(i);
    }
    for (size_t s = 0; s < statements.size(); ++s) {
      const Operation& op = block.ops[statements[s]];
      if (!op.result.is_valid()) continue;
      ValuePlan& value = plan_.values[op.result.index];
      if (value.form != ValuePlan::Form::kLocal || value.uses != 1) continue;
      if (program_.types.Kind(graph().type(op.result)) == TypeKind::kTuple) continue;
      // The last operation of a block that catches stands in a try range.
      auto is_tried = [&](uint32_t at) { return block.catches() && at + 1 == block.ops.size(); };
      if (is_tried(statements[s])) continue;
      ValueId first;
      if (s + 1 < statements.size()) {
        const Operation& next = block.ops[statements[s + 1]];
        if (is_tried(statements[s + 1]) || next.args.empty()) continue;
        first = FirstPushed(next.args[0]);
      } else if (block.exit.value.is_valid() && !(block.exit.kind == ExitKind::kRaise)) {
        first = FirstPushed(block.exit.value);
      }
      if (first == op.result) value.form = ValuePlan::Form::kStack;
    }
  }

  void FindTupleGets() {
    for (BlockId id : plan_.order) {
      for (const Operation& op : graph().block(id).ops) {
        if (op.opcode != Opcode::kTupleGet) continue;
        if (plan_.values[op.result.index].form == ValuePlan::Form::kLocal) {
          plan_.tuple_gets[op.args[0].index].push_back(&op);
        }
        // The tuple itself stands nowhere.
        plan_.values[op.args[0].index].form = ValuePlan::Form::kNone;
      }
    }
    for (auto& gets : plan_.tuple_gets) {
      std::stable_sort(gets.begin(), gets.end(),
                       [](const Operation* a, const Operation* b) { return a->imm < b->imm; });
    }
  }

  struct User {
    BlockId block;
    uint32_t op = kAtExit;
  };

  const Program& program_;
  const std::function<uint32_t(TypeId)>& kind_of_;
  StackPlan plan_;
  // The last user that was counted: of a value used once, the one.
  std::vector<User> user_;
};

}  // namespace

StackPlan MakeStackPlan(const Program& program, const FunctionInfo& function,
                        const std::function<uint32_t(TypeId)>& kind_of) {
  return Planner(program, function, kind_of).Run();
}

}  // namespace weft::backend_common
