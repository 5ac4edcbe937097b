#include "optimize/split_aggregates.h"

#include <iterator>
#include <utility>
#include <vector>

namespace weft::optimize {
namespace {

class Splitter {
 public:
  Splitter(Program& program, Graph& graph) : program_(program), graph_(graph) {}

  bool Run() {
    bool changed = false;
    // A part may be a value of a value class again; source nests them a few deep.
    while (RunOnce()) changed = true;
    return changed;
  }

 private:
  bool IsAggregate(TypeId type) const {
    TypeKind kind = program_.types.Kind(type);
    return kind == TypeKind::kValue || kind == TypeKind::kTuple;
  }

  std::vector<TypeId> PartsOf(TypeId type) const {
    std::vector<TypeId> parts;
    if (program_.types.Kind(type) == TypeKind::kTuple) {
      std::span<const TypeId> elements = program_.types.List(type);
      parts.assign(elements.begin(), elements.end());
    } else {
      for (const auto& field : program_.value_class(program_.types.ValueClass(type)).fields) {
        parts.push_back(field.type);
      }
    }
    return parts;
  }

  bool HasAggregate(const Block& block) const {
    for (ValueId arg : block.args) {
      if (IsAggregate(graph_.type(arg))) return true;
    }
    return false;
  }

  bool RunOnce() {
    size_t block_count = graph_.blocks().size();
    std::vector<bool> splits(block_count);
    bool any = false;
    for (size_t b = 1; b < block_count; ++b) {
      splits[b] = HasAggregate(graph_.block(BlockId(b)));
      any |= splits[b];
    }
    if (!any) return false;
    MakeRoom(splits);
    block_count = graph_.blocks().size();
    // What the links pass, while the arguments are still whole.
    for (size_t b = 0; b < block_count; ++b) {
      Block& block = graph_.block(BlockId(b));
      for (Link& link : block.exit.links) {
        if (splits[link.target.index]) SplitLink(block, link, 0, block.ops.size());
      }
      if (!block.catches() || !splits[block.on_exception.target.index]) continue;
      // The result of the last operation is not passed, so the parts can be taken before it.
      size_t before = block.ops.empty() || block.exit.kind == ExitKind::kRaise
                          ? block.ops.size()
                          : block.ops.size() - 1;
      if (!block.ops.empty() && MayRaise(program_, block.ops.back())) before = block.ops.size() - 1;
      SplitLink(block, block.on_exception, 1, before);
    }
    for (size_t b = 1; b < block_count; ++b) {
      if (splits[b]) SplitBlock(BlockId(b));
    }
    graph_.RenumberArguments();
    return true;
  }

  // Nothing may stand behind an operation with an exception exit, so the links of such a block get
  // blocks of their own for taking the parts.
  void MakeRoom(std::vector<bool>& splits) {
    size_t block_count = graph_.blocks().size();
    for (size_t b = 0; b < block_count; ++b) {
      if (!graph_.block(BlockId(b)).catches()) continue;
      for (size_t i = 0; i < graph_.block(BlockId(b)).exit.links.size(); ++i) {
        if (!splits[graph_.block(BlockId(b)).exit.links[i].target.index]) continue;
        BlockId between = graph_.AddBlock();
        splits.push_back(false);
        Exit& exit = graph_.block(BlockId(b)).exit;
        Exit& jump = graph_.block(between).exit;
        jump.kind = ExitKind::kJump;
        jump.loc = exit.loc;
        jump.links.push_back(std::move(exit.links[i]));
        exit.links[i] = {.target = between, .args = {}};
      }
    }
  }

  // Passes the parts of what the link passes; operations that take them stand from `at` on.
  void SplitLink(Block& block, Link& link, size_t first, size_t at) {
    const std::vector<ValueId>& targets = graph_.block(link.target).args;
    ValueList args;
    std::vector<Operation> taken;
    for (size_t i = 0; i < link.args.size(); ++i) {
      TypeId type = graph_.type(targets[i + first]);
      if (!IsAggregate(type)) {
        args.push_back(link.args[i]);
        continue;
      }
      std::vector<TypeId> parts = PartsOf(type);
      for (uint32_t p = 0; p < parts.size(); ++p) {
        if (IsZeroConstant(graph_, link.args[i])) {
          args.push_back(ZeroOf(program_, graph_, parts[p]));
          continue;
        }
        args.push_back(graph_.AddResult(parts[p]));
        Operation op{.opcode = Opcode::kTupleGet,
                     .imm = p,
                     .loc = block.exit.loc,
                     .result = args.back(),
                     .args = {link.args[i]}};
        if (program_.types.Kind(type) == TypeKind::kValue) {
          op.opcode = Opcode::kValueGet;
          op.imm = program_.types.ValueClass(type).index;
          op.imm2 = program_.Path({p}).index;
        }
        taken.push_back(std::move(op));
      }
    }
    link.args = std::move(args);
    block.ops.insert(block.ops.begin() + static_cast<ptrdiff_t>(at),
                     std::make_move_iterator(taken.begin()), std::make_move_iterator(taken.end()));
  }

  // Takes the parts as arguments and makes the whole of them.
  void SplitBlock(BlockId id) {
    std::vector<ValueId> old = std::move(graph_.block(id).args);
    graph_.block(id).args.clear();
    std::vector<ValueId> args;
    std::vector<Operation> made;
    for (ValueId arg : old) {
      TypeId type = graph_.type(arg);
      if (!IsAggregate(type)) {
        args.push_back(arg);
        continue;
      }
      Operation op{.opcode = Opcode::kTupleMake, .result = arg, .args = {}};
      if (program_.types.Kind(type) == TypeKind::kValue) {
        op.opcode = Opcode::kValueMake;
        op.imm = program_.types.ValueClass(type).index;
      }
      for (TypeId part : PartsOf(type)) {
        args.push_back(graph_.AddArgument(id, part));
        op.args.push_back(args.back());
      }
      ValueInfo& info = graph_.value(arg);
      info.kind = ValueKind::kResult;
      info.block = {};
      info.position = 0;
      made.push_back(std::move(op));
    }
    Block& block = graph_.block(id);
    block.args = std::move(args);
    if (!block.ops.empty()) {
      for (Operation& op : made) op.loc = block.ops.front().loc;
    }
    block.ops.insert(block.ops.begin(), std::make_move_iterator(made.begin()),
                     std::make_move_iterator(made.end()));
  }

  Program& program_;
  Graph& graph_;
};

}  // namespace

bool SplitAggregates(Program& program, Graph& graph) {
  if (graph.empty()) return false;
  return Splitter(program, graph).Run();
}

}  // namespace weft::optimize
