#include "optimize/graph_edit.h"

#include <utility>

#include "common/check.h"

namespace weft::optimize {

using flowgraph::kAbort;
using flowgraph::kCollect;
using flowgraph::kRaise;
using flowgraph::kWrite;

bool MayRaise(const Program& program, const Operation& op) {
  if (op.opcode == Opcode::kCall) return program.function(FunctionId(op.imm)).may_raise;
  if (op.opcode == Opcode::kCallExternal) return program.external(ExternalId(op.imm)).may_raise;
  return op.info().Has(kRaise);
}

bool IsDroppable(const Program& program, const Graph& graph, const Operation& op) {
  if (op.opcode == Opcode::kArrayNew || op.opcode == Opcode::kStrNew ||
      op.opcode == Opcode::kMallocItems) {
    // Programs may rely on MemoryError for a length that makes no sense.
    constexpr int64_t kHarmless = 1 << 20;
    if (!graph.IsConstant(op.args[0])) return false;
    int64_t length = flowgraph::ConstantInt(graph, op.args[0]);
    return length >= 0 && length <= kHarmless;
  }
  if (op.opcode == Opcode::kCallExternal) {
    const flowgraph::ExternalInfo& external = program.external(ExternalId(op.imm));
    return external.is_pure && !external.may_raise && !external.is_noreturn;
  }
  return op.info().is_droppable();
}

bool IsNoReturn(const Program& program, const Operation& op) {
  switch (op.opcode) {
    case Opcode::kFatal:
      return true;
    case Opcode::kCall:
      return program.function(FunctionId(op.imm)).is_noreturn;
    case Opcode::kCallExternal:
      return program.external(ExternalId(op.imm)).is_noreturn;
    default:
      return false;
  }
}

bool MayWrite(const Program& program, const Operation& op) {
  if (op.opcode == Opcode::kCallExternal && program.external(ExternalId(op.imm)).is_pure) {
    return false;
  }
  return op.info().Has(kWrite);
}

bool MayCollect(const Program& program, const Operation& op) {
  if (op.opcode == Opcode::kCall) return program.function(FunctionId(op.imm)).may_collect;
  return op.info().Has(kCollect);
}

bool IsCheck(Opcode opcode) {
  switch (opcode) {
    case Opcode::kCheckNonNull:
    case Opcode::kCheckIndex:
    case Opcode::kCheckNonZero:
    case Opcode::kCheckCast:
    case Opcode::kCheckInstance:
      return true;
    default:
      return false;
  }
}

ValueId ZeroOf(const Program& program, Graph& graph, TypeId type) {
  TypeKind kind = program.types.Kind(type);
  if (IsInt(kind)) return graph.Int(type, 0);
  if (IsFloat(kind)) return graph.Float(type, 0);
  return graph.Zero(type);
}

bool RemoveUnreachableBlocks(Graph& graph) {
  std::vector<BlockId> order = ReversePostorder(graph);
  std::vector<Block>& blocks = graph.blocks();
  if (order.size() == blocks.size()) return false;
  std::vector<bool> is_reached(blocks.size());
  for (BlockId id : order) is_reached[id.index] = true;
  std::vector<BlockId> new_id(blocks.size());
  size_t count = 0;
  for (size_t i = 0; i < blocks.size(); ++i) {
    if (!is_reached[i]) continue;
    new_id[i] = BlockId(count);
    if (count != i) blocks[count] = std::move(blocks[i]);
    ++count;
  }
  blocks.resize(count);
  for (Block& block : blocks) {
    flowgraph::ForEachLink(block, [&](Link& link) { link.target = new_id[link.target.index]; });
  }
  graph.RenumberArguments();
  return true;
}

bool RaiseBecomesJump(Program& program, Graph& graph, BlockId id) {
  if (graph.block(id).exit.kind != ExitKind::kRaise || !graph.block(id).catches()) return false;
  const Block& raising = graph.block(id);
  if (!raising.ops.empty() && MayRaise(program, raising.ops.back())) {
    // That operation keeps the exception exit, so the jump needs a block of its own.
    BlockId next = graph.AddBlock();
    Block& block = graph.block(id);
    graph.block(next).exit = std::move(block.exit);
    graph.block(next).on_exception = block.on_exception;
    graph.block(next).is_cold = block.is_cold;
    block.exit = {.kind = ExitKind::kJump,
                  .value = {},
                  .links = {},
                  .cases = {},
                  .loc = graph.block(next).exit.loc};
    block.exit.links.push_back({.target = next, .args = {}});
    id = next;
  }
  Block& block = graph.block(id);
  Link link = std::move(block.on_exception);
  block.on_exception = {};
  TypeId wanted = graph.type(graph.block(link.target).args[0]);
  ValueId exception = block.exit.value;
  SourceLoc loc = block.exit.loc;
  if (graph.type(exception) != wanted) {
    Opcode cast = program.types.Kind(wanted) == TypeKind::kPtr ? Opcode::kCastPtr : Opcode::kUpcast;
    exception = graph.Append(id, cast, wanted, {exception}, TypedId<void>::kNone,
                             TypedId<void>::kNone, loc);
  }
  link.args.insert(link.args.begin(), exception);
  block.exit = {.kind = ExitKind::kJump, .value = {}, .links = {}, .cases = {}, .loc = loc};
  block.exit.links.push_back(std::move(link));
  return true;
}

bool DropIdleExceptionExit(const Program& program, Block& block) {
  if (!block.catches() || block.exit.kind == ExitKind::kRaise) return false;
  if (!block.ops.empty() && MayRaise(program, block.ops.back())) return false;
  block.on_exception = {};
  return true;
}

void RemoveArguments(Graph& graph, const std::vector<bool>& is_dead) {
  std::vector<Block>& blocks = graph.blocks();
  std::vector<bool> keeps_first(blocks.size());
  for (const Block& block : blocks) {
    if (block.catches()) keeps_first[block.on_exception.target.index] = true;
  }
  auto is_gone = [&](BlockId target, size_t position) {
    if (target == Graph::Entry()) return false;
    if (position == 0 && keeps_first[target.index]) return false;
    ValueId arg = graph.block(target).args[position];
    return arg.index < is_dead.size() && is_dead[arg.index];
  };
  for (Block& block : blocks) {
    auto filter = [&](Link& link, size_t first) {
      size_t kept = 0;
      for (size_t i = 0; i < link.args.size(); ++i) {
        if (is_gone(link.target, i + first)) continue;
        // The handler's exception that nobody looks at: what was passed for it may be gone.
        if (i == 0 && first == 0 && keeps_first[link.target.index]) {
          ValueId arg = graph.block(link.target).args[0];
          if (arg.index < is_dead.size() && is_dead[arg.index]) {
            link.args[0] = graph.Zero(graph.type(arg));
          }
        }
        link.args[kept++] = link.args[i];
      }
      link.args.resize(kept);
    };
    for (Link& link : block.exit.links) filter(link, 0);
    if (block.catches()) filter(block.on_exception, 1);
  }
  for (size_t b = 0; b < blocks.size(); ++b) {
    std::vector<ValueId>& args = blocks[b].args;
    std::vector<ValueId> kept;
    for (size_t i = 0; i < args.size(); ++i) {
      if (!is_gone(BlockId(b), i)) kept.push_back(args[i]);
    }
    // The next block's test looks at its own arguments only.
    if (kept.size() != args.size()) args = std::move(kept);
  }
  graph.RenumberArguments();
}

bool RemoveDeadCode(const Program& program, Graph& graph) {
  std::vector<Block>& blocks = graph.blocks();
  std::vector<bool> is_live(graph.value_count());
  std::vector<ValueId> work;
  std::vector<const Operation*> definition(graph.value_count(), nullptr);
  auto use = [&](ValueId value) {
    if (is_live[value.index]) return;
    is_live[value.index] = true;
    if (!graph.IsConstant(value)) work.push_back(value);
  };
  // The links into each block, to follow a live argument to what is passed for it.
  struct Incoming {
    const Link* link;
    uint32_t first;
  };
  std::vector<std::vector<Incoming>> incoming(blocks.size());
  for (const Block& block : blocks) {
    for (const Link& link : block.exit.links) incoming[link.target.index].push_back({&link, 0});
    if (block.catches()) {
      incoming[block.on_exception.target.index].push_back({&block.on_exception, 1});
    }
    for (const Operation& op : block.ops) {
      if (op.result.is_valid()) definition[op.result.index] = &op;
      if (IsDroppable(program, graph, op)) continue;
      for (ValueId arg : op.args) use(arg);
      if (op.result.is_valid()) is_live[op.result.index] = true;
    }
    if (block.exit.value.is_valid()) use(block.exit.value);
  }
  for (ValueId parameter : blocks[0].args) is_live[parameter.index] = true;
  while (!work.empty()) {
    ValueId value = work.back();
    work.pop_back();
    if (const Operation* op = definition[value.index]) {
      for (ValueId arg : op->args) use(arg);
      continue;
    }
    const ValueInfo& info = graph.value(value);
    for (const Incoming& in : incoming[info.block.index]) {
      if (info.position >= in.first) use(in.link->args[info.position - in.first]);
    }
  }

  bool changed = false;
  bool drops_arguments = false;
  std::vector<bool> is_dead(graph.value_count());
  for (Block& block : blocks) {
    size_t count = block.ops.size();
    std::erase_if(block.ops, [&](const Operation& op) {
      return IsDroppable(program, graph, op) && !(op.result.is_valid() && is_live[op.result.index]);
    });
    if (block.ops.size() != count) {
      changed = true;
      DropIdleExceptionExit(program, block);
    }
    for (ValueId arg : block.args) {
      if (is_live[arg.index]) continue;
      is_dead[arg.index] = true;
      drops_arguments = true;
    }
  }
  if (drops_arguments) {
    size_t before = 0, after = 0;
    for (const Block& block : blocks) before += block.args.size();
    RemoveArguments(graph, is_dead);
    for (const Block& block : blocks) after += block.args.size();
    changed |= before != after;
  }
  return changed;
}

std::vector<uint32_t> CountPredecessors(const Graph& graph) {
  std::vector<uint32_t> count(graph.blocks().size());
  for (const Block& block : graph.blocks()) {
    flowgraph::ForEachLink(block, [&](const Link& link) { ++count[link.target.index]; });
  }
  return count;
}

size_t SizeOf(const Graph& graph) {
  size_t size = 0;
  for (const Block& block : graph.blocks()) {
    ++size;
    for (const Operation& op : block.ops) size += IsCheck(op.opcode) ? 0 : 1;
  }
  return size;
}

}  // namespace weft::optimize
