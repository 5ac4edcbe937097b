#include "backend_c/function_plan.h"

#include <algorithm>
#include <utility>

#include "backend_c/coalesce.h"
#include "common/check.h"

namespace weft::backend_c {

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

// Expressions of more levels or operations than these are cut into statements, for readers.
constexpr uint32_t kDeepest = 8;
constexpr uint32_t kLongest = 20;
// Blocks within more braces than these get a label instead.
constexpr uint32_t kDeepestBlock = 12;

class Planner {
 public:
  Planner(const Program& program, const FunctionInfo& function, BlockId dispatch)
      : program_(program), graph_(function.graph), dispatch_(dispatch) {
    plan_.values.resize(graph_.value_count());
    plan_.blocks.resize(graph_.blocks().size());
    plan_.roots.resize(graph_.blocks().size());
  }

  FunctionPlan Run() {
    OrderBlocks();
    MarkNeeded();
    CountUses();
    for (BlockId block : plan_.order) Fold(block);
    PlaceBlocks();
    AssignVariables(graph_, &plan_);
    return std::move(plan_);
  }

 private:
  uint16_t Effects(const Operation& op) const {
    if (op.opcode == Opcode::kCallExternal && program_.external(ExternalId(op.imm)).is_pure) {
      return flowgraph::kFold;
    }
    // Written as several statements.
    if (op.opcode == Opcode::kTupleMake) return flowgraph::kDrop;
    return op.info().effects;
  }

  // Whether the operation reads a pointer, or a tuple that may hold one.
  bool ReadsPointer(const Operation& op) const {
    return std::any_of(op.args.begin(), op.args.end(), [this](ValueId arg) {
      if (graph_.IsConstant(arg)) return false;
      TypeKind kind = program_.types.Kind(graph_.type(arg));
      return kind == TypeKind::kPtr || kind == TypeKind::kTuple;
    });
  }

  bool IsNeeded(const Operation& op) const {
    // A variable that nobody reads needs no new address.
    if (op.opcode == Opcode::kRootGet) return plan_.values[op.args[0].index].needed;
    if ((Effects(op) & (flowgraph::kFold | flowgraph::kDrop)) == 0) return true;
    return op.result.is_valid() && plan_.values[op.result.index].needed;
  }

  void OrderBlocks() {
    // An explicit stack: the depth of the graph is the program's choice.
    struct Frame {
      BlockId block;
      size_t next;
    };
    std::vector<Frame> stack;
    auto enter = [&](BlockId block) {
      if (plan_.blocks[block.index].reachable) return;
      plan_.blocks[block.index].reachable = true;
      stack.push_back({block, graph_.block(block).exit.links.size()});
    };
    enter(Graph::Entry());
    while (!stack.empty()) {
      Frame& frame = stack.back();
      const auto& links = graph_.block(frame.block).exit.links;
      if (frame.next == 0) {
        plan_.order.push_back(frame.block);
        stack.pop_back();
      } else {
        // enter() may move the stack.
        size_t link = --frame.next;
        enter(links[link].target);
      }
    }
    std::reverse(plan_.order.begin(), plan_.order.end());
    for (uint32_t i = 0; i < plan_.order.size(); ++i) {
      plan_.blocks[plan_.order[i].index].order = i;
    }
  }

  void MarkNeeded() {
    // For each block, the links that lead to it.
    std::vector<std::vector<const Link*>> incoming(graph_.blocks().size());
    for (BlockId id : plan_.order) {
      for (const Link& link : graph_.block(id).exit.links) {
        incoming[link.target.index].push_back(&link);
      }
    }
    std::vector<ValueId> work;
    auto need = [&](ValueId id) {
      ValuePlan& value = plan_.values[id.index];
      if (value.needed || graph_.IsConstant(id)) return;
      value.needed = true;
      work.push_back(id);
    };
    for (BlockId id : plan_.order) {
      const Block& block = graph_.block(id);
      for (uint32_t i = 0; i < block.ops.size(); ++i) {
        const Operation& op = block.ops[i];
        if (op.result.is_valid()) {
          plan_.values[op.result.index].block = id;
          plan_.values[op.result.index].op = i;
        }
        if ((Effects(op) & (flowgraph::kFold | flowgraph::kDrop)) != 0) continue;
        if (op.opcode == Opcode::kRootGet) continue;
        for (ValueId arg : op.args) need(arg);
      }
      if (block.exit.value.is_valid()) need(block.exit.value);
    }
    while (!work.empty()) {
      ValueId id = work.back();
      work.pop_back();
      const auto& info = graph_.value(id);
      if (info.kind == ValueKind::kBlockArgument) {
        for (const Link* link : incoming[info.block.index]) need(link->args[info.position]);
      } else {
        const ValuePlan& value = plan_.values[id.index];
        for (ValueId arg : graph_.block(value.block).ops[value.op].args) need(arg);
      }
    }
  }

  void CountUses() {
    user_.resize(graph_.value_count());
    for (BlockId id : plan_.order) {
      const Block& block = graph_.block(id);
      auto use = [&](ValueId arg, uint32_t position) {
        ++plan_.values[arg.index].uses;
        user_[arg.index] = {id, position};
      };
      for (uint32_t i = 0; i < block.ops.size(); ++i) {
        if (!IsNeeded(block.ops[i])) continue;
        for (ValueId arg : block.ops[i].args) use(arg, i);
      }
      if (block.exit.value.is_valid()) use(block.exit.value, kAtExit);
      for (const Link& link : block.exit.links) {
        const auto& targets = graph_.block(link.target).args;
        for (size_t i = 0; i < link.args.size(); ++i) {
          if (plan_.values[targets[i].index].needed) use(link.args[i], kAtExit);
        }
      }
    }
    for (uint32_t i = 0; i < plan_.values.size(); ++i) {
      ValuePlan& value = plan_.values[i];
      if (value.needed && value.uses > 0) value.form = ValuePlan::Form::kVariable;
    }
  }

  // Decides, from the last operation to the first, which are written in their user.
  void Fold(BlockId id) {
    const Block& block = graph_.block(id);
    uint32_t count = static_cast<uint32_t>(block.ops.size());
    std::vector<uint32_t>& roots = plan_.roots[id.index];
    roots.resize(count);
    // How many operations before each position may change memory, and how many may collect: what
    // reads a pointer stays on its side of those, because the collector knows of the pointer only
    // where the gc transform saw it.
    std::vector<uint32_t> writes(count + 1, 0);
    std::vector<uint32_t> collects(count + 1, 0);
    for (uint32_t i = 0; i < count; ++i) {
      bool is_write = IsNeeded(block.ops[i]) &&
                      (Effects(block.ops[i]) & (flowgraph::kWrite | flowgraph::kRaise |
                                                flowgraph::kCollect | flowgraph::kUnwind)) != 0;
      writes[i + 1] = writes[i] + (is_write ? 1 : 0);
      collects[i + 1] = collects[i] + ((Effects(block.ops[i]) & flowgraph::kCollect) != 0 ? 1 : 0);
    }
    std::vector<uint32_t> levels(count, 0);
    std::vector<uint32_t> sizes(count + 1, 0);
    for (uint32_t i = count; i-- > 0;) {
      const Operation& op = block.ops[i];
      roots[i] = IsNeeded(op) ? i : kLeftOut;
      if (!op.result.is_valid()) continue;
      ValuePlan& value = plan_.values[op.result.index];
      if (value.form == ValuePlan::Form::kNone || value.uses != 1) continue;
      auto [user_block, user_op] = user_[op.result.index];
      if (user_block != id) continue;
      // What is assigned to must be a variable.
      if (user_op != kAtExit && block.ops[user_op].opcode == Opcode::kRootGet) continue;
      uint16_t effects = Effects(op);
      bool is_read = (effects & (flowgraph::kRead | flowgraph::kDrop)) ==
                         (flowgraph::kRead | flowgraph::kDrop) &&
                     (effects & ~(flowgraph::kRead | flowgraph::kDrop)) == 0;
      if (effects != flowgraph::kFold && !is_read) continue;
      uint32_t root = user_op == kAtExit ? kAtExit : roots[user_op];
      uint32_t root_index = root == kAtExit ? count : root;
      if (is_read && writes[root_index] != writes[i + 1]) continue;
      if (collects[root_index] != collects[i + 1] && ReadsPointer(op)) continue;
      uint32_t level = user_op == kAtExit || roots[user_op] == user_op ? 1 : levels[user_op] + 1;
      if (level > kDeepest || sizes[root_index] >= kLongest) continue;
      levels[i] = level;
      ++sizes[root_index];
      roots[i] = root;
      value.form = ValuePlan::Form::kFolded;
    }
  }

  void PlaceBlocks() {
    for (BlockId id : plan_.order) {
      const auto& links = graph_.block(id).exit.links;
      for (size_t i = 0; i < links.size(); ++i) {
        // Cases with equal links stand next to each other mostly, so that this finds them; if it
        // does not, the block gets a label.
        if (i > 0 && SameLink(links[i - 1], links[i])) continue;
        ++plan_.blocks[links[i].target.index].incoming;
      }
    }
    for (BlockId id : plan_.order) {
      BlockPlan& block = plan_.blocks[id.index];
      block.labelled = id == Graph::Entry() || block.incoming != 1;
    }
    if (dispatch_.is_valid()) {
      plan_.blocks[dispatch_.index].labelled = true;
      for (const Link& link : graph_.block(dispatch_).exit.links) {
        plan_.blocks[link.target.index].labelled = true;
      }
    }
    plan_.scope_parents.push_back(0);
    std::vector<BlockId> heads;
    for (BlockId id : plan_.order) {
      if (plan_.blocks[id.index].labelled) heads.push_back(id);
    }
    // Blocks that are too deep become heads on the way.
    for (size_t i = 0; i < heads.size(); ++i) PlaceTree(heads[i], &heads);
    std::stable_sort(heads.begin() + 1, heads.end(), [&](BlockId a, BlockId b) {
      bool a_cold = graph_.block(a).is_cold;
      bool b_cold = graph_.block(b).is_cold;
      if (a_cold != b_cold) return b_cold;
      return plan_.blocks[a.index].order < plan_.blocks[b.index].order;
    });
    plan_.top_level = std::move(heads);
  }

  uint32_t NewScope(uint32_t parent) {
    plan_.scope_parents.push_back(parent);
    return static_cast<uint32_t>(plan_.scope_parents.size() - 1);
  }

  void PlaceTree(BlockId head, std::vector<BlockId>* heads) {
    std::vector<BlockId> work{head};
    plan_.blocks[head.index].scope = NewScope(0);
    plan_.blocks[head.index].depth = 1;
    while (!work.empty()) {
      BlockId id = work.back();
      work.pop_back();
      const BlockPlan block = plan_.blocks[id.index];
      const auto& exit = graph_.block(id).exit;
      int straight = ContinueFrom(graph_, plan_, id).straight;
      for (size_t i = 0; i < exit.links.size(); ++i) {
        if (i > 0 && SameLink(exit.links[i - 1], exit.links[i])) continue;
        BlockPlan& target = plan_.blocks[exit.links[i].target.index];
        if (target.labelled) continue;
        if (static_cast<int>(i) == straight) {
          target.scope = block.scope;
          target.depth = block.depth;
        } else {
          target.depth = block.depth + (exit.kind == ExitKind::kSwitch ? 2 : 1);
          if (target.depth > kDeepestBlock) {
            target.labelled = true;
            heads->push_back(exit.links[i].target);
            continue;
          }
          target.scope = NewScope(block.scope);
        }
        work.push_back(exit.links[i].target);
      }
    }
  }

  struct User {
    BlockId block;
    uint32_t op = kAtExit;
  };

  const Program& program_;
  const Graph& graph_;
  BlockId dispatch_;
  FunctionPlan plan_;
  // The last user that was counted: of a value used once, the one.
  std::vector<User> user_;
};

}  // namespace

bool SameLink(const Link& a, const Link& b) { return a.target == b.target && a.args == b.args; }

Continuation ContinueFrom(const Graph& graph, const FunctionPlan& plan, BlockId id) {
  const auto& exit = graph.block(id).exit;
  if (exit.kind == ExitKind::kJump) return {0};
  if (exit.kind != ExitKind::kBranch) return {-1};
  if (SameLink(exit.links[0], exit.links[1])) return {0};
  const auto& first = exit.links[0].target;
  const auto& second = exit.links[1].target;
  // What is rare stands in braces, and so does what only jumps.
  if (graph.block(first).is_cold != graph.block(second).is_cold) {
    return {graph.block(first).is_cold ? 1 : 0};
  }
  if (plan.block(first).labelled != plan.block(second).labelled) {
    return {plan.block(first).labelled ? 1 : 0};
  }
  return {1};
}

FunctionPlan MakeFunctionPlan(const Program& program, const FunctionInfo& function,
                              BlockId dispatch) {
  return Planner(program, function, dispatch).Run();
}

}  // namespace weft::backend_c
