#include "backend_common/locals.h"

#include <algorithm>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "flowgraph/analysis.h"

// Values in SSA form are coloured greedily along the dominator tree: where a value is defined, all
// that live there have their locals already, so that no more locals are used than values live at
// once. What a link carries prefers the local of the argument that it goes to, and the other way
// round; where that local is free the link needs no copy.
namespace weft::backend_common {

using flowgraph::Block;
using flowgraph::Graph;
using flowgraph::Link;
using flowgraph::Operation;

namespace {

constexpr uint32_t kNone = 0xffffffffu;

// A set of values that is cheap to walk and to change.
class LiveSet {
 public:
  explicit LiveSet(size_t size) : position_(size, kNone) {}

  void Clear() {
    for (ValueId member : members_) position_[member.index] = kNone;
    members_.clear();
  }
  bool Add(ValueId id) {
    if (position_[id.index] != kNone) return false;
    position_[id.index] = static_cast<uint32_t>(members_.size());
    members_.push_back(id);
    return true;
  }
  void Remove(ValueId id) {
    uint32_t at = position_[id.index];
    if (at == kNone) return;
    members_[at] = members_.back();
    position_[members_[at].index] = at;
    members_.pop_back();
    position_[id.index] = kNone;
  }
  bool Has(ValueId id) const { return position_[id.index] != kNone; }
  const std::vector<ValueId>& members() const { return members_; }

 private:
  std::vector<uint32_t> position_;
  std::vector<ValueId> members_;
};

class Assigner {
 public:
  Assigner(const std::function<uint32_t(TypeId)>& kind_of, StackPlan* plan)
      : kind_of_(kind_of),
        plan_(*plan),
        graph_(plan->graph),
        live_(plan->values.size()),
        local_(plan->values.size(), kNone) {}

  void Run() {
    plan_.live_in.resize(graph_.blocks().size());
    FindLiveness();
    FindHints();
    Parameters();
    flowgraph::Dominators dominators(graph_);
    flowgraph::Loops loops(graph_, dominators);
    for (BlockId block : dominators.reverse_postorder()) {
      weight_ = uint64_t{1} << std::min<uint32_t>(3 * loops.Depth(block), 30);
      if (graph_.block(block).is_cold) weight_ = 0;
      Colour(block);
    }
    for (size_t i = 0; i < local_.size(); ++i) {
      if (local_[i] != kNone) plan_.values[i].local = local_[i];
    }
    for (auto& live : plan_.live_in) {
      std::sort(live.begin(), live.end(), [](ValueId a, ValueId b) { return a.index < b.index; });
    }
  }

 private:
  bool IsLocal(ValueId id) const { return plan_.value(id).form == ValuePlan::Form::kLocal; }

  // Calls f for what a statement reads: an operation with all that is folded into it.
  template <typename F>
  void ForEachRead(const Operation& op, F f) const {
    for (ValueId arg : op.args) ForEachLeaf(plan_, arg, f);
  }

  template <typename F>
  void ForEachDefined(const Operation& op, F f) const {
    if (!op.result.is_valid()) return;
    if (IsLocal(op.result)) f(op.result);
    for (const Operation* get : plan_.tuple_gets[op.result.index]) f(get->result);
  }

  template <typename F>
  void ForEachLinkRead(const Link& link, size_t first_argument, F f) const {
    const auto& targets = graph_.block(link.target).args;
    for (size_t i = 0; i < link.args.size(); ++i) {
      if (IsLocal(targets[i + first_argument])) ForEachLeaf(plan_, link.args[i], f);
    }
  }

  void AddLiveInto(const Link& link) {
    for (ValueId id : plan_.live_in[link.target.index]) {
      const auto& info = graph_.value(id);
      bool is_argument =
          info.kind == flowgraph::ValueKind::kBlockArgument && info.block == link.target;
      if (!is_argument) live_.Add(id);
    }
  }

  // Fills live_ with what lives at the exit, the exit's own reads included.
  void LiveAtExit(const Block& block) {
    live_.Clear();
    for (const Link& link : block.exit.links) {
      AddLiveInto(link);
      ForEachLinkRead(link, 0, [&](ValueId id) { live_.Add(id); });
    }
    if (block.exit.value.is_valid()) {
      ForEachLeaf(plan_, block.exit.value, [&](ValueId id) { live_.Add(id); });
    }
    if (block.catches() && block.exit.kind == flowgraph::ExitKind::kRaise) AddExceptional(block);
  }

  void AddExceptional(const Block& block) {
    AddLiveInto(block.on_exception);
    ForEachLinkRead(block.on_exception, 1, [&](ValueId id) { live_.Add(id); });
  }

  bool IsTried(const Block& block, uint32_t at) const {
    return block.catches() && block.exit.kind != flowgraph::ExitKind::kRaise &&
           at + 1 == block.ops.size();
  }

  void FindLiveness() {
    std::vector<BlockId> order = flowgraph::ReversePostorder(graph_);
    bool changed = true;
    while (changed) {
      changed = false;
      for (size_t i = order.size(); i-- > 0;) {
        BlockId id = order[i];
        const Block& block = graph_.block(id);
        LiveAtExit(block);
        for (uint32_t at = static_cast<uint32_t>(block.ops.size()); at-- > 0;) {
          const Operation& op = block.ops[at];
          if (!plan_.IsStatement(id, at)) continue;
          ForEachDefined(op, [&](ValueId value) { live_.Remove(value); });
          if (IsTried(block, at)) AddExceptional(block);
          ForEachRead(op, [&](ValueId value) { live_.Add(value); });
        }
        if (live_.members().size() != plan_.live_in[id.index].size()) {
          plan_.live_in[id.index] = live_.members();
          changed = true;
        }
      }
    }
  }

  void Hint(ValueId a, ValueId b) {
    hints_[a.index].push_back(b);
    hints_[b.index].push_back(a);
  }

  void FindHints() {
    auto add = [&](const Link& link, size_t first) {
      const auto& targets = graph_.block(link.target).args;
      for (size_t i = 0; i < link.args.size(); ++i) {
        if (IsLocal(link.args[i]) && IsLocal(targets[i + first])) {
          Hint(link.args[i], targets[i + first]);
        }
      }
    };
    for (BlockId id : plan_.order) {
      const Block& block = graph_.block(id);
      for (const Link& link : block.exit.links) add(link, 0);
      if (block.catches()) add(block.on_exception, 1);
    }
  }

  uint32_t NewLocal(TypeId type) {
    plan_.locals.push_back({.kind = kind_of_(type), .type = type});
    by_kind_[plan_.locals.back().kind].push_back(static_cast<uint32_t>(plan_.locals.size() - 1));
    taken_.push_back(false);
    return static_cast<uint32_t>(plan_.locals.size() - 1);
  }

  void Parameters() {
    for (ValueId id : graph_.block(Graph::Entry()).args) {
      uint32_t local = NewLocal(graph_.type(id));
      plan_.locals[local].is_parameter = true;
      local_[id.index] = local;
    }
  }

  bool Fits(uint32_t local, uint32_t kind) const {
    return local != kNone && !taken_[local] && plan_.locals[local].kind == kind;
  }

  // A free local with which a link needs no copy.
  uint32_t Hinted(ValueId id) const {
    auto at = hints_.find(id.index);
    if (at == hints_.end()) return kNone;
    uint32_t kind = kind_of_(graph_.type(id));
    for (ValueId other : at->second) {
      if (Fits(local_[other.index], kind)) return local_[other.index];
    }
    return kNone;
  }

  void Choose(ValueId id) {
    uint32_t kind = kind_of_(graph_.type(id));
    uint32_t chosen = Hinted(id);
    if (chosen == kNone) {
      for (uint32_t local : by_kind_[kind]) {
        if (taken_[local]) continue;
        chosen = local;
        break;
      }
    }
    if (chosen == kNone) chosen = NewLocal(graph_.type(id));
    taken_[chosen] = true;
    local_[id.index] = chosen;
  }

  void Colour(BlockId id) {
    const Block& block = graph_.block(id);
    // Which values each statement reads last.
    std::vector<std::vector<ValueId>> dying(block.ops.size());
    LiveAtExit(block);
    for (uint32_t at = static_cast<uint32_t>(block.ops.size()); at-- > 0;) {
      const Operation& op = block.ops[at];
      if (!plan_.IsStatement(id, at)) continue;
      ForEachDefined(op, [&](ValueId value) { live_.Remove(value); });
      auto read = [&](ValueId value) {
        if (live_.Add(value)) dying[at].push_back(value);
      };
      if (IsTried(block, at)) {
        for (ValueId value : plan_.live_in[block.on_exception.target.index]) {
          const auto& info = graph_.value(value);
          bool is_argument = info.kind == flowgraph::ValueKind::kBlockArgument &&
                             info.block == block.on_exception.target;
          if (!is_argument) read(value);
        }
        ForEachLinkRead(block.on_exception, 1, read);
      }
      ForEachRead(op, read);
    }
    std::fill(taken_.begin(), taken_.end(), false);
    for (ValueId value : plan_.live_in[id.index]) {
      if (local_[value.index] != kNone) taken_[local_[value.index]] = true;
    }
    // First those that find a local that needs no copy, so that no other one takes it from them.
    for (bool only_hinted : {true, false}) {
      for (ValueId argument : block.args) {
        if (!IsLocal(argument) || local_[argument.index] != kNone) continue;
        if (!only_hinted || Hinted(argument) != kNone) Choose(argument);
      }
    }
    for (ValueId argument : block.args) Weigh(argument);
    for (uint32_t at = 0; at < block.ops.size(); ++at) {
      if (!plan_.IsStatement(id, at)) continue;
      ForEachRead(block.ops[at], [&](ValueId value) { Weigh(value); });
      for (ValueId value : dying[at]) taken_[local_[value.index]] = false;
      ForEachDefined(block.ops[at], [&](ValueId value) {
        Choose(value);
        Weigh(value);
      });
    }
    if (block.exit.value.is_valid()) {
      ForEachLeaf(plan_, block.exit.value, [&](ValueId value) { Weigh(value); });
    }
    for (const Link& link : block.exit.links) {
      ForEachLinkRead(link, 0, [&](ValueId value) { Weigh(value); });
    }
  }

  void Weigh(ValueId id) {
    if (local_[id.index] != kNone) plan_.locals[local_[id.index]].weight += weight_;
  }

  const std::function<uint32_t(TypeId)>& kind_of_;
  StackPlan& plan_;
  const Graph& graph_;
  LiveSet live_;
  std::vector<uint32_t> local_;
  std::vector<bool> taken_;
  absl::flat_hash_map<uint32_t, std::vector<uint32_t>> by_kind_;
  absl::flat_hash_map<uint32_t, std::vector<ValueId>> hints_;
  uint64_t weight_ = 1;
};

}  // namespace

void AssignLocals(const std::function<uint32_t(TypeId)>& kind_of, StackPlan* plan) {
  Assigner(kind_of, plan).Run();
}

}  // namespace weft::backend_common
