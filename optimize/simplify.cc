#include "optimize/simplify.h"

#include <utility>
#include <vector>

#include "optimize/forward_places.h"
#include "optimize/simplify_rules.h"
#include "optimize/split_aggregates.h"

namespace weft::optimize {
namespace {

// After this many rounds what is left is not worth another one; most graphs need two.
constexpr int kMaxRounds = 6;

void BecomeUnreachable(Block& block) {
  block.exit.kind = ExitKind::kUnreachable;
  block.exit.value = {};
  block.exit.links.clear();
  block.exit.cases.clear();
}

// Whether the operation is a check of constants that fails.
bool AlwaysFails(const Graph& graph, const Operation& op) {
  switch (op.opcode) {
    case Opcode::kCheckNonNull:
      return IsZeroConstant(graph, op.args[0]);
    case Opcode::kCheckNonZero:
      return IsScalarConstant(graph, op.args[0]) && flowgraph::ConstantInt(graph, op.args[0]) == 0;
    case Opcode::kCheckIndex: {
      if (!IsScalarConstant(graph, op.args[0])) return false;
      int64_t index = flowgraph::ConstantInt(graph, op.args[0]);
      if (index < 0) return true;
      return IsScalarConstant(graph, op.args[1]) &&
             index >= flowgraph::ConstantInt(graph, op.args[1]);
    }
    default:
      return false;
  }
}

// Applies the rules to every operation once, definitions before uses.
bool SimplifyOperations(Program& program, FunctionInfo& function) {
  Graph& graph = function.graph;
  SimplifyRules rules(program, function);
  Replacements replacements(graph);
  bool changed = false;
  std::vector<bool> is_gone;
  // For each operation that the rules inserted, the number of the one it belongs in front of.
  std::vector<size_t> insert_before;
  for (BlockId id : ReversePostorder(graph)) {
    Block& block = graph.block(id);
    is_gone.assign(block.ops.size(), false);
    insert_before.clear();
    bool moves = false;
    for (size_t i = 0; i < block.ops.size(); ++i) {
      // Operations stay where they are until the block is done, because rules look at them.
      Operation& op = block.ops[i];
      if (!replacements.empty()) {
        for (ValueId& arg : op.args) arg = replacements.Resolve(arg);
      }
      Rewrite rewrite = rules.Simplify(op);
      if (rewrite.kind == Rewrite::Kind::kValue) {
        replacements.Set(op.result, replacements.Resolve(rewrite.value));
      }
      if (rewrite.kind != Rewrite::Kind::kKeep) changed = true;
      if (rewrite.kind == Rewrite::Kind::kValue || rewrite.kind == Rewrite::Kind::kRemove) {
        is_gone[i] = true;
        moves = true;
        continue;
      }
      while (insert_before.size() < rules.inserted().size()) {
        insert_before.push_back(i);
        moves = true;
      }
      bool is_last = i + 1 == block.ops.size();
      bool ends = IsNoReturn(program, op) || AlwaysFails(graph, op);
      if (ends && (!is_last || block.exit.kind != ExitKind::kUnreachable)) {
        if (!is_last) block.on_exception = {};
        for (size_t j = i + 1; j < block.ops.size(); ++j) is_gone[j] = moves = true;
        BecomeUnreachable(block);
        changed = true;
        break;
      }
    }
    if (moves) {
      std::vector<Operation> ops;
      ops.reserve(block.ops.size() + insert_before.size());
      size_t next = 0;
      for (size_t i = 0; i < block.ops.size(); ++i) {
        for (; next < insert_before.size() && insert_before[next] == i; ++next) {
          ops.push_back(std::move(rules.inserted()[next]));
        }
        if (is_gone[i]) {
          rules.Forget(block.ops[i].result);
        } else {
          ops.push_back(std::move(block.ops[i]));
        }
      }
      block.ops = std::move(ops);
      for (Operation& op : block.ops) rules.Define(op);
    }
    rules.inserted().clear();
    if (DropIdleExceptionExit(program, block)) changed = true;
  }
  replacements.Rewrite(graph);
  return changed;
}

}  // namespace

bool Simplify(Program& program, FunctionInfo& function) {
  Graph& graph = function.graph;
  if (graph.empty()) return false;
  bool changed_ever = SplitAggregates(program, graph);
  for (int round = 0; round < kMaxRounds; ++round) {
    bool changed = SimplifyOperations(program, function);
    changed |= SimplifyExits(program, graph);
    changed |= RemoveUnreachableBlocks(graph);
    changed |= PropagateCopies(graph);
    changed |= ThreadJumps(program, graph);
    changed |= RemoveUnreachableBlocks(graph);
    changed |= MergeStraightBlocks(program, graph);
    // A place that came through a block argument meets its base here.
    if (program.stage < Stage::kRtyped) changed |= ForwardPlaces(program, graph);
    changed |= RemoveDeadCode(program, graph);
    if (!changed) break;
    changed_ever = true;
  }
  if (ChainsToSwitches(program, graph)) {
    RemoveUnreachableBlocks(graph);
    RemoveDeadCode(program, graph);
    changed_ever = true;
  }
  return changed_ever;
}

}  // namespace weft::optimize
