#include "weave/gc_barriers.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "flowgraph/analysis.h"

namespace weft::weave {

using flowgraph::Block;
using flowgraph::Constant;
using flowgraph::Graph;
using flowgraph::Link;
using flowgraph::Opcode;
using flowgraph::Operation;

namespace {

// Arrays of no more bytes are new objects like others.
constexpr uint64_t kShortBytes = 16384;

// What is known of an object until the next operation that may collect.
enum class Known : uint8_t {
  // The collector was told that its fixed part is written to, whatever with.
  kTold,
  // It is an array, new, of a length that is not known: a collector that asks for written objects
  // may have put it where it is told of items from the beginning, since looking through a long one
  // takes long.
  kNewArray,
  // It is new.
  kNew,
};

// By the number of the value that stands for the object.
using Facts = absl::flat_hash_map<uint32_t, Known>;

bool IsAllocation(Opcode opcode) {
  switch (opcode) {
    case Opcode::kMalloc:
    case Opcode::kMallocItems:
    case Opcode::kMallocTry:
    case Opcode::kMallocItemsTry:
    case Opcode::kMallocSlow:
    case Opcode::kMallocItemsSlow:
      return true;
    default:
      return false;
  }
}

class Inserter {
 public:
  explicit Inserter(GcWork& work)
      : work_(work), graph_(work.graph), chains_(work.graph), large_(work.large.FindIn(graph_)) {}

  void Run() {
    if (!large_.empty()) RememberAllocations();
    if (!HasStores()) return;
    if (work_.options.barriers != Barriers::kStores) FindFacts();
    for (uint32_t b = 0; b < graph_.blocks().size(); ++b) Rewrite(BlockId(b));
  }

 private:
  bool IsPointer(TypeId type) const { return work_.program.types.Kind(type) == TypeKind::kPtr; }

  // Whether an operation stores references.
  bool StoresReference(const Operation& op) const {
    switch (op.opcode) {
      case Opcode::kSetField:
        // A weak reference is not a reference.
        return IsPointer(graph_.type(op.args[1])) &&
               !work_.program.containers.Get(ContainerId(op.imm)).is_weakref();
      case Opcode::kSetItem:
      case Opcode::kStoreAt:
        return IsPointer(graph_.type(op.args[2])) && !IsNull(op.args[0]);
      case Opcode::kCopyItems: {
        const auto& fields = work_.program.containers.Get(ContainerId(op.imm)).item_fields;
        return std::any_of(fields.begin(), fields.end(),
                           [this](const lltype::Field& field) { return IsPointer(field.type); });
      }
      case Opcode::kGlobalSet:
        return work_.options.barriers == Barriers::kStores && IsPointer(graph_.type(op.args[0]));
      default:
        return false;
    }
  }

  // The base of a place that is a local variable without references.
  bool IsNull(ValueId value) const {
    return graph_.IsConstant(value) && graph_.value(value).constant.kind == Constant::Kind::kZero;
  }

  // The value that is stored; invalid for copies.
  static ValueId Stored(const Operation& op) {
    switch (op.opcode) {
      case Opcode::kSetField:
        return op.args[1];
      case Opcode::kSetItem:
      case Opcode::kStoreAt:
        return op.args[2];
      case Opcode::kGlobalSet:
        return op.args[0];
      default:
        return {};
    }
  }

  // Whether the value is null, a frozen object, or an immediate, whatever type it was cast to.
  bool IsNoHeapObject(ValueId value) const {
    if (!value.is_valid()) return false;
    ValueId object = chains_.ObjectOf(value);
    return graph_.IsConstant(object) || !MayBeOnHeap(work_.program, graph_.type(object));
  }

  bool HasStores() const {
    for (const Block& block : graph_.blocks()) {
      for (const Operation& op : block.ops) {
        if (StoresReference(op)) return true;
      }
    }
    return false;
  }

  std::optional<Known> KnownOf(const Facts& facts, ValueId value) const {
    // Of null nothing is ever stored to.
    if (IsNull(value)) return Known::kNew;
    auto it = facts.find(chains_.ObjectOf(value).index);
    if (it == facts.end()) return std::nullopt;
    return it->second;
  }

  // Whether the object is an array that the collector looks at as a whole in any case.
  bool IsLarge(const Operation& op) const {
    return op.args[0].index < large_.size() && large_[op.args[0].index];
  }

  void RememberAllocations() {
    for (Block& block : graph_.blocks()) {
      for (size_t i = 0; i < block.ops.size(); ++i) {
        if (!work_.large.IsAllocation(graph_, block.ops[i])) continue;
        Operation remember;
        remember.opcode = Opcode::kRememberAlways;
        remember.imm = remember.imm2 = TypedId<void>::kNone;
        remember.loc = block.ops[i].loc;
        remember.args.push_back(block.ops[i].result);
        block.ops.insert(block.ops.begin() + static_cast<ptrdiff_t>(i) + 1, std::move(remember));
      }
    }
  }

  // Whether the fixed part of the object is told by this operation's barrier.
  bool NeedsBarrier(const Facts& facts, const Operation& op) const {
    if (work_.options.barriers == Barriers::kObjects && IsNoHeapObject(Stored(op))) return false;
    if (IsLarge(op)) return false;
    std::optional<Known> known = KnownOf(facts, op.args[0]);
    if (!known.has_value()) return true;
    return *known != Known::kNew && op.opcode != Opcode::kSetField;
  }

  // Whether an allocation may be of an array that such a collector puts apart.
  bool MayBeLong(const Operation& op) const {
    if (work_.options.barriers != Barriers::kObjects || op.args.empty()) return false;
    if (!graph_.IsConstant(op.args[0])) return true;
    const Constant& length = graph_.value(op.args[0]).constant;
    const uint64_t most = kShortBytes / work_.program.containers.Get(ContainerId(op.imm)).item_size;
    return length.kind == Constant::Kind::kScalar && length.bits > most;
  }

  // `is_first` says that the barrier, if there is one, serves other stores, too.
  void Apply(const Operation& op, bool is_first, Facts& facts) const {
    if (work_.effects.MayCollect(graph_, op)) facts.clear();
    if (op.result.is_valid()) {
      facts.erase(op.result.index);
      if (IsAllocation(op.opcode)) {
        facts[op.result.index] = MayBeLong(op) ? Known::kNewArray : Known::kNew;
      }
    }
    if (is_first && NeedsBarrier(facts, op)) {
      facts.insert({chains_.ObjectOf(op.args[0]).index, Known::kTold});
    }
  }

  // For each operation of a block: whether it stores a reference into the fixed part of an object
  // so that a barrier for that part serves what comes later. A collector that asks for written
  // objects is told of the value, too, by most barriers, and so learns nothing of later stores;
  // only where another one follows within the block the barrier is for the object as such.
  std::vector<bool> FindFirstStores(const Block& block) const {
    std::vector<bool> is_first(block.ops.size());
    const bool is_told_values = work_.options.barriers == Barriers::kObjects;
    absl::flat_hash_set<uint32_t> stored;
    for (size_t i = block.ops.size(); i-- > 0;) {
      const Operation& op = block.ops[i];
      if (work_.effects.MayCollect(graph_, op)) stored.clear();
      if (op.opcode != Opcode::kSetField || !StoresReference(op)) continue;
      if (is_told_values && (IsNoHeapObject(Stored(op)) || IsLarge(op))) continue;
      bool is_last = stored.insert(chains_.ObjectOf(op.args[0]).index).second;
      is_first[i] = !is_told_values || !is_last;
    }
    return is_first;
  }

  // What holds at the start of the target when control comes by this link.
  Facts Carry(const Facts& facts, const Link& link) const {
    const auto& arguments = graph_.block(link.target).args;
    Facts result = facts;
    for (ValueId argument : arguments) result.erase(argument.index);
    for (size_t i = 0; i < arguments.size(); ++i) {
      if (!IsPointer(graph_.type(arguments[i]))) continue;
      std::optional<Known> known = KnownOf(facts, link.args[i]);
      if (known.has_value()) result[arguments[i].index] = *known;
    }
    return result;
  }

  // Leaves in `into` what both know; true when that is less than before.
  static bool Meet(std::optional<Facts>& into, Facts&& other) {
    if (!into.has_value()) {
      into = std::move(other);
      return true;
    }
    bool changed = false;
    std::vector<uint32_t> gone;
    for (auto& [value, known] : *into) {
      auto it = other.find(value);
      if (it == other.end()) {
        gone.push_back(value);
      } else if (it->second < known) {
        known = it->second;
        changed = true;
      }
    }
    for (uint32_t value : gone) into->erase(value);
    return changed || !gone.empty();
  }

  void FindFacts() {
    first_stores_.resize(graph_.blocks().size());
    for (uint32_t b = 0; b < graph_.blocks().size(); ++b) {
      first_stores_[b] = FindFirstStores(graph_.block(BlockId(b)));
    }
    at_start_.resize(graph_.blocks().size());
    at_start_[Graph::Entry().index] = Facts();
    std::vector<BlockId> order = flowgraph::ReversePostorder(graph_);
    bool changed = true;
    while (changed) {
      changed = false;
      for (BlockId id : order) {
        if (!at_start_[id.index].has_value()) continue;
        Facts facts = *at_start_[id.index];
        const Block& block = graph_.block(id);
        const std::vector<bool>& is_first = first_stores_[id.index];
        for (size_t i = 0; i < block.ops.size(); ++i) Apply(block.ops[i], is_first[i], facts);
        flowgraph::ForEachLink(block, [&](const Link& link) {
          changed |= Meet(at_start_[link.target.index], Carry(facts, link));
        });
      }
    }
  }

  void Rewrite(BlockId id) {
    Block& block = graph_.block(id);
    if (!std::any_of(block.ops.begin(), block.ops.end(),
                     [this](const Operation& op) { return StoresReference(op); })) {
      return;
    }
    bool keeps_facts = work_.options.barriers != Barriers::kStores;
    Facts facts;
    if (keeps_facts && at_start_[id.index].has_value()) facts = *at_start_[id.index];
    std::vector<Operation> out;
    out.reserve(block.ops.size() + 4);
    for (size_t i = 0; i < block.ops.size(); ++i) {
      Operation& op = block.ops[i];
      const bool is_first = keeps_facts && first_stores_[id.index][i];
      if (StoresReference(op)) {
        if (!keeps_facts || NeedsBarrier(facts, op)) {
          AddBarrier(op, is_first, out);
        } else {
          CountSaved(facts, op);
        }
      }
      if (keeps_facts) Apply(op, is_first, facts);
      out.push_back(std::move(op));
    }
    block.ops = std::move(out);
  }

  void CountSaved(const Facts& facts, const Operation& op) {
    if (work_.options.barriers == Barriers::kObjects && IsNoHeapObject(Stored(op))) {
      ++work_.counts.barriers_constant;
    } else if (IsLarge(op)) {
      ++work_.counts.barriers_large;
    } else if (KnownOf(facts, op.args[0]) == Known::kTold) {
      ++work_.counts.barriers_merged;
    } else {
      ++work_.counts.barriers_new;
    }
  }

  void AddBarrier(const Operation& op, bool is_first, std::vector<Operation>& out) {
    size_t number = work_.totals.barriers + work_.counts.barriers++;
    if (work_.options.drop_barrier == number) return;
    Operation barrier = op;
    barrier.result = {};
    switch (op.opcode) {
      case Opcode::kSetField:
        barrier.opcode = Opcode::kWriteBarrier;
        if (is_first && work_.options.barriers == Barriers::kObjects) {
          barrier.opcode = Opcode::kWriteBarrierObject;
          barrier.imm = barrier.imm2 = TypedId<void>::kNone;
          barrier.args.resize(1);
        }
        break;
      case Opcode::kSetItem:
        barrier.opcode = Opcode::kWriteBarrierItem;
        break;
      case Opcode::kStoreAt:
        barrier.opcode = Opcode::kWriteBarrierAt;
        break;
      case Opcode::kCopyItems:
        barrier.opcode = Opcode::kWriteBarrierCopy;
        break;
      default:
        barrier.opcode = Opcode::kWriteBarrierGlobal;
        barrier.imm2 = TypedId<void>::kNone;
        break;
    }
    if (work_.options.notes) work_.totals.notes.push_back({work_.id, op.loc, Reason(op)});
    out.push_back(std::move(barrier));
  }

  std::string Reason(const Operation& op) const {
    const auto& containers = work_.program.containers;
    std::string what;
    switch (op.opcode) {
      case Opcode::kSetField: {
        const lltype::Container& container = containers.Get(ContainerId(op.imm));
        what = fmt::format("a store into {} of {}", container.fields[op.imm2].name, container.name);
        break;
      }
      case Opcode::kSetItem:
        what = fmt::format("a store into an item of {}", containers.Get(ContainerId(op.imm)).name);
        break;
      case Opcode::kCopyItems:
        what = fmt::format("a copy of items of {}", containers.Get(ContainerId(op.imm)).name);
        break;
      case Opcode::kStoreAt:
        what = "a store into a place";
        break;
      default:
        return "barrier: a store into a global";
    }
    return fmt::format("barrier: {}, which may be older than the last collection", what);
  }

  GcWork& work_;
  Graph& graph_;
  CastChains chains_;
  // By value.
  std::vector<bool> large_;
  // By block, for each of its operations.
  std::vector<std::vector<bool>> first_stores_;
  std::vector<std::optional<Facts>> at_start_;
};

}  // namespace

void InsertBarriers(GcWork& work) { Inserter(work).Run(); }

}  // namespace weft::weave
