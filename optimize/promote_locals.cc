#include "optimize/promote_locals.h"

#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "common/check.h"
#include "optimize/forward_places.h"

namespace weft::optimize {
namespace {

// The scalars within a value of a type, in order.
class Leaves {
 public:
  explicit Leaves(const Program& program) : program_(program) {}

  size_t Count(TypeId type) {
    if (program_.types.Kind(type) != TypeKind::kValue) return 1;
    auto it = count_.find(type);
    if (it != count_.end()) return it->second;
    size_t count = 0;
    for (const flowgraph::FieldInfo& field : Fields(type)) count += Count(field.type);
    count_[type] = count;
    return count;
  }

  // The first of the leaves that lie at the path within a value of the type.
  size_t Offset(TypeId type, std::span<const uint32_t> path) {
    size_t offset = 0;
    for (uint32_t step : path) {
      std::span<const flowgraph::FieldInfo> fields = Fields(type);
      for (uint32_t i = 0; i < step; ++i) offset += Count(fields[i].type);
      type = fields[step].type;
    }
    return offset;
  }

  // Calls f(type, path) for each leaf.
  template <typename F>
  void ForEach(TypeId type, std::vector<uint32_t>& path, F f) {
    if (program_.types.Kind(type) != TypeKind::kValue) {
      f(type, path);
      return;
    }
    std::span<const flowgraph::FieldInfo> fields = Fields(type);
    for (uint32_t i = 0; i < fields.size(); ++i) {
      path.push_back(i);
      ForEach(fields[i].type, path, f);
      path.pop_back();
    }
  }

  std::span<const flowgraph::FieldInfo> Fields(TypeId type) const {
    return program_.value_class(program_.types.ValueClass(type)).fields;
  }

 private:
  const Program& program_;
  absl::flat_hash_map<TypeId, size_t> count_;
};

struct Tree {
  explicit Tree(const Graph& graph) : dominators(graph), predecessors(graph) {}

  // For each block the blocks at which its dominance ends.
  std::vector<std::vector<BlockId>> Frontiers(size_t block_count) const {
    std::vector<std::vector<BlockId>> frontiers(block_count);
    for (BlockId id : dominators.reverse_postorder()) {
      std::span<const BlockId> sources = predecessors.Of(id);
      if (sources.size() < 2) continue;
      BlockId end = dominators.ImmediateDominator(id);
      for (BlockId at : sources) {
        for (; at.is_valid() && at != end; at = dominators.ImmediateDominator(at)) {
          std::vector<BlockId>& frontier = frontiers[at.index];
          // Another source was on this way already.
          if (!frontier.empty() && frontier.back() == id) break;
          frontier.push_back(id);
        }
      }
    }
    return frontiers;
  }

  flowgraph::Dominators dominators;
  flowgraph::Predecessors predecessors;
};

class Promoter {
 public:
  Promoter(Program& program, Graph& graph)
      : program_(program), graph_(graph), leaves_(program), first_(graph.value_count(), kNoSlot) {}

  bool Run() {
    if (!FindSlots()) return false;
    Tree tree(graph_);
    FindAccesses();
    PlaceArguments(tree);
    Rename(tree);
    replacements_->Rewrite(graph_);
    return true;
  }

 private:
  static constexpr uint32_t kNoSlot = 0xffffffffu;

  bool IsSlot(ValueId value) const {
    return value.index < first_.size() && first_[value.index] != kNoSlot;
  }

  // Numbers the variables: a slot's are first_[slot], and so on.
  bool FindSlots() {
    std::vector<bool> escapes(graph_.value_count());
    std::vector<const Operation*> locals;
    for (const Block& block : graph_.blocks()) {
      for (const Operation& op : block.ops) {
        if (op.opcode == Opcode::kLocal) locals.push_back(&op);
        bool is_access = op.opcode == Opcode::kRefGet || op.opcode == Opcode::kRefSet;
        for (size_t i = is_access ? 1 : 0; i < op.args.size(); ++i) {
          escapes[op.args[i].index] = true;
        }
      }
      if (block.exit.value.is_valid()) escapes[block.exit.value.index] = true;
      flowgraph::ForEachLink(block, [&](const Link& link) {
        for (ValueId arg : link.args) escapes[arg.index] = true;
      });
    }
    for (const Operation* local : locals) {
      if (escapes[local->result.index]) continue;
      first_[local->result.index] = static_cast<uint32_t>(types_.size());
      std::vector<uint32_t> path;
      leaves_.ForEach(TypeId(local->imm), path,
                      [&](TypeId type, const std::vector<uint32_t>&) { types_.push_back(type); });
      found_ = true;
    }
    return found_;
  }

  struct Range {
    uint32_t first;
    uint32_t count;
  };
  // The variables that an access through a path touches.
  Range VariablesOf(ValueId slot, uint32_t path) {
    TypeId type = program_.types.Element(graph_.type(slot));
    if (path == PathId::kNone || program_.path(PathId(path)).empty()) {
      return {first_[slot.index], static_cast<uint32_t>(leaves_.Count(type))};
    }
    TypeId part = program_.TypeAtPath(type, PathId(path));
    return {static_cast<uint32_t>(first_[slot.index] +
                                  leaves_.Offset(type, program_.path(PathId(path)))),
            static_cast<uint32_t>(leaves_.Count(part))};
  }

  // For each variable: the blocks that write it, and those that read it before they write it.
  void FindAccesses() {
    writes_.resize(types_.size());
    reads_.resize(types_.size());
    // The last block, plus one, that was seen to write or to read.
    std::vector<uint32_t> written(types_.size());
    std::vector<uint32_t> read(types_.size());
    for (uint32_t b = 0; b < graph_.blocks().size(); ++b) {
      for (const Operation& op : graph_.block(BlockId(b)).ops) {
        bool is_read = op.opcode == Opcode::kRefGet;
        Range range;
        if (op.opcode == Opcode::kLocal && IsSlot(op.result)) {
          range = VariablesOf(op.result, PathId::kNone);
        } else if ((is_read || op.opcode == Opcode::kRefSet) && IsSlot(op.args[0])) {
          range = VariablesOf(op.args[0], op.imm2);
        } else {
          continue;
        }
        for (uint32_t v = range.first; v < range.first + range.count; ++v) {
          if (written[v] == b + 1) continue;
          if (is_read) {
            if (read[v] != b + 1) reads_[v].push_back(BlockId(b));
            read[v] = b + 1;
          } else {
            writes_[v].push_back(BlockId(b));
            written[v] = b + 1;
          }
        }
      }
    }
  }

  void PlaceArguments(const Tree& tree) {
    size_t block_count = graph_.blocks().size();
    arguments_.resize(block_count);
    std::vector<std::vector<BlockId>> frontiers;
    // Stamps: equal to the variable, plus one, when the block has the property for it.
    std::vector<uint32_t> is_written(block_count), is_live(block_count), has_argument(block_count);
    std::vector<BlockId> work;
    for (uint32_t v = 0; v < types_.size(); ++v) {
      if (reads_[v].empty()) continue;
      if (frontiers.empty()) frontiers = tree.Frontiers(block_count);
      uint32_t stamp = v + 1;
      for (BlockId block : writes_[v]) is_written[block.index] = stamp;
      // Where the variable is wanted on entry.
      work = reads_[v];
      for (BlockId block : work) is_live[block.index] = stamp;
      while (!work.empty()) {
        BlockId block = work.back();
        work.pop_back();
        for (BlockId p : tree.predecessors.Of(block)) {
          if (is_written[p.index] == stamp || is_live[p.index] == stamp) continue;
          is_live[p.index] = stamp;
          work.push_back(p);
        }
      }
      work = writes_[v];
      while (!work.empty()) {
        BlockId block = work.back();
        work.pop_back();
        for (BlockId meet : frontiers[block.index]) {
          if (is_live[meet.index] != stamp || has_argument[meet.index] == stamp) continue;
          has_argument[meet.index] = stamp;
          arguments_[meet.index].emplace_back(v, graph_.AddArgument(meet, types_[v]));
          if (is_written[meet.index] != stamp) work.push_back(meet);
        }
      }
    }
  }

  void Rename(const Tree& tree) {
    replacements_.emplace(graph_);
    current_.assign(types_.size(), ValueId());
    struct Visit {
      BlockId block;
      size_t next_child;
      size_t undo_size;
    };
    std::vector<Visit> stack;
    auto enter = [&](BlockId block) {
      stack.push_back({block, 0, undo_.size()});
      RenameBlock(block);
    };
    enter(Graph::Entry());
    while (!stack.empty()) {
      Visit& top = stack.back();
      std::span<const BlockId> children = tree.dominators.Children(top.block);
      if (top.next_child < children.size()) {
        enter(children[top.next_child++]);
        continue;
      }
      while (undo_.size() > top.undo_size) {
        current_[undo_.back().first] = undo_.back().second;
        undo_.pop_back();
      }
      stack.pop_back();
    }
  }

  void Set(uint32_t variable, ValueId value) {
    undo_.emplace_back(variable, current_[variable]);
    current_[variable] = value;
  }

  void RenameBlock(BlockId id) {
    for (auto [variable, argument] : arguments_[id.index]) Set(variable, argument);
    Block& block = graph_.block(id);
    std::vector<Operation> ops;
    ops.reserve(block.ops.size());
    for (Operation& op : block.ops) {
      if (op.opcode == Opcode::kLocal && IsSlot(op.result)) {
        Range range = VariablesOf(op.result, PathId::kNone);
        for (uint32_t v = range.first; v < range.first + range.count; ++v) {
          Set(v, ZeroOf(program_, graph_, types_[v]));
        }
      } else if (op.opcode == Opcode::kRefGet && IsSlot(op.args[0])) {
        uint32_t next = VariablesOf(op.args[0], op.imm2).first;
        replacements_->Set(op.result, Read(graph_.type(op.result), next, op.loc, ops));
      } else if (op.opcode == Opcode::kRefSet && IsSlot(op.args[0])) {
        Write(op, VariablesOf(op.args[0], op.imm2), ops);
      } else {
        ops.push_back(std::move(op));
      }
    }
    block.ops = std::move(ops);
    flowgraph::ForEachLink(block, [&](Link& link) {
      for (auto [variable, argument] : arguments_[link.target.index]) {
        ValueId value = current_[variable];
        WEFT_CHECK(value.is_valid(), "a slot is read where it was not made");
        link.args.push_back(value);
      }
    });
  }

  // The value of a type whose leaves are the variables from `next` on.
  ValueId Read(TypeId type, uint32_t& next, SourceLoc loc, std::vector<Operation>& ops) {
    if (program_.types.Kind(type) != TypeKind::kValue) return current_[next++];
    ValueList parts;
    for (const flowgraph::FieldInfo& field : leaves_.Fields(type)) {
      parts.push_back(Read(field.type, next, loc, ops));
    }
    ValueId result = graph_.AddResult(type);
    ops.push_back({.opcode = Opcode::kValueMake,
                   .imm = program_.types.ValueClass(type).index,
                   .loc = loc,
                   .result = result,
                   .args = std::move(parts)});
    return result;
  }

  void Write(const Operation& op, Range range, std::vector<Operation>& ops) {
    ValueId value = op.args[1];
    TypeId type = graph_.type(value);
    if (program_.types.Kind(type) != TypeKind::kValue) {
      Set(range.first, value);
      return;
    }
    uint32_t next = range.first;
    std::vector<uint32_t> path;
    leaves_.ForEach(type, path, [&](TypeId leaf, const std::vector<uint32_t>& steps) {
      ValueId part;
      if (IsZeroConstant(graph_, value)) {
        part = ZeroOf(program_, graph_, leaf);
      } else {
        part = graph_.AddResult(leaf);
        ops.push_back({.opcode = Opcode::kValueGet,
                       .imm = program_.types.ValueClass(type).index,
                       .imm2 = program_.Path(steps).index,
                       .loc = op.loc,
                       .result = part,
                       .args = {value}});
      }
      Set(next++, part);
    });
  }

  Program& program_;
  Graph& graph_;
  Leaves leaves_;
  // By value: the first variable of a slot.
  std::vector<uint32_t> first_;
  bool found_ = false;
  // By variable.
  std::vector<TypeId> types_;
  std::vector<std::vector<BlockId>> writes_;
  std::vector<std::vector<BlockId>> reads_;
  std::vector<ValueId> current_;
  // By block: the arguments added.
  std::vector<std::vector<std::pair<uint32_t, ValueId>>> arguments_;
  std::vector<std::pair<uint32_t, ValueId>> undo_;
  std::optional<Replacements> replacements_;
};

}  // namespace

bool PromoteLocals(Program& program, FunctionInfo& function) {
  Graph& graph = function.graph;
  if (graph.empty()) return false;
  bool changed = RemoveUnreachableBlocks(graph);
  // A place that was kept in a slot itself is known once that slot is gone, and may free another
  // slot. Source nests such references a few deep at most.
  for (int round = 0; round < 4; ++round) {
    bool forwarded = ForwardPlaces(program, graph);
    if (forwarded || round > 0) RemoveDeadCode(program, graph);
    changed |= forwarded;
    if (!Promoter(program, graph).Run()) break;
    changed = true;
  }
  return changed;
}

}  // namespace weft::optimize
