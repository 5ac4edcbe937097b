#include "weave/gc_transform.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "common/check.h"
#include "flowgraph/analysis.h"
#include "weave/call_effects.h"

namespace weft::weave {

using flowgraph::Block;
using flowgraph::FunctionInfo;
using flowgraph::Graph;
using flowgraph::Opcode;
using flowgraph::Operation;
using flowgraph::Predecessors;
using flowgraph::Program;
using flowgraph::Stage;
using flowgraph::ValueKind;
using flowgraph::ValueList;

namespace {

// One operation that may collect, and the references that live across it.
struct CollectingOperation {
  uint32_t position;
  std::vector<ValueId> live;
};

class FunctionTransform {
 public:
  FunctionTransform(const Program& program, const CallEffects& effects,
                    const GcTransformOptions& options, FunctionInfo& function,
                    GcTransformCounts& counts)
      : program_(program),
        effects_(effects),
        options_(options),
        function_(function),
        graph_(function.graph),
        counts_(counts) {}

  void Run() {
    if (function_.may_collect || options_.write_barriers) FindDefinitionsAndCollections();
    if (function_.may_collect) FindLiveReferences();
    for (size_t b = 0; b < graph_.blocks().size(); ++b) RewriteBlock(BlockId(b));
  }

 private:
  static constexpr uint32_t kAtStart = 0xffffffffu;

  // Where a value is defined: the position of its operation, or kAtStart for block arguments.
  struct Definition {
    BlockId block;
    uint32_t position = kAtStart;
    // The operand, when the value is a cast of it.
    ValueId cast_of;
  };

  bool HoldsReference(ValueId value) const {
    if (graph_.IsConstant(value)) return false;
    TypeId type = graph_.type(value);
    TypeKind kind = program_.types.Kind(type);
    // One that can only be an immediate needs no root.
    if (kind == TypeKind::kPtr) return program_.MayBeOnHeap(program_.types.Container(type));
    if (kind != TypeKind::kTuple) return false;
    std::span<const TypeId> elements = program_.types.List(type);
    return std::any_of(elements.begin(), elements.end(), [this](TypeId element) {
      return program_.types.Kind(element) == TypeKind::kPtr;
    });
  }

  void FindDefinitionsAndCollections();
  void FindLiveReferences();
  void LivesIn(ValueId value, BlockId block, uint32_t from, uint32_t to);
  void RewriteBlock(BlockId id);
  void SaveRoots(const CollectingOperation& collecting, std::vector<Operation>& out);
  void AddBarrier(const Operation& op, std::vector<Operation>& out);
  Operation MakeRootOperation(Opcode opcode, uint32_t imm, SourceLoc loc) {
    Operation op;
    op.opcode = opcode;
    op.imm = imm;
    op.loc = loc;
    return op;
  }
  // The value that a chain of casts starts from: the same object.
  ValueId ObjectOf(ValueId value) const {
    while (value.index < definitions_.size() && definitions_[value.index].cast_of.is_valid()) {
      value = definitions_[value.index].cast_of;
    }
    return value;
  }

  const Program& program_;
  const CallEffects& effects_;
  const GcTransformOptions& options_;
  FunctionInfo& function_;
  Graph& graph_;
  GcTransformCounts& counts_;
  std::vector<Definition> definitions_;
  // By block, in order of position.
  std::vector<std::vector<CollectingOperation>> collecting_;
  // The value that was last followed through each block.
  std::vector<ValueId> seen_through_;
  std::vector<BlockId> worklist_;
};

void FunctionTransform::FindDefinitionsAndCollections() {
  definitions_.resize(graph_.value_count());
  collecting_.resize(graph_.blocks().size());
  for (size_t b = 0; b < graph_.blocks().size(); ++b) {
    const Block& block = graph_.block(BlockId(b));
    for (ValueId argument : block.args) definitions_[argument.index] = {BlockId(b), kAtStart, {}};
    for (uint32_t i = 0; i < block.ops.size(); ++i) {
      const Operation& op = block.ops[i];
      if (op.result.is_valid()) {
        Definition& definition = definitions_[op.result.index];
        definition = {BlockId(b), i, {}};
        if (op.opcode == Opcode::kCastPtr && !graph_.IsConstant(op.args[0])) {
          definition.cast_of = op.args[0];
        }
      }
      if (effects_.MayCollect(graph_, op)) collecting_[b].push_back({i, {}});
    }
  }
}

// Walks from every use back to the definition, value by value, and tells each collecting operation
// on the way. A block is entered once for each value that lives into it.
void FunctionTransform::FindLiveReferences() {
  Predecessors predecessors(graph_);
  // The uses of each value, so that one value is followed to the end before the next.
  struct Use {
    ValueId value;
    BlockId block;
    uint32_t position;
  };
  std::vector<Use> uses;
  for (size_t b = 0; b < graph_.blocks().size(); ++b) {
    const Block& block = graph_.block(BlockId(b));
    auto note = [&](ValueId value, uint32_t position) {
      if (!HoldsReference(value)) return;
      uses.push_back({value, BlockId(b), position});
    };
    for (uint32_t i = 0; i < block.ops.size(); ++i) {
      for (ValueId argument : block.ops[i].args) note(argument, i);
    }
    uint32_t end = static_cast<uint32_t>(block.ops.size());
    if (block.exit.value.is_valid()) note(block.exit.value, end);
    flowgraph::ForEachLink(block, [&](const flowgraph::Link& link) {
      for (ValueId argument : link.args) note(argument, end);
    });
  }
  // A use of a cast is a use of the object that was cast.
  for (Use& use : uses) use.value = ObjectOf(use.value);
  std::stable_sort(uses.begin(), uses.end(),
                   [](const Use& a, const Use& b) { return a.value.index < b.value.index; });
  seen_through_.assign(graph_.blocks().size(), ValueId());
  for (const Use& use : uses) {
    // An object of a class whose objects are all immediates may have been cast to one that has
    // others.
    if (graph_.IsConstant(use.value) || !HoldsReference(use.value)) continue;
    const Definition& definition = definitions_[use.value.index];
    if (definition.block == use.block) {
      uint32_t from = definition.position == kAtStart ? 0 : definition.position + 1;
      // Within a loop a value may be used in front of its definition only through a block argument.
      LivesIn(use.value, use.block, from, use.position);
      continue;
    }
    LivesIn(use.value, use.block, 0, use.position);
    worklist_.push_back(use.block);
    while (!worklist_.empty()) {
      BlockId block = worklist_.back();
      worklist_.pop_back();
      for (BlockId predecessor : predecessors.Of(block)) {
        if (seen_through_[predecessor.index] == use.value) continue;
        seen_through_[predecessor.index] = use.value;
        uint32_t end = static_cast<uint32_t>(graph_.block(predecessor).ops.size());
        if (definition.block == predecessor) {
          LivesIn(use.value, predecessor,
                  definition.position == kAtStart ? 0 : definition.position + 1, end);
        } else {
          LivesIn(use.value, predecessor, 0, end);
          worklist_.push_back(predecessor);
        }
      }
    }
  }
}

// The value lives from in front of the operation at `from` to its use by the one at `to`, which is
// not itself an operation that it has to survive.
void FunctionTransform::LivesIn(ValueId value, BlockId block, uint32_t from, uint32_t to) {
  for (CollectingOperation& collecting : collecting_[block.index]) {
    if (collecting.position < from || collecting.position >= to) continue;
    if (collecting.live.empty() || collecting.live.back() != value)
      collecting.live.push_back(value);
  }
}

void FunctionTransform::RewriteBlock(BlockId id) {
  std::vector<CollectingOperation> none;
  std::vector<CollectingOperation>& collecting =
      function_.may_collect ? collecting_[id.index] : none;
  bool is_cold = graph_.block(id).is_cold;
  if (collecting.empty() && !options_.write_barriers) return;
  std::vector<Operation> ops = std::move(graph_.block(id).ops);
  std::vector<Operation> out;
  out.reserve(ops.size() + 4 * collecting.size());
  auto next = collecting.begin();
  for (uint32_t i = 0; i < ops.size(); ++i) {
    if (options_.write_barriers) AddBarrier(ops[i], out);
    if (next == collecting.end() || next->position != i) {
      out.push_back(std::move(ops[i]));
      continue;
    }
    ++counts_.collecting;
    if (is_cold) ++counts_.collecting_cold;
    if (next->live.empty()) {
      ++counts_.without_roots;
      out.push_back(std::move(ops[i]));
    } else {
      SourceLoc loc = ops[i].loc;
      SaveRoots(*next, out);
      uint32_t count = out.back().imm;
      out.push_back(std::move(ops[i]));
      out.push_back(MakeRootOperation(Opcode::kRootsLeave, count, loc));
      counts_.roots += count;
    }
    ++next;
  }
  graph_.block(id).ops = std::move(out);
}

void FunctionTransform::SaveRoots(const CollectingOperation& collecting,
                                  std::vector<Operation>& out) {
  uint32_t slot = 0;
  auto save = [&](ValueId value) {
    Operation set = MakeRootOperation(Opcode::kRootSet, slot++, {});
    set.args.push_back(value);
    out.push_back(std::move(set));
  };
  for (ValueId value : collecting.live) {
    TypeId type = graph_.type(value);
    if (program_.types.Kind(type) == TypeKind::kPtr) {
      save(value);
      continue;
    }
    std::span<const TypeId> elements = program_.types.List(type);
    for (uint32_t i = 0; i < elements.size(); ++i) {
      if (program_.types.Kind(elements[i]) != TypeKind::kPtr) continue;
      Operation get = MakeRootOperation(Opcode::kTupleGet, i, {});
      get.args.push_back(value);
      get.result = graph_.AddResult(elements[i]);
      ValueId element = get.result;
      out.push_back(std::move(get));
      save(element);
    }
  }
  out.push_back(MakeRootOperation(Opcode::kRootsEnter, slot, {}));
}

void FunctionTransform::AddBarrier(const Operation& op, std::vector<Operation>& out) {
  size_t value = 0;
  switch (op.opcode) {
    case Opcode::kSetField:
      value = 1;
      break;
    case Opcode::kSetItem:
    case Opcode::kStoreAt:
      value = 2;
      break;
    case Opcode::kCopyItems: {
      const lltype::Container& layout = program_.containers.Get(ContainerId(op.imm));
      bool holds_references = std::any_of(
          layout.item_fields.begin(), layout.item_fields.end(), [this](const lltype::Field& field) {
            return program_.types.Kind(field.type) == TypeKind::kPtr;
          });
      if (!holds_references) return;
      break;
    }
    default:
      return;
  }
  if (value != 0 && program_.types.Kind(graph_.type(op.args[value])) != TypeKind::kPtr) return;
  // A null base is a local variable; a null or frozen value is nothing that a young object could
  // be.
  if (graph_.IsConstant(op.args[0]) &&
      graph_.value(op.args[0]).constant.kind == flowgraph::Constant::Kind::kZero) {
    return;
  }
  if (value != 0 && graph_.IsConstant(op.args[value])) return;
  // An immediate is no object.
  if (value != 0 && !HoldsReference(ObjectOf(op.args[value]))) return;
  Operation barrier = MakeRootOperation(Opcode::kWriteBarrier, TypedId<void>::kNone, op.loc);
  barrier.args.push_back(op.args[0]);
  out.push_back(std::move(barrier));
  ++counts_.barriers;
}

}  // namespace

GcTransformCounts TransformForGc(Program& program, const GcTransformOptions& options) {
  WEFT_CHECK(program.stage == Stage::kWoven, "exceptions are woven in before roots are");
  CallEffects effects(program);
  GcTransformCounts counts;
  for (auto& function : program.functions) {
    if (function->graph.empty()) continue;
    FunctionTransform(program, effects, options, *function, counts).Run();
  }
  return counts;
}

flowgraph::Pass GcTransformPass(const GcTransformOptions& options, GcTransformCounts* counts) {
  return {.name = "gc_transform",
          .doc = "keeps references on the shadow stack across calls that may collect",
          .run_function = nullptr,
          .run_program = [options, counts](Program& program) {
            GcTransformCounts result = TransformForGc(program, options);
            if (counts != nullptr) *counts = result;
            return result.roots + result.barriers != 0;
          }};
}

}  // namespace weft::weave
