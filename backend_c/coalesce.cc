#include "backend_c/coalesce.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"

// Classic: lifetimes by walking up from every use, an interference graph over the values that are
// block arguments or are carried to one, and then the links in order, each pair sharing a variable
// unless something in the one's class is alive where something in the other's is defined. A value's
// last use is where its text stands, which folding may have moved down.
namespace weft::backend_c {

using flowgraph::Block;
using flowgraph::Graph;
using flowgraph::Link;
using flowgraph::Operation;
using flowgraph::ValueKind;

namespace {

constexpr uint32_t kNoCandidate = 0xffffffffu;

// A set of candidates that is cheap to walk and to change.
class LiveSet {
 public:
  explicit LiveSet(size_t size) : position_(size, kNoCandidate) {}

  void Clear() {
    for (uint32_t member : members_) position_[member] = kNoCandidate;
    members_.clear();
  }
  void Add(uint32_t candidate) {
    if (position_[candidate] != kNoCandidate) return;
    position_[candidate] = static_cast<uint32_t>(members_.size());
    members_.push_back(candidate);
  }
  void Remove(uint32_t candidate) {
    uint32_t at = position_[candidate];
    if (at == kNoCandidate) return;
    members_[at] = members_.back();
    position_[members_[at]] = at;
    members_.pop_back();
    position_[candidate] = kNoCandidate;
  }
  const std::vector<uint32_t>& members() const { return members_; }

 private:
  std::vector<uint32_t> members_;
  std::vector<uint32_t> position_;
};

class Coalescer {
 public:
  Coalescer(const Graph& graph, FunctionPlan* plan)
      : graph_(graph), plan_(*plan), candidate_(graph.value_count(), kNoCandidate) {}

  void Run() {
    FindCandidates();
    FindLiveness();
    FindInterference();
    MergeLinks();
    MakeVariables();
  }

 private:
  bool IsVariable(ValueId id) const { return plan_.value(id).form == ValuePlan::Form::kVariable; }

  void AddCandidate(ValueId id) {
    if (candidate_[id.index] != kNoCandidate) return;
    candidate_[id.index] = static_cast<uint32_t>(values_.size());
    values_.push_back(id);
  }

  // Calls f(argument of the target, value that the link carries) for the needed ones.
  template <typename F>
  void ForEachCarried(const Link& link, F f) const {
    const auto& targets = graph_.block(link.target).args;
    for (size_t i = 0; i < link.args.size(); ++i) {
      if (IsVariable(targets[i])) f(targets[i], link.args[i]);
    }
  }

  void FindCandidates() {
    for (BlockId id : plan_.order) {
      for (ValueId arg : graph_.block(id).args) {
        if (IsVariable(arg)) AddCandidate(arg);
      }
      for (const Link& link : graph_.block(id).exit.links) {
        ForEachCarried(link, [&](ValueId, ValueId value) {
          if (IsVariable(value)) AddCandidate(value);
        });
      }
    }
    parent_.resize(values_.size());
    members_.resize(values_.size());
    interference_.resize(values_.size());
    for (uint32_t i = 0; i < values_.size(); ++i) {
      parent_[i] = i;
      members_[i] = {i};
    }
  }

  BlockId DefinedIn(ValueId id) const {
    const auto& info = graph_.value(id);
    return info.kind == ValueKind::kBlockArgument ? info.block : plan_.value(id).block;
  }

  // Calls f(ValueId) for the variables that the exit of a block reads, links included.
  template <typename F>
  void ForEachExitLeaf(const Block& block, F f) const {
    if (block.exit.value.is_valid()) ForEachLeaf(graph_, plan_, block.exit.value, f);
    for (const Link& link : block.exit.links) {
      ForEachCarried(link, [&](ValueId, ValueId value) { ForEachLeaf(graph_, plan_, value, f); });
    }
  }

  template <typename F>
  void ForEachStatementLeaf(BlockId id, F f) const {
    const Block& block = graph_.block(id);
    for (uint32_t i = 0; i < block.ops.size(); ++i) {
      if (!plan_.IsStatement(id, i)) continue;
      for (ValueId arg : block.ops[i].args) ForEachLeaf(graph_, plan_, arg, f);
    }
  }

  void FindLiveness() {
    std::vector<std::vector<BlockId>> predecessors(graph_.blocks().size());
    for (BlockId id : plan_.order) {
      for (const Link& link : graph_.block(id).exit.links) {
        predecessors[link.target.index].push_back(id);
      }
    }
    // Blocks that need a candidate to be alive when they begin.
    std::vector<std::vector<BlockId>> wanted(values_.size());
    for (BlockId id : plan_.order) {
      auto use = [&](ValueId value) {
        uint32_t candidate = candidate_[value.index];
        if (candidate == kNoCandidate || DefinedIn(value) == id) return;
        if (wanted[candidate].empty() || wanted[candidate].back() != id) {
          wanted[candidate].push_back(id);
        }
      };
      const Block& block = graph_.block(id);
      ForEachStatementLeaf(id, use);
      ForEachExitLeaf(block, use);
    }
    live_out_.resize(graph_.blocks().size());
    std::vector<uint32_t> in_stamp(graph_.blocks().size(), kNoCandidate);
    std::vector<uint32_t> out_stamp(graph_.blocks().size(), kNoCandidate);
    for (uint32_t candidate = 0; candidate < values_.size(); ++candidate) {
      BlockId definition = DefinedIn(values_[candidate]);
      std::vector<BlockId> work = wanted[candidate];
      for (BlockId block : work) in_stamp[block.index] = candidate;
      while (!work.empty()) {
        BlockId block = work.back();
        work.pop_back();
        for (BlockId before : predecessors[block.index]) {
          if (out_stamp[before.index] == candidate) continue;
          out_stamp[before.index] = candidate;
          live_out_[before.index].push_back(candidate);
          if (before == definition || in_stamp[before.index] == candidate) continue;
          in_stamp[before.index] = candidate;
          work.push_back(before);
        }
      }
    }
  }

  void FindInterference() {
    LiveSet live(values_.size());
    auto define = [&](uint32_t candidate) {
      for (uint32_t other : live.members()) {
        if (other == candidate) continue;
        interference_[candidate].insert(other);
        interference_[other].insert(candidate);
      }
    };
    auto use = [&](ValueId value) {
      if (candidate_[value.index] != kNoCandidate) live.Add(candidate_[value.index]);
    };
    for (BlockId id : plan_.order) {
      live.Clear();
      for (uint32_t candidate : live_out_[id.index]) live.Add(candidate);
      const Block& block = graph_.block(id);
      ForEachExitLeaf(block, use);
      for (size_t i = block.ops.size(); i-- > 0;) {
        const Operation& op = block.ops[i];
        if (!plan_.IsStatement(id, static_cast<uint32_t>(i))) continue;
        if (op.result.is_valid() && candidate_[op.result.index] != kNoCandidate) {
          live.Remove(candidate_[op.result.index]);
          define(candidate_[op.result.index]);
        }
        for (ValueId arg : op.args) ForEachLeaf(graph_, plan_, arg, use);
      }
      // The arguments are there together, and with everything else that is alive here.
      for (ValueId arg : block.args) {
        if (candidate_[arg.index] != kNoCandidate) live.Add(candidate_[arg.index]);
      }
      for (ValueId arg : block.args) {
        if (candidate_[arg.index] != kNoCandidate) define(candidate_[arg.index]);
      }
    }
  }

  uint32_t Find(uint32_t candidate) {
    while (parent_[candidate] != candidate) {
      parent_[candidate] = parent_[parent_[candidate]];
      candidate = parent_[candidate];
    }
    return candidate;
  }

  void MergeLinks() {
    for (BlockId id : plan_.order) {
      for (const Link& link : graph_.block(id).exit.links) {
        ForEachCarried(link, [&](ValueId target, ValueId value) {
          if (IsVariable(value) && graph_.type(target) == graph_.type(value)) {
            Merge(Find(candidate_[target.index]), Find(candidate_[value.index]));
          }
        });
      }
    }
  }

  void Merge(uint32_t a, uint32_t b) {
    if (a == b) return;
    if (members_[a].size() < members_[b].size()) std::swap(a, b);
    for (uint32_t member : members_[b]) {
      if (interference_[a].contains(member)) return;
    }
    parent_[b] = a;
    members_[a].insert(members_[a].end(), members_[b].begin(), members_[b].end());
    interference_[a].insert(interference_[b].begin(), interference_[b].end());
    members_[b].clear();
    interference_[b].clear();
  }

  void MakeVariables() {
    const uint32_t none = kNoCandidate;
    std::vector<uint32_t> variable_of_class(values_.size(), none);
    auto assign = [&](ValueId id, bool is_parameter, bool is_argument) {
      ValuePlan& value = plan_.values[id.index];
      uint32_t candidate = candidate_[id.index];
      uint32_t root = candidate == kNoCandidate ? none : Find(candidate);
      if (root != none && variable_of_class[root] != none) {
        value.variable = variable_of_class[root];
      } else {
        value.variable = static_cast<uint32_t>(plan_.variables.size());
        plan_.variables.push_back({graph_.type(id), false, false});
        if (root != none) variable_of_class[root] = value.variable;
      }
      Variable& variable = plan_.variables[value.variable];
      variable.is_parameter = variable.is_parameter || is_parameter;
      variable.at_top =
          variable.at_top || is_argument || (root != none && members_[root].size() > 1);
    };
    for (BlockId id : plan_.order) {
      const Block& block = graph_.block(id);
      bool is_entry = id == Graph::Entry();
      for (ValueId arg : block.args) {
        if (IsVariable(arg)) assign(arg, is_entry, true);
      }
      for (const Operation& op : block.ops) {
        if (op.result.is_valid() && IsVariable(op.result)) assign(op.result, false, false);
      }
    }
    // Whatever is read outside of the braces it is defined in is declared at the top.
    for (BlockId id : plan_.order) {
      auto use = [&](ValueId value) {
        Variable& variable = plan_.variables[plan_.value(value).variable];
        if (variable.at_top) return;
        uint32_t outer = plan_.block(DefinedIn(value)).scope;
        if (!plan_.Encloses(outer, plan_.block(id).scope)) variable.at_top = true;
      };
      const Block& block = graph_.block(id);
      ForEachStatementLeaf(id, use);
      ForEachExitLeaf(block, use);
    }
  }

  const Graph& graph_;
  FunctionPlan& plan_;
  std::vector<uint32_t> candidate_;
  std::vector<ValueId> values_;
  std::vector<std::vector<uint32_t>> live_out_;
  std::vector<absl::flat_hash_set<uint32_t>> interference_;
  std::vector<uint32_t> parent_;
  std::vector<std::vector<uint32_t>> members_;
};

}  // namespace

void AssignVariables(const Graph& graph, FunctionPlan* plan) { Coalescer(graph, plan).Run(); }

}  // namespace weft::backend_c
