#include "weave/gc_roots.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "flowgraph/analysis.h"

namespace weft::weave {

using flowgraph::Block;
using flowgraph::FunctionInfo;
using flowgraph::Graph;
using flowgraph::Link;
using flowgraph::Opcode;
using flowgraph::Operation;
using flowgraph::Predecessors;

namespace {

constexpr uint32_t kAtStart = 0xffffffffu;
constexpr uint32_t kNone = 0xffffffffu;
// What a slot holds, besides the number of an object.
constexpr uint32_t kUnknown = 0xffffffffu;
constexpr uint32_t kNull = 0xfffffffeu;
// Nothing is known yet, as control has not come here.
constexpr uint32_t kAnything = 0xfffffffdu;

// One operation that may collect, and the values that live across it.
struct CollectingOperation {
  BlockId block;
  uint32_t position;
  bool is_cold;
  std::vector<ValueId> live;
  // The objects that these values are, without repetition.
  std::vector<uint32_t> objects;
};

Operation MakeOperation(Opcode opcode, uint32_t imm, SourceLoc loc) {
  Operation op;
  op.opcode = opcode;
  op.imm = imm;
  op.loc = loc;
  return op;
}

// ---- Which references live where ----------------------------------------------------------------

class Liveness {
 public:
  explicit Liveness(GcWork& work) : work_(work), graph_(work.graph), chains_(work.graph) {}

  void Run() {
    FindDefinitions();
    if (!operations.empty()) FollowUses();
  }

  // Whether the collector has to know the value: it may name an object of the heap, or is a tuple
  // with an element that may.
  bool HoldsReference(ValueId value) const {
    // An immediate may have been cast to a type that has others.
    ValueId object = chains_.ObjectOf(value);
    if (graph_.IsConstant(object)) return false;
    TypeId type = graph_.type(object);
    if (work_.program.types.Kind(type) != TypeKind::kTuple) return MayBeOnHeap(work_.program, type);
    std::span<const TypeId> elements = work_.program.types.List(type);
    return std::any_of(elements.begin(), elements.end(),
                       [this](TypeId element) { return MayBeOnHeap(work_.program, element); });
  }

  // In order of blocks and of positions in them.
  std::vector<CollectingOperation> operations;
  // The first operation of each block in `operations`, and one past the end.
  std::vector<uint32_t> first_of_block;

 private:
  struct Definition {
    BlockId block;
    uint32_t position = kAtStart;
  };
  struct Use {
    ValueId value;
    BlockId block;
    uint32_t position;
  };

  void FindDefinitions() {
    definitions_.resize(graph_.value_count());
    for (uint32_t b = 0; b < graph_.blocks().size(); ++b) {
      const Block& block = graph_.block(BlockId(b));
      first_of_block.push_back(static_cast<uint32_t>(operations.size()));
      for (ValueId argument : block.args) definitions_[argument.index] = {BlockId(b), kAtStart};
      for (uint32_t i = 0; i < block.ops.size(); ++i) {
        const Operation& op = block.ops[i];
        if (op.result.is_valid()) definitions_[op.result.index] = {BlockId(b), i};
        if (work_.effects.MayCollect(graph_, op)) {
          operations.push_back({BlockId(b), i, block.is_cold, {}, {}});
        }
      }
    }
    first_of_block.push_back(static_cast<uint32_t>(operations.size()));
  }

  // Walks from every use back to the definition, value by value, and tells each collecting
  // operation on the way. A block is entered once for each value that lives into it.
  void FollowUses() {
    Predecessors predecessors(graph_);
    std::vector<Use> uses;
    for (uint32_t b = 0; b < graph_.blocks().size(); ++b) {
      const Block& block = graph_.block(BlockId(b));
      auto note = [&](ValueId value, uint32_t position) {
        if (HoldsReference(value)) uses.push_back({value, BlockId(b), position});
      };
      for (uint32_t i = 0; i < block.ops.size(); ++i) {
        for (ValueId argument : block.ops[i].args) note(argument, i);
      }
      uint32_t end = static_cast<uint32_t>(block.ops.size());
      if (block.exit.value.is_valid()) note(block.exit.value, end);
      flowgraph::ForEachLink(block, [&](const Link& link) {
        for (ValueId argument : link.args) note(argument, end);
      });
    }
    // One value is followed to the end before the next.
    std::stable_sort(uses.begin(), uses.end(),
                     [](const Use& a, const Use& b) { return a.value.index < b.value.index; });
    std::vector<ValueId> seen_through(graph_.blocks().size());
    std::vector<BlockId> worklist;
    for (const Use& use : uses) {
      const Definition& definition = definitions_[use.value.index];
      uint32_t from = definition.position == kAtStart ? 0 : definition.position + 1;
      if (definition.block == use.block) {
        // Within a loop a value may be used in front of its definition only through a block
        // argument.
        LivesIn(use.value, use.block, from, use.position);
        continue;
      }
      LivesIn(use.value, use.block, 0, use.position);
      worklist.push_back(use.block);
      while (!worklist.empty()) {
        BlockId block = worklist.back();
        worklist.pop_back();
        for (BlockId predecessor : predecessors.Of(block)) {
          if (seen_through[predecessor.index] == use.value) continue;
          seen_through[predecessor.index] = use.value;
          uint32_t end = static_cast<uint32_t>(graph_.block(predecessor).ops.size());
          bool is_definition = definition.block == predecessor;
          LivesIn(use.value, predecessor, is_definition ? from : 0, end);
          if (!is_definition) worklist.push_back(predecessor);
        }
      }
    }
  }

  // The value lives from in front of the operation at `from` to its use by the one at `to`, which
  // is not itself an operation that it has to survive.
  void LivesIn(ValueId value, BlockId block, uint32_t from, uint32_t to) {
    for (uint32_t i = first_of_block[block.index]; i < first_of_block[block.index + 1]; ++i) {
      CollectingOperation& operation = operations[i];
      if (operation.position < from || operation.position >= to) continue;
      if (operation.live.empty() || operation.live.back() != value) operation.live.push_back(value);
    }
  }

  GcWork& work_;
  const Graph& graph_;
  CastChains chains_;
  std::vector<Definition> definitions_;
};

// ---- Several results ----------------------------------------------------------------------------

// Takes tuples apart where they are defined, and makes them anew where they are needed whole.
class TupleSplitter {
 public:
  TupleSplitter(GcWork& work, const std::vector<ValueId>& tuples)
      : work_(work), graph_(work.graph) {
    for (ValueId tuple : tuples) elements_[tuple.index];
  }

  void Run() {
    for (Block& block : graph_.blocks()) Split(block);
    for (const Get& get : gets_) {
      replaced_[get.result.index] = elements_[get.tuple.index][get.element];
    }
    for (Block& block : graph_.blocks()) {
      flowgraph::ForEachUse(block, [this](ValueId& value) {
        while (true) {
          auto it = replaced_.find(value.index);
          if (it == replaced_.end()) return;
          value = it->second;
        }
      });
    }
    // What the tuple_gets gave is known by now.
    for (Block& block : graph_.blocks()) Remake(block);
  }

 private:
  void TakeApart(ValueId tuple, std::vector<Operation>& out) {
    auto it = elements_.find(tuple.index);
    if (it == elements_.end()) return;
    TypeId type = graph_.type(tuple);
    uint32_t count = static_cast<uint32_t>(work_.program.types.List(type).size());
    for (uint32_t i = 0; i < count; ++i) {
      Operation get = MakeOperation(Opcode::kTupleGet, i, {});
      get.args.push_back(tuple);
      get.result = graph_.AddResult(work_.program.types.List(type)[i]);
      it->second.push_back(get.result);
      out.push_back(std::move(get));
    }
  }

  // Takes the tuples that are defined in the block apart, and takes out what reads their elements.
  void Split(Block& block) {
    std::vector<Operation> out;
    out.reserve(block.ops.size() + 4);
    for (ValueId argument : block.args) TakeApart(argument, out);
    for (Operation& op : block.ops) {
      ValueId result = op.result;
      if (op.opcode == Opcode::kTupleGet && elements_.contains(op.args[0].index)) {
        gets_.push_back({result, op.args[0], op.imm});
        continue;
      }
      out.push_back(std::move(op));
      if (result.is_valid()) TakeApart(result, out);
    }
    block.ops = std::move(out);
  }

  void Remake(Block& block) {
    absl::flat_hash_map<uint32_t, ValueId> remade;
    auto remake = [&](ValueId& value) {
      auto it = elements_.find(value.index);
      if (it == elements_.end()) return;
      auto [known, is_new] = remade.insert({value.index, ValueId()});
      if (is_new) {
        Operation make = MakeOperation(Opcode::kTupleMake, TypedId<void>::kNone, block.exit.loc);
        for (ValueId element : it->second) make.args.push_back(element);
        make.result = graph_.AddResult(graph_.type(value));
        known->second = make.result;
        block.ops.push_back(std::move(make));
      }
      value = known->second;
    };
    if (block.exit.value.is_valid()) remake(block.exit.value);
    flowgraph::ForEachLink(block, [&](Link& link) {
      for (ValueId& argument : link.args) remake(argument);
    });
  }

  struct Get {
    ValueId result;
    ValueId tuple;
    uint32_t element;
  };

  GcWork& work_;
  Graph& graph_;
  absl::flat_hash_map<uint32_t, std::vector<ValueId>> elements_;
  std::vector<Get> gets_;
  absl::flat_hash_map<uint32_t, ValueId> replaced_;
};

// ---- Slots --------------------------------------------------------------------------------------

class RootInserter {
 public:
  RootInserter(GcWork& work, Liveness& liveness)
      : work_(work),
        graph_(work.graph),
        chains_(work.graph),
        operations_(liveness.operations),
        first_of_block_(liveness.first_of_block),
        large_(work.large.FindIn(graph_)),
        object_of_(work.graph.value_count(), kNone) {}

  void Run() {
    NumberObjects();
    ShareSlots();
    AssignSlots();
    FindContents();
    for (uint32_t b = 0; b < graph_.blocks().size(); ++b) Rewrite(BlockId(b));
  }

 private:
  // The number of the object that a value is; kNone for what needs no slot.
  uint32_t ObjectOf(ValueId value) const {
    ValueId object = chains_.ObjectOf(value);
    return object.index < object_of_.size() ? object_of_[object.index] : kNone;
  }

  void NumberObjects() {
    for (uint32_t i = 0; i < operations_.size(); ++i) {
      for (ValueId value : operations_[i].live) {
        uint32_t& object = object_of_[chains_.ObjectOf(value).index];
        if (object == kNone) {
          object = static_cast<uint32_t>(lives_at_.size());
          lives_at_.emplace_back();
        }
        if (!lives_at_[object].empty() && lives_at_[object].back() == i) continue;
        lives_at_[object].push_back(i);
        operations_[i].objects.push_back(object);
      }
    }
    class_of_.resize(lives_at_.size());
    std::iota(class_of_.begin(), class_of_.end(), 0);
  }

  uint32_t ClassOf(uint32_t object) {
    while (class_of_[object] != object) {
      class_of_[object] = class_of_[class_of_[object]];
      object = class_of_[object];
    }
    return object;
  }

  // What a link carries shares the slot of the block argument, unless both live across the same
  // operation. From here on lives_at_ is that of the class, where its first object is.
  void ShareSlots() {
    for (const Block& block : graph_.blocks()) {
      flowgraph::ForEachLink(block, [this](const Link& link) {
        const auto& arguments = graph_.block(link.target).args;
        for (size_t i = 0; i < arguments.size(); ++i) {
          if (graph_.IsConstant(link.args[i])) continue;
          uint32_t a = ObjectOf(arguments[i]);
          uint32_t b = ObjectOf(link.args[i]);
          if (a != kNone && b != kNone) Join(ClassOf(a), ClassOf(b));
        }
      });
    }
  }

  void Join(uint32_t a, uint32_t b) {
    if (a == b) return;
    std::vector<uint32_t> both;
    both.reserve(lives_at_[a].size() + lives_at_[b].size());
    std::merge(lives_at_[a].begin(), lives_at_[a].end(), lives_at_[b].begin(), lives_at_[b].end(),
               std::back_inserter(both));
    if (std::adjacent_find(both.begin(), both.end()) != both.end()) return;
    class_of_[b] = a;
    lives_at_[a] = std::move(both);
    lives_at_[b].clear();
  }

  void AssignSlots() {
    std::vector<uint32_t> classes;
    std::vector<size_t> weight(lives_at_.size());
    for (uint32_t object = 0; object < lives_at_.size(); ++object) {
      if (ClassOf(object) != object) continue;
      classes.push_back(object);
      // What happens in cold blocks hardly counts.
      for (uint32_t i : lives_at_[object]) weight[object] += operations_[i].is_cold ? 1 : 64;
    }
    std::stable_sort(classes.begin(), classes.end(),
                     [&](uint32_t a, uint32_t b) { return weight[a] > weight[b]; });
    slot_of_.resize(lives_at_.size());
    std::vector<std::vector<bool>> taken(operations_.size());
    for (uint32_t object : classes) {
      uint32_t slot = 0;
      auto is_taken = [&](uint32_t i) { return slot < taken[i].size() && taken[i][slot]; };
      while (std::any_of(lives_at_[object].begin(), lives_at_[object].end(), is_taken)) ++slot;
      for (uint32_t i : lives_at_[object]) {
        if (taken[i].size() <= slot) taken[i].resize(slot + 1);
        taken[i][slot] = true;
      }
      slot_of_[object] = slot;
      slot_count_ = std::max(slot_count_, slot + 1);
    }
    for (uint32_t object = 0; object < slot_of_.size(); ++object) {
      slot_of_[object] = slot_of_[ClassOf(object)];
    }
  }

  // ---- What the slots hold. Only what an object's own slot holds is of interest.

  using Contents = std::vector<uint32_t>;

  // How many slots an operation's roots reach up to.
  uint32_t Reach(const CollectingOperation& operation) const {
    uint32_t reach = 0;
    for (uint32_t object : operation.objects) reach = std::max(reach, slot_of_[object] + 1);
    return reach;
  }

  // After the operation: its objects are where they belong, the slots between them are empty, and
  // those above may have been used by what was called.
  void Collect(const CollectingOperation& operation, Contents& contents) const {
    uint32_t reach = Reach(operation);
    std::fill(contents.begin(), contents.begin() + reach, kNull);
    std::fill(contents.begin() + reach, contents.end(), kUnknown);
    for (uint32_t object : operation.objects) contents[slot_of_[object]] = object;
  }

  // The value is defined anew, and no slot holds this one yet.
  void Define(ValueId value, Contents& contents) const {
    uint32_t object = object_of_.size() > value.index ? object_of_[value.index] : kNone;
    if (object != kNone && contents[slot_of_[object]] == object) {
      contents[slot_of_[object]] = kUnknown;
    }
  }

  Contents Carry(const Contents& contents, const Link& link) const {
    Contents result = contents;
    const auto& arguments = graph_.block(link.target).args;
    for (ValueId argument : arguments) Define(argument, result);
    for (size_t i = 0; i < arguments.size(); ++i) {
      uint32_t argument = object_of_[arguments[i].index];
      uint32_t object = ObjectOf(link.args[i]);
      if (argument == kNone || object == kNone || slot_of_[argument] != slot_of_[object]) continue;
      if (contents[slot_of_[object]] == object) result[slot_of_[argument]] = argument;
    }
    return result;
  }

  static bool Meet(Contents& into, const Contents& other) {
    bool changed = false;
    for (size_t i = 0; i < into.size(); ++i) {
      if (into[i] == other[i] || into[i] == kUnknown) continue;
      into[i] = into[i] == kAnything ? other[i] : kUnknown;
      changed = true;
    }
    return changed;
  }

  void FindContents() {
    at_start_.assign(graph_.blocks().size(), Contents(slot_count_, kAnything));
    at_start_[Graph::Entry().index].assign(slot_count_, kUnknown);
    std::vector<BlockId> order = flowgraph::ReversePostorder(graph_);
    std::vector<bool> is_reached(graph_.blocks().size());
    is_reached[Graph::Entry().index] = true;
    bool changed = slot_count_ != 0;
    while (changed) {
      changed = false;
      for (BlockId id : order) {
        if (!is_reached[id.index]) continue;
        Contents contents = at_start_[id.index];
        const Block& block = graph_.block(id);
        uint32_t next = first_of_block_[id.index];
        for (uint32_t i = 0; i < block.ops.size(); ++i) {
          if (next < first_of_block_[id.index + 1] && operations_[next].position == i) {
            Collect(operations_[next++], contents);
          }
          if (block.ops[i].result.is_valid()) Define(block.ops[i].result, contents);
        }
        flowgraph::ForEachLink(block, [&](const Link& link) {
          is_reached[link.target.index] = true;
          changed |= Meet(at_start_[link.target.index], Carry(contents, link));
        });
      }
    }
  }

  // ---- Writing it down.

  void Rewrite(BlockId id) {
    uint32_t next = first_of_block_[id.index];
    uint32_t end = first_of_block_[id.index + 1];
    if (next == end) return;
    Contents contents = at_start_[id.index];
    std::vector<Operation> ops = std::move(graph_.block(id).ops);
    std::vector<Operation> out;
    out.reserve(ops.size() + 6 * (end - next));
    for (uint32_t i = 0; i < ops.size(); ++i) {
      ValueId result = ops[i].result;
      if (next == end || operations_[next].position != i) {
        out.push_back(std::move(ops[i]));
      } else {
        Surround(operations_[next++], std::move(ops[i]), contents, out);
      }
      if (result.is_valid()) Define(result, contents);
    }
    graph_.block(id).ops = std::move(out);
  }

  void Surround(const CollectingOperation& operation, Operation op, Contents& contents,
                std::vector<Operation>& out) {
    ++work_.counts.collecting;
    if (operation.is_cold) ++work_.counts.collecting_cold;
    if (operation.objects.empty()) ++work_.counts.without_roots;
    if (op.opcode == Opcode::kMallocSlow || op.opcode == Opcode::kMallocItemsSlow ||
        op.opcode == Opcode::kMalloc || op.opcode == Opcode::kMallocItems) {
      ++work_.counts.allocations;
    }
    // By slot: the value that goes there; invalid for one that must be empty.
    std::vector<ValueId> wanted(Reach(operation));
    uint32_t dropped = kNone;
    for (ValueId value : operation.live) {
      ValueId& slot = wanted[slot_of_[ObjectOf(value)]];
      if (slot.is_valid()) continue;
      slot = value;
      if (work_.options.drop_root == work_.totals.roots + work_.counts.roots) {
        dropped = ObjectOf(value);
      }
      ++work_.counts.roots;
    }
    size_t stored = 0;
    for (uint32_t slot = 0; slot < wanted.size(); ++slot) {
      ValueId value = wanted[slot];
      uint32_t object = value.is_valid() ? ObjectOf(value) : kNull;
      if (object == dropped) object = kNull;
      if (contents[slot] == object) {
        if (object != kNull) ++work_.counts.roots_kept;
        continue;
      }
      if (object == kNull) value = graph_.Zero(graph_.type(operation.live[0]));
      Operation set = MakeOperation(Opcode::kRootSet, slot, op.loc);
      set.args.push_back(value);
      out.push_back(std::move(set));
      ++stored;
    }
    work_.counts.root_sets += stored;
    if (work_.options.notes && !wanted.empty()) AddNote(operation, op, stored);
    Collect(operation, contents);
    if (dropped != kNone) contents[slot_of_[dropped]] = kNull;
    uint32_t count = static_cast<uint32_t>(wanted.size());
    SourceLoc loc = op.loc;
    if (count != 0) out.push_back(MakeOperation(Opcode::kRootsEnter, count, loc));
    out.push_back(std::move(op));
    if (count != 0) out.push_back(MakeOperation(Opcode::kRootsLeave, count, loc));
    if (!work_.options.moves) return;
    for (ValueId value : operation.live) {
      if (ObjectOf(value) == dropped || (value.index < large_.size() && large_[value.index])) {
        continue;
      }
      Operation get = MakeOperation(Opcode::kRootGet, slot_of_[ObjectOf(value)], loc);
      get.args.push_back(value);
      out.push_back(std::move(get));
      ++work_.counts.root_gets;
    }
  }

  void AddNote(const CollectingOperation& operation, const Operation& op, size_t stored) {
    std::string what;
    switch (op.opcode) {
      case Opcode::kCall:
        what = fmt::format("the call of {}", work_.program.function(FunctionId(op.imm)).name);
        break;
      case Opcode::kCallPointer:
        what = "a call through a pointer";
        break;
      case Opcode::kGcCollect:
        what = "gc_collect";
        break;
      default:
        what = fmt::format("an allocation of {}",
                           work_.program.containers.Get(ContainerId(op.imm)).name);
        break;
    }
    work_.totals.notes.push_back(
        {work_.id, op.loc,
         fmt::format("roots: {} live across {}, {} to store{}", operation.objects.size(), what,
                     stored, operation.is_cold ? ", in a cold block" : "")});
  }

  GcWork& work_;
  Graph& graph_;
  CastChains chains_;
  std::vector<CollectingOperation>& operations_;
  const std::vector<uint32_t>& first_of_block_;
  // By value: arrays that never move.
  std::vector<bool> large_;
  // By value, for the values that chains of casts start from.
  std::vector<uint32_t> object_of_;
  // By object: the operations that it lives across, as indices, in order.
  std::vector<std::vector<uint32_t>> lives_at_;
  std::vector<uint32_t> class_of_;
  std::vector<uint32_t> slot_of_;
  uint32_t slot_count_ = 0;
  std::vector<Contents> at_start_;
};

}  // namespace

void InsertRoots(GcWork& work) {
  Liveness liveness(work);
  liveness.Run();
  if (liveness.operations.empty()) return;
  std::vector<ValueId> tuples;
  for (const CollectingOperation& operation : liveness.operations) {
    for (ValueId value : operation.live) {
      if (work.program.types.Kind(work.graph.type(value)) == TypeKind::kTuple) {
        tuples.push_back(value);
      }
    }
  }
  if (tuples.empty()) {
    RootInserter(work, liveness).Run();
    return;
  }
  TupleSplitter(work, tuples).Run();
  Liveness again(work);
  again.Run();
  RootInserter(work, again).Run();
}

}  // namespace weft::weave
