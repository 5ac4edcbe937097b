// The parts of Simplify that look at blocks and exits.

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "flowgraph/fold.h"
#include "optimize/simplify.h"

namespace weft::optimize {
namespace {

void BecomeJump(Exit& exit, Link link) {
  exit.kind = ExitKind::kJump;
  exit.value = {};
  exit.cases.clear();
  exit.links.clear();
  exit.links.push_back(std::move(link));
}

// The operation at the end of a block that makes `value`, or null.
const Operation* MadeIn(const Block& block, ValueId value) {
  for (size_t i = block.ops.size(); i-- > 0;) {
    if (block.ops[i].result == value) return &block.ops[i];
  }
  return nullptr;
}

// For each value the block that defines it; none for constants.
std::vector<BlockId> FindHomes(const Graph& graph) {
  std::vector<BlockId> home(graph.value_count());
  for (size_t b = 0; b < graph.blocks().size(); ++b) {
    const Block& block = graph.block(BlockId(b));
    for (ValueId arg : block.args) home[arg.index] = BlockId(b);
    for (const Operation& op : block.ops) {
      if (op.result.is_valid()) home[op.result.index] = BlockId(b);
    }
  }
  return home;
}

// For each block whether another one uses a value that it defines. Links may go past a block only
// when none does.
std::vector<bool> FindBlocksUsedElsewhere(const Graph& graph, const std::vector<BlockId>& home) {
  std::vector<bool> is_used(graph.blocks().size());
  for (size_t b = 0; b < graph.blocks().size(); ++b) {
    flowgraph::ForEachUse(graph.block(BlockId(b)), [&](ValueId use) {
      BlockId at = home[use.index];
      if (at.is_valid() && at.index != b) is_used[at.index] = true;
    });
  }
  return is_used;
}

}  // namespace

bool PropagateCopies(Graph& graph) {
  // What each argument gets: nothing yet, one value, or several.
  enum class State : uint8_t { kNothing, kOne, kSeveral };
  Replacements replacements(graph);
  std::vector<State> state(graph.value_count());
  std::vector<ValueId> only(graph.value_count());
  std::vector<bool> is_dead(graph.value_count());
  bool changed_ever = false;
  // One more sweep for each argument that was only waiting for another one; nearly always two.
  for (int sweep = 0; sweep < 8; ++sweep) {
    for (const Block& block : graph.blocks()) {
      for (ValueId arg : block.args) state[arg.index] = State::kNothing;
    }
    auto pass = [&](ValueId arg, ValueId value) {
      value = replacements.Resolve(value);
      if (value == arg || state[arg.index] == State::kSeveral) return;
      if (state[arg.index] == State::kNothing) {
        state[arg.index] = State::kOne;
        only[arg.index] = value;
      } else if (only[arg.index] != value) {
        state[arg.index] = State::kSeveral;
      }
    };
    for (const Block& block : graph.blocks()) {
      for (const Link& link : block.exit.links) {
        const std::vector<ValueId>& args = graph.block(link.target).args;
        for (size_t i = 0; i < link.args.size(); ++i) pass(args[i], link.args[i]);
      }
      if (!block.catches()) continue;
      const std::vector<ValueId>& args = graph.block(block.on_exception.target).args;
      state[args[0].index] = State::kSeveral;
      for (size_t i = 0; i < block.on_exception.args.size(); ++i) {
        pass(args[i + 1], block.on_exception.args[i]);
      }
    }
    for (ValueId parameter : graph.block(Graph::Entry()).args) {
      state[parameter.index] = State::kSeveral;
    }
    bool changed = false;
    for (const Block& block : graph.blocks()) {
      for (ValueId arg : block.args) {
        if (is_dead[arg.index] || state[arg.index] != State::kOne) continue;
        // Two arguments may each have been found to be the other.
        ValueId value = replacements.Resolve(only[arg.index]);
        if (value == arg) continue;
        replacements.Set(arg, value);
        is_dead[arg.index] = true;
        changed = true;
      }
    }
    if (!changed) break;
    changed_ever = true;
  }
  if (changed_ever) {
    RemoveArguments(graph, is_dead);
    replacements.Rewrite(graph);
  }
  return changed_ever;
}

bool SimplifyExits(Program& program, Graph& graph) {
  bool changed = false;
  std::vector<uint32_t> predecessors = CountPredecessors(graph);
  std::vector<const Operation*> definition(graph.value_count(), nullptr);
  for (const Block& block : graph.blocks()) {
    for (const Operation& op : block.ops) {
      if (op.result.is_valid()) definition[op.result.index] = &op;
    }
  }
  auto defined_by = [&](ValueId value, Opcode opcode) {
    const Operation* op = value.index < definition.size() ? definition[value.index] : nullptr;
    return op != nullptr && op->opcode == opcode ? op : nullptr;
  };
  size_t block_count = graph.blocks().size();
  for (size_t b = 0; b < block_count; ++b) {
    BlockId id(b);
    // Adding blocks and operations moves them, so the block is looked up again where that happens.
    if (graph.block(id).exit.kind == ExitKind::kRaise) {
      // The definitions of this block's operations may move; nothing below looks at them again
      // because the exit becomes a jump.
      if (RaiseBecomesJump(program, graph, id)) {
        for (const Operation& op : graph.block(id).ops) {
          if (op.result.is_valid() && op.result.index < definition.size()) {
            definition[op.result.index] = &op;
          }
        }
        changed = true;
      }
      continue;
    }
    if (graph.block(id).exit.kind == ExitKind::kBranch) {
      std::optional<size_t> likely;
      for (bool again = true; again;) {
        again = false;
        Exit& exit = graph.block(id).exit;
        if (const Operation* inner = defined_by(exit.value, Opcode::kNot)) {
          exit.value = inner->args[0];
          std::swap(exit.links[0], exit.links[1]);
          if (likely) likely = 1 - *likely;
          again = changed = true;
        } else if (const Operation* hint = defined_by(exit.value, Opcode::kExpect)) {
          if (IsScalarConstant(graph, hint->args[1])) {
            likely = flowgraph::ConstantInt(graph, hint->args[1]) != 0 ? 0 : 1;
          }
          exit.value = hint->args[0];
          again = changed = true;
        }
      }
      if (likely) {
        // The hint stays as a cold block on the other link.
        size_t unlikely = 1 - *likely;
        BlockId target = graph.block(id).exit.links[unlikely].target;
        if (predecessors[target.index] == 1) {
          graph.block(target).is_cold = true;
        } else {
          BlockId between = graph.AddBlock();
          Block& cold = graph.block(between);
          cold.is_cold = true;
          cold.exit.loc = graph.block(id).exit.loc;
          Link& link = graph.block(id).exit.links[unlikely];
          BecomeJump(cold.exit, std::move(link));
          graph.block(id).exit.links[unlikely] = {.target = between, .args = {}};
        }
      }
    }
    Block& block = graph.block(id);
    Exit& exit = block.exit;
    if (exit.kind == ExitKind::kBranch) {
      if (IsScalarConstant(graph, exit.value)) {
        Link link = std::move(exit.links[flowgraph::ConstantInt(graph, exit.value) != 0 ? 0 : 1]);
        BecomeJump(exit, std::move(link));
        changed = true;
      } else if (exit.links[0].target == exit.links[1].target) {
        // Both ways lead to one block: a jump, if what they pass is the same or the condition.
        ValueId condition = exit.value;
        Link link = exit.links[0];
        bool is_jump = true;
        for (size_t i = 0; i < link.args.size(); ++i) {
          ValueId yes = exit.links[0].args[i];
          ValueId no = exit.links[1].args[i];
          if (yes == no) continue;
          if (yes == graph.Bool(true) && no == graph.Bool(false)) {
            link.args[i] = condition;
          } else {
            is_jump = false;
            break;
          }
        }
        if (is_jump) {
          BecomeJump(exit, std::move(link));
          changed = true;
        }
      }
    } else if (exit.kind == ExitKind::kSwitch) {
      if (IsScalarConstant(graph, exit.value)) {
        int64_t value = flowgraph::ConstantInt(graph, exit.value);
        size_t i = 0;
        while (i < exit.cases.size() && exit.cases[i] != value) ++i;
        Link link = std::move(exit.links[i]);
        BecomeJump(exit, std::move(link));
        changed = true;
        continue;
      }
      // A case that goes where the default goes is no case.
      size_t kept = 0;
      const Link last = exit.links.back();
      for (size_t i = 0; i < exit.cases.size(); ++i) {
        const Link& link = exit.links[i];
        if (link.target == last.target && link.args == last.args) continue;
        if (kept != i) {
          exit.cases[kept] = exit.cases[i];
          exit.links[kept] = std::move(exit.links[i]);
        }
        ++kept;
      }
      if (kept != exit.cases.size()) {
        exit.cases.resize(kept);
        exit.links.resize(kept);
        exit.links.push_back(last);
        changed = true;
      }
      if (kept == 0) {
        Link link = exit.links[0];
        BecomeJump(exit, std::move(link));
        changed = true;
      }
    }
  }
  return changed;
}

bool ThreadJumps(Program& program, Graph& graph) {
  std::vector<Block>& blocks = graph.blocks();
  std::vector<BlockId> home = FindHomes(graph);
  std::vector<bool> is_used_elsewhere = FindBlocksUsedElsewhere(graph, home);
  // Deciding on a compare costs a look at its operands, so only blocks with at most this many
  // operations, all without effect, are gone past.
  constexpr size_t kMaxOps = 2;
  auto may_pass = [&](BlockId id) {
    const Block& block = graph.block(id);
    if (id == Graph::Entry() || block.catches() || is_used_elsewhere[id.index]) return false;
    if (block.ops.size() > kMaxOps) return false;
    for (const Operation& op : block.ops) {
      if (!op.info().Has(flowgraph::kFold) || op.args.size() > 3) return false;
    }
    return true;
  };
  // Moves the link past its target, if it can be. Gives whether it did.
  auto thread = [&](const Block& from, Link& link) {
    if (!may_pass(link.target)) return false;
    const Block& through = graph.block(link.target);
    // The hint that a block is seldom run is worth the block.
    if (through.is_cold && !from.is_cold && from.exit.kind != ExitKind::kJump) return false;
    if (through.exit.kind == ExitKind::kJump && !through.ops.empty()) return false;
    // What the values of the block are when it is entered by this link: its arguments are what the
    // link passes, its few operations what they compute from constants.
    std::vector<std::pair<ValueId, ValueId>> computed;
    auto look_up = [&](ValueId value) -> ValueId {
      if (home[value.index] != link.target) return value;
      const ValueInfo& info = graph.value(value);
      if (info.kind == ValueKind::kBlockArgument) return link.args[info.position];
      for (const auto& [inner, outer] : computed) {
        if (inner == value) return outer;
      }
      return {};
    };
    for (const Operation& op : through.ops) {
      uint64_t args[3] = {};
      bool is_known = !op.args.empty();
      for (size_t i = 0; i < op.args.size() && is_known; ++i) {
        ValueId value = look_up(op.args[i]);
        is_known = value.is_valid() && IsScalarConstant(graph, value);
        if (is_known) args[i] = graph.value(value).constant.bits;
      }
      if (!is_known) continue;
      TypeKind operand = program.types.Kind(graph.type(op.args.back()));
      TypeId type = graph.type(op.result);
      uint64_t bits = 0;
      if (!flowgraph::EvaluateScalar(op.opcode, operand, program.types.Kind(type), args, &bits)) {
        continue;
      }
      computed.emplace_back(op.result, graph.AddConstant(type, {Constant::Kind::kScalar, bits}));
    }
    const Link* next = nullptr;
    switch (through.exit.kind) {
      case ExitKind::kJump:
        next = &through.exit.links[0];
        break;
      case ExitKind::kBranch:
      case ExitKind::kSwitch: {
        ValueId value = look_up(through.exit.value);
        if (!value.is_valid() || !IsScalarConstant(graph, value)) return false;
        int64_t c = flowgraph::ConstantInt(graph, value);
        if (through.exit.kind == ExitKind::kBranch) {
          next = &through.exit.links[c != 0 ? 0 : 1];
        } else {
          size_t i = 0;
          while (i < through.exit.cases.size() && through.exit.cases[i] != c) ++i;
          next = &through.exit.links[i];
        }
        break;
      }
      default:
        return false;
    }
    if (next->target == link.target) return false;
    ValueList args;
    for (ValueId arg : next->args) {
      ValueId value = look_up(arg);
      if (!value.is_valid()) return false;
      args.push_back(value);
    }
    // A constant made above may be newer than the table of homes; it has none.
    home.resize(graph.value_count());
    link = {.target = next->target, .args = std::move(args)};
    return true;
  };
  bool changed = false;
  for (Block& block : blocks) {
    for (Link& link : block.exit.links) {
      // Blocks that do nothing may form a ring; nobody goes round it for long.
      for (int i = 0; i < 16 && thread(block, link); ++i) changed = true;
      home.resize(graph.value_count());
    }
  }
  return changed;
}

bool MergeStraightBlocks(Program& program, Graph& graph) {
  std::vector<uint32_t> predecessors = CountPredecessors(graph);
  Replacements replacements(graph);
  std::vector<bool> is_merged(graph.blocks().size());
  bool changed = false;
  for (size_t b = 0; b < graph.blocks().size(); ++b) {
    if (is_merged[b]) continue;
    Block& block = graph.block(BlockId(b));
    while (block.exit.kind == ExitKind::kJump) {
      BlockId next_id = block.exit.links[0].target;
      if (next_id.index == b || next_id == Graph::Entry()) break;
      if (predecessors[next_id.index] != 1 || is_merged[next_id.index]) break;
      Block& next = graph.block(next_id);
      if (block.catches()) {
        // Nothing may come behind an operation with an exception exit.
        if (!next.ops.empty() || next.catches() || next.exit.kind == ExitKind::kRaise) break;
      } else if (next.catches() && next.ops.empty()) {
        // Or the exception of this block's last operation would be caught, too.
        break;
      }
      Link link = std::move(block.exit.links[0]);
      for (size_t i = 0; i < link.args.size(); ++i) replacements.Set(next.args[i], link.args[i]);
      block.ops.insert(block.ops.end(), std::make_move_iterator(next.ops.begin()),
                       std::make_move_iterator(next.ops.end()));
      if (!block.catches()) block.on_exception = std::move(next.on_exception);
      block.exit = std::move(next.exit);
      next = Block();
      next.exit.kind = ExitKind::kUnreachable;
      is_merged[next_id.index] = true;
      changed = true;
    }
  }
  if (changed) {
    replacements.Rewrite(graph);
    RemoveUnreachableBlocks(graph);
  }
  return changed;
}

bool ChainsToSwitches(Program& program, Graph& graph) {
  // Shorter chains are as good as a switch.
  constexpr size_t kMinTests = 3;
  std::vector<uint32_t> predecessors = CountPredecessors(graph);
  std::vector<bool> is_used_elsewhere = FindBlocksUsedElsewhere(graph, FindHomes(graph));
  struct Test {
    ValueId value;
    int64_t c;
    size_t equal;
  };
  // The test that a block ends with, if it compares an integer with a constant.
  auto test_of = [&](const Block& block) -> std::optional<Test> {
    if (block.exit.kind != ExitKind::kBranch) return std::nullopt;
    const Operation* op = MadeIn(block, block.exit.value);
    if (op == nullptr || (op->opcode != Opcode::kEq && op->opcode != Opcode::kNe)) {
      return std::nullopt;
    }
    TypeKind kind = program.types.Kind(graph.type(op->args[0]));
    if (!IsInt(kind) || kind == TypeKind::kBool) return std::nullopt;
    if (!IsScalarConstant(graph, op->args[1]) || graph.IsConstant(op->args[0])) return std::nullopt;
    return Test{op->args[0], flowgraph::ConstantInt(graph, op->args[1]),
                op->opcode == Opcode::kEq ? size_t{0} : size_t{1}};
  };
  bool changed = false;
  // In order, so that a chain is found at its head.
  std::vector<bool> is_inner(graph.blocks().size());
  for (BlockId id : ReversePostorder(graph)) {
    Block& head = graph.block(id);
    if (is_inner[id.index] || head.catches()) continue;
    std::optional<Test> first = test_of(head);
    if (!first) continue;
    Exit exit{.kind = ExitKind::kSwitch,
              .value = first->value,
              .links = {},
              .cases = {},
              .loc = head.exit.loc};
    absl::flat_hash_set<int64_t> seen;
    std::vector<BlockId> inner;
    const Block* block = &head;
    std::optional<Test> test = first;
    size_t tests = 0;
    Link rest;
    while (true) {
      ++tests;
      if (seen.insert(test->c).second) {
        exit.cases.push_back(test->c);
        exit.links.push_back(block->exit.links[test->equal]);
      }
      rest = block->exit.links[1 - test->equal];
      const Block& next = graph.block(rest.target);
      if (predecessors[rest.target.index] != 1 || next.catches() || !next.args.empty()) break;
      if (rest.target == id) break;
      if (next.exit.kind == ExitKind::kSwitch && next.ops.empty() &&
          next.exit.value == first->value) {
        for (size_t i = 0; i < next.exit.cases.size(); ++i) {
          if (!seen.insert(next.exit.cases[i]).second) continue;
          exit.cases.push_back(next.exit.cases[i]);
          exit.links.push_back(next.exit.links[i]);
        }
        tests += kMinTests;
        inner.push_back(rest.target);
        rest = next.exit.links.back();
        break;
      }
      test = test_of(next);
      if (!test || test->value != first->value || next.ops.size() != 1) break;
      if (is_used_elsewhere[rest.target.index]) break;
      inner.push_back(rest.target);
      block = &next;
    }
    if (tests < kMinTests) continue;
    exit.links.push_back(rest);
    head.exit = std::move(exit);
    for (BlockId gone : inner) is_inner[gone.index] = true;
    changed = true;
  }
  return changed;
}

}  // namespace weft::optimize
