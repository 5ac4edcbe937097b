#include "optimize/limit_size.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "common/check.h"

namespace weft::optimize {

SizeCosts CountOperations() {
  return {.operation = [](const FunctionInfo&, const Operation&) -> size_t { return 1; },
          .exit = [](const FunctionInfo&, const Block&) -> size_t { return 1; },
          .call = [](const RegionShape& shape) -> size_t { return 2 + shape.results; }};
}

namespace {

size_t SizeOfBlock(const FunctionInfo& function, const Block& block, const SizeCosts& costs) {
  size_t size = costs.exit(function, block);
  for (const Operation& op : block.ops) size += costs.operation(function, op);
  return size;
}

// Splits blocks that are larger than `chunk`, where no tuple is between its making and its uses.
void SplitLongBlocks(const Program& program, FunctionInfo& function, const SizeCosts& costs,
                     size_t chunk) {
  Graph& graph = function.graph;
  size_t count = graph.blocks().size();
  for (size_t b = 0; b < count; ++b) {
    std::vector<Operation> ops = std::move(graph.block(BlockId(b)).ops);
    Exit exit = std::move(graph.block(BlockId(b)).exit);
    Link on_exception = std::move(graph.block(BlockId(b)).on_exception);
    const bool is_cold = graph.block(BlockId(b)).is_cold;
    // Up to which position the tuples made so far are used; beyond the end if other blocks may.
    absl::flat_hash_map<ValueId, size_t> last_use;
    for (size_t i = 0; i < ops.size(); ++i) {
      ValueId result = ops[i].result;
      if (result.is_valid() && program.types.Kind(graph.type(result)) == TypeKind::kTuple) {
        last_use[result] = ops.size();
      }
      for (ValueId arg : ops[i].args) {
        if (auto it = last_use.find(arg); it != last_use.end()) it->second = i;
      }
    }
    if (auto it = last_use.find(exit.value); it != last_use.end()) it->second = ops.size();
    BlockId at(b);
    std::vector<Operation> kept;
    size_t size = 0;
    size_t open_until = 0;
    for (size_t i = 0; i < ops.size(); ++i) {
      if (size >= chunk && i >= open_until) {
        BlockId next = graph.AddBlock();
        Block& block = graph.block(at);
        block.ops = std::move(kept);
        block.exit = {
            .kind = ExitKind::kJump, .value = {}, .links = {}, .cases = {}, .loc = ops[i].loc};
        block.exit.links.push_back({.target = next, .args = {}});
        block.on_exception = {};
        graph.block(next).is_cold = is_cold;
        kept.clear();
        size = 0;
        at = next;
      }
      size += costs.operation(function, ops[i]);
      if (auto it = last_use.find(ops[i].result); it != last_use.end()) {
        open_until = std::max(open_until, it->second + 1);
      }
      kept.push_back(std::move(ops[i]));
    }
    Block& block = graph.block(at);
    block.ops = std::move(kept);
    block.exit = std::move(exit);
    block.on_exception = std::move(on_exception);
  }
  // Results know no block, but arguments do, and those stay where they are.
}

// Halves switches that take more than `limit` by themselves, until they do not.
void SplitLargeSwitches(const Program& program, FunctionInfo& function, const SizeCosts& costs,
                        size_t limit) {
  Graph& graph = function.graph;
  for (size_t b = 0; b < graph.blocks().size(); ++b) {
    if (graph.block(BlockId(b)).exit.kind != ExitKind::kSwitch) continue;
    if (graph.block(BlockId(b)).exit.cases.size() < 8) continue;
    if (costs.exit(function, graph.block(BlockId(b))) <= limit) continue;
    Exit exit = std::move(graph.block(BlockId(b)).exit);
    std::vector<size_t> order(exit.cases.size());
    for (size_t i = 0; i < order.size(); ++i) order[i] = i;
    bool is_signed = IsSigned(program.types.Kind(graph.type(exit.value)));
    std::sort(order.begin(), order.end(), [&](size_t i, size_t j) {
      if (is_signed) return exit.cases[i] < exit.cases[j];
      return static_cast<uint64_t>(exit.cases[i]) < static_cast<uint64_t>(exit.cases[j]);
    });
    size_t middle = order.size() / 2;
    BlockId halves[2] = {graph.AddBlock(), graph.AddBlock()};
    for (size_t half = 0; half < 2; ++half) {
      Exit part{.kind = ExitKind::kSwitch,
                .value = exit.value,
                .links = {},
                .cases = {},
                .loc = exit.loc};
      size_t end = half == 0 ? middle : order.size();
      for (size_t i = half == 0 ? 0 : middle; i < end; ++i) {
        part.cases.push_back(exit.cases[order[i]]);
        part.links.push_back(exit.links[order[i]]);
      }
      part.links.push_back(exit.links.back());
      graph.block(halves[half]).exit = std::move(part);
      graph.block(halves[half]).is_cold = graph.block(BlockId(b)).is_cold;
    }
    ValueId bound = graph.Int(graph.type(exit.value), exit.cases[order[middle]]);
    ValueId is_low = graph.Append(BlockId(b), Opcode::kLt, TypeTable::Bool(), {exit.value, bound},
                                  TypedId<void>::kNone, TypedId<void>::kNone, exit.loc);
    Exit choice{
        .kind = ExitKind::kBranch, .value = is_low, .links = {}, .cases = {}, .loc = exit.loc};
    for (BlockId half : halves) choice.links.push_back({.target = half, .args = {}});
    graph.block(BlockId(b)).exit = std::move(choice);
  }
}

// Cuts one function.
class Cutter {
 public:
  Cutter(Program& program, Outliner& outliner, const SizeLimit& limit)
      : program_(program), outliner_(outliner), limit_(limit) {}

  // The parts that were made.
  std::vector<FunctionId> Run(FunctionId id) {
    function_ = &program_.function(id);
    graph_ = &function_->graph;
    const size_t chunk = std::max<size_t>(limit_.limit / 8, 1);
    SplitLongBlocks(program_, *function_, limit_.costs, chunk);
    SplitLargeSwitches(program_, *function_, limit_.costs, std::max<size_t>(limit_.limit / 4, 1));
    outliner_.Open(id);
    const flowgraph::Dominators& dominators = outliner_.dominators();
    flowgraph::Loops loops(*graph_, dominators);
    predecessors_ = CountPredecessors(*graph_);
    nodes_.assign(graph_->blocks().size(), {});
    for (size_t b = 0; b < nodes_.size(); ++b) {
      std::span<const BlockId> children = dominators.Children(BlockId(b));
      nodes_[b].children.assign(children.begin(), children.end());
      nodes_[b].depth = loops.Depth(BlockId(b));
    }
    // Dominators come before what they dominate in reverse postorder, so this goes up from leaves.
    const std::vector<BlockId>& order = dominators.reverse_postorder();
    for (size_t i = order.size(); i-- > 0;) Visit(order[i]);
    outliner_.Close();
    return std::move(parts_);
  }

 private:
  // A block in the dominator tree.
  struct Node {
    std::vector<BlockId> children;
    uint32_t depth = 0;
    // Of the block and of all below it that is left.
    size_t size = 0;
    // A cut of what is below was tried in vain.
    bool is_stuck = false;
  };
  Node& node(BlockId id) { return nodes_[id.index]; }

  size_t OwnSize(BlockId id) const {
    return SizeOfBlock(*function_, graph_->block(id), limit_.costs);
  }

  void Visit(BlockId id) {
    Measure(id);
    // The function itself may be as large as the limit; what becomes a part needs room for what
    // every function begins and ends with.
    const bool is_root = id == Graph::Entry();
    const size_t target = is_root ? limit_.limit : limit_.limit - limit_.limit / 4;
    if (node(id).size <= target) return;
    if (!CutChildren(id, target)) CutGroups(id, target);
    CutBelow(id, target);
  }

  void Measure(BlockId id) {
    size_t size = OwnSize(id);
    for (BlockId child : node(id).children) size += node(child).size;
    node(id).size = size;
  }

  // A block and all below it, in an order that begins with it.
  std::vector<BlockId> Subtree(BlockId id) {
    std::vector<BlockId> blocks = {id};
    for (size_t i = 0; i < blocks.size(); ++i) {
      const std::vector<BlockId>& children = node(blocks[i]).children;
      blocks.insert(blocks.end(), children.begin(), children.end());
    }
    return blocks;
  }

  // What a call would take; nothing if the region cannot be cut.
  std::optional<size_t> CallSize(BlockId id) {
    std::optional<RegionShape> shape = outliner_.Measure(Subtree(id));
    if (!shape || shape->parameters > limit_.max_values || shape->results > limit_.max_values) {
      return std::nullopt;
    }
    return limit_.costs.call(*shape);
  }

  void Cut(BlockId id) {
    Outliner::Part part = outliner_.Cut(Subtree(id));
    parts_.push_back(part.function);
    nodes_.resize(graph_->blocks().size());
    predecessors_.resize(nodes_.size(), 1);
    for (BlockId landing : part.landings) {
      node(landing).depth = node(id).depth;
      node(landing).size = OwnSize(landing);
    }
    node(id).children = std::move(part.landings);
    Measure(id);
  }

  struct Candidate {
    BlockId block;
    size_t call;
    bool is_cold;
    bool leaves_loop;
    size_t size;
  };

  std::vector<Candidate> Candidates(BlockId id) {
    std::vector<Candidate> found;
    for (BlockId child : node(id).children) {
      std::optional<size_t> call = CallSize(child);
      if (!call) {
        node(child).is_stuck = true;
        continue;
      }
      found.push_back({.block = child,
                       .call = *call,
                       .is_cold = graph_->block(child).is_cold && !graph_->block(id).is_cold,
                       .leaves_loop = node(child).depth < node(id).depth,
                       .size = node(child).size});
    }
    std::stable_sort(found.begin(), found.end(), [](const Candidate& a, const Candidate& b) {
      if (a.is_cold != b.is_cold) return a.is_cold;
      if (a.leaves_loop != b.leaves_loop) return a.leaves_loop;
      return a.size > b.size;
    });
    return found;
  }

  // Cuts children one by one, if that suffices.
  bool CutChildren(BlockId id, size_t target) {
    std::vector<Candidate> candidates = Candidates(id);
    size_t size = node(id).size;
    std::vector<BlockId> chosen;
    for (const Candidate& candidate : candidates) {
      if (size <= target) break;
      if (candidate.size < 2 * candidate.call) continue;
      chosen.push_back(candidate.block);
      size -= candidate.size - candidate.call;
    }
    const bool is_switch = graph_->block(id).exit.kind == ExitKind::kSwitch;
    if (size > target && is_switch) return false;
    for (BlockId child : chosen) Cut(child);
    Measure(id);
    return node(id).size <= target || !is_switch;
  }

  // Moves cases of the switch at the end of the block to switches of their own, and cuts those.
  void CutGroups(BlockId id, size_t target) {
    std::vector<bool> is_child(nodes_.size());
    for (BlockId child : node(id).children) is_child[child.index] = true;
    // The cases by where they lead, if only this switch leads there.
    absl::flat_hash_map<BlockId, std::vector<size_t>> cases;
    const size_t case_count = graph_->block(id).exit.cases.size();
    for (size_t i = 0; i < case_count; ++i) {
      BlockId at = graph_->block(id).exit.links[i].target;
      if (is_child[at.index]) cases[at].push_back(i);
    }
    std::vector<Candidate> candidates = Candidates(id);
    std::erase_if(candidates, [&](const Candidate& candidate) {
      auto it = cases.find(candidate.block);
      return it == cases.end() || predecessors_[candidate.block.index] != it->second.size() ||
             graph_->block(id).exit.links.back().target == candidate.block;
    });
    const size_t group_size = target - target / 5;
    size_t call = 0;
    for (const Candidate& candidate : candidates) call = std::max(call, candidate.call);
    size_t size = node(id).size;
    size_t moved = 0;
    std::vector<BlockId> chosen;
    for (const Candidate& candidate : candidates) {
      if (size + (moved / group_size + 1) * call <= target - target / 8) break;
      chosen.push_back(candidate.block);
      size -= candidate.size;
      moved += candidate.size;
    }
    // Cases that stand together in the source go together.
    std::sort(chosen.begin(), chosen.end(),
              [&](BlockId a, BlockId b) { return cases.at(a).front() < cases.at(b).front(); });
    std::vector<BlockId> group;
    size_t in_group = 0;
    for (BlockId child : chosen) {
      if (!group.empty() && in_group + node(child).size > group_size) {
        CutGroup(id, group, cases);
        group.clear();
        in_group = 0;
      }
      group.push_back(child);
      in_group += node(child).size;
    }
    if (!group.empty()) CutGroup(id, group, cases);
    Measure(id);
  }

  void CutGroup(BlockId id, const std::vector<BlockId>& group,
                const absl::flat_hash_map<BlockId, std::vector<size_t>>& cases) {
    if (group.size() == 1) {
      Cut(group[0]);
      return;
    }
    BlockId inner = outliner_.AddBlock(id);
    BlockId never = outliner_.AddBlock(id);
    nodes_.resize(graph_->blocks().size());
    predecessors_.resize(nodes_.size(), 1);
    Exit& outer = graph_->block(id).exit;
    Exit exit{.kind = ExitKind::kSwitch,
              .value = outer.value,
              .links = {},
              .cases = {},
              .loc = outer.loc};
    bool is_cold = true;
    for (BlockId child : group) {
      is_cold &= graph_->block(child).is_cold;
      for (size_t i : cases.at(child)) {
        exit.cases.push_back(outer.cases[i]);
        exit.links.push_back(std::move(outer.links[i]));
        outer.links[i] = {.target = inner, .args = {}};
      }
    }
    exit.links.push_back({.target = never, .args = {}});
    outliner_.NoteUse(exit.value);
    graph_->block(never).exit = {
        .kind = ExitKind::kUnreachable, .value = {}, .links = {}, .cases = {}, .loc = exit.loc};
    graph_->block(inner).exit = std::move(exit);
    graph_->block(inner).is_cold = is_cold;
    Node& made = node(inner);
    made.depth = node(id).depth;
    made.children = group;
    made.children.push_back(never);
    node(never).size = OwnSize(never);
    Measure(inner);
    std::erase_if(node(id).children, [&](BlockId child) {
      return std::find(group.begin(), group.end(), child) != group.end();
    });
    node(id).children.push_back(inner);
    std::optional<size_t> call = CallSize(inner);
    if (call && *call < node(inner).size) Cut(inner);
  }

  // When children cannot be cut because of what they would have to pass: what is below them may do.
  void CutBelow(BlockId id, size_t target) {
    constexpr size_t kTries = 64;
    size_t tries = 0;
    std::vector<BlockId> path = {id};
    for (size_t i = 0; i < path.size() && node(id).size > target && tries < kTries; ++i) {
      const std::vector<BlockId> children = node(path[i]).children;
      for (BlockId child : children) {
        if (node(id).size <= target || tries >= kTries) break;
        if (i > 0) {
          ++tries;
          std::optional<size_t> call = CallSize(child);
          if (call && node(child).size >= 2 * *call) {
            size_t before = node(child).size;
            Cut(child);
            size_t gain = before - std::min(before, node(child).size);
            for (BlockId above = path[i]; above != id;) {
              node(above).size -= std::min(gain, node(above).size);
              above = Parent(above);
            }
            node(id).size -= std::min(gain, node(id).size);
            continue;
          }
        }
        parents_[child] = path[i];
        path.push_back(child);
      }
    }
    parents_.clear();
  }
  BlockId Parent(BlockId id) const { return parents_.at(id); }

  Program& program_;
  Outliner& outliner_;
  const SizeLimit& limit_;
  FunctionInfo* function_ = nullptr;
  Graph* graph_ = nullptr;
  std::vector<Node> nodes_;
  std::vector<uint32_t> predecessors_;
  absl::flat_hash_map<BlockId, BlockId> parents_;
  std::vector<FunctionId> parts_;
};

}  // namespace

size_t SizeWith(const FunctionInfo& function, const SizeCosts& costs) {
  size_t size = 0;
  for (const Block& block : function.graph.blocks()) size += SizeOfBlock(function, block, costs);
  return size;
}

bool LimitFunctionSize(Program& program, const SizeLimit& limit) {
  bool changed = false;
  Outliner outliner(program);
  // With the size of what it was cut from: a part that is not smaller is left as it is.
  std::vector<std::pair<FunctionId, size_t>> work;
  for (size_t f = 0; f < program.functions.size(); ++f) {
    work.push_back({FunctionId(f), static_cast<size_t>(-1)});
  }
  while (!work.empty()) {
    auto [id, bound] = work.back();
    work.pop_back();
    FunctionInfo& function = program.function(id);
    if (function.graph.empty()) continue;
    size_t size = SizeWith(function, limit.costs);
    if (size <= limit.limit || size >= bound) continue;
    changed = true;
    std::vector<FunctionId> parts = Cutter(program, outliner, limit).Run(id);
    for (FunctionId part : parts) work.push_back({part, size});
  }
  return changed;
}

}  // namespace weft::optimize
