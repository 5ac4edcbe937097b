#include "optimize/merge_tails.h"

#include <algorithm>
#include <map>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

namespace weft::optimize {

namespace {

// Fewer are not worth the jump.
constexpr size_t kLeast = 3;

class TailMerger {
 public:
  TailMerger(const Program& program, Graph& graph) : program_(program), graph_(graph) {}

  bool Run() {
    std::vector<std::vector<BlockId>> jumps(graph_.blocks().size());
    for (size_t b = 0; b < graph_.blocks().size(); ++b) {
      const Block& block = graph_.block(BlockId(b));
      if (block.exit.kind != ExitKind::kJump || block.catches()) continue;
      jumps[block.exit.links[0].target.index].push_back(BlockId(b));
    }
    for (std::vector<BlockId>& blocks : jumps) Merge(std::move(blocks));
    return changed_;
  }

 private:
  // What has to be equal for two blocks to share their last store.
  using Key = std::tuple<Opcode, uint32_t, uint32_t, ValueId, bool>;

  bool IsReferenceStore(const Operation& op) const {
    if (op.opcode != Opcode::kSetItem && op.opcode != Opcode::kSetField) return false;
    return program_.types.Kind(graph_.type(op.args.back())) == TypeKind::kPtr;
  }

  // The position of the last store of a reference, if nothing but computations is behind it.
  std::optional<size_t> LastStore(const Block& block) const {
    for (size_t i = block.ops.size(); i-- > 0;) {
      if (IsReferenceStore(block.ops[i])) return i;
      if (!block.ops[i].info().Has(flowgraph::kFold)) return std::nullopt;
    }
    return std::nullopt;
  }

  // Blocks that all jump to one target.
  void Merge(std::vector<BlockId> blocks) {
    if (blocks.size() < kLeast) return;
    std::map<Key, std::vector<std::pair<BlockId, size_t>>> groups;
    for (BlockId id : blocks) {
      const Block& block = graph_.block(id);
      std::optional<size_t> at = LastStore(block);
      if (!at) continue;
      const Operation& op = block.ops[*at];
      groups[{op.opcode, op.imm, op.imm2, op.args[0], block.is_cold}].push_back({id, *at});
    }
    for (auto& [key, group] : groups) {
      if (group.size() >= kLeast) MergeGroup(group);
    }
  }

  void MergeGroup(const std::vector<std::pair<BlockId, size_t>>& group) {
    changed_ = true;
    const BlockId made = graph_.AddBlock();
    // What differs from block to block is an argument: one for each different row of values.
    std::map<std::vector<ValueId>, ValueId> arguments;
    std::vector<std::vector<ValueId>> passed;
    auto merged = [&](auto value_in) -> ValueId {
      std::vector<ValueId> row;
      for (auto [id, at] : group) row.push_back(value_in(graph_.block(id), at));
      if (std::all_of(row.begin(), row.end(), [&](ValueId v) { return v == row[0]; })) {
        return row[0];
      }
      auto [known, is_new] = arguments.emplace(row, ValueId());
      if (is_new) {
        known->second = graph_.AddArgument(made, graph_.type(row[0]));
        passed.push_back(std::move(row));
      }
      return known->second;
    };

    const Block& first = graph_.block(group[0].first);
    Operation op = first.ops[group[0].second];
    Exit exit = first.exit;
    const bool is_cold = first.is_cold;
    for (size_t i = 0; i < op.args.size(); ++i) {
      op.args[i] = merged([&](const Block& block, size_t at) { return block.ops[at].args[i]; });
    }
    ValueList& link = exit.links[0].args;
    for (size_t i = 0; i < link.size(); ++i) {
      link[i] = merged([&](const Block& block, size_t) { return block.exit.links[0].args[i]; });
    }
    Block& tail = graph_.block(made);
    tail.ops.push_back(std::move(op));
    tail.exit = std::move(exit);
    tail.is_cold = is_cold;

    std::vector<BlockId> blocks;
    for (size_t i = 0; i < group.size(); ++i) {
      auto [id, at] = group[i];
      Block& block = graph_.block(id);
      block.ops.erase(block.ops.begin() + at);
      block.exit.links[0].target = made;
      block.exit.links[0].args.clear();
      for (const std::vector<ValueId>& row : passed) block.exit.links[0].args.push_back(row[i]);
      blocks.push_back(id);
    }
    // Some may store another reference before.
    Merge(std::move(blocks));
  }

  const Program& program_;
  Graph& graph_;
  bool changed_ = false;
};

}  // namespace

bool MergeTails(const Program& program, Graph& graph) { return TailMerger(program, graph).Run(); }

}  // namespace weft::optimize
