// Reachability, for gc_collect. The interpreter keeps all memory until it goes, so a collection
// only has to find out what the program can still reach: weak references to anything else are
// cleared, and finalizers become due in the order that gc/marksweep.cc documents. Roots are
// precise: of each frame, the references that are live behind the call that it stands at.

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "llinterp/machine.h"

namespace weft::llinterp {

using flowgraph::Block;
using flowgraph::Graph;
using flowgraph::Operation;

namespace {

// The references that are live before an operation, or before the exit for op == number of them.
class LiveSet {
 public:
  LiveSet(const TypeTable& types, const Graph& graph) : types_(types), graph_(graph) {}

  void Add(ValueId value) {
    TypeKind kind = types_.Kind(graph_.type(value));
    bool may_refer = kind == TypeKind::kPtr || kind == TypeKind::kTuple;
    if (may_refer && !graph_.IsConstant(value)) values.insert(value);
  }
  void AddLiveOut(const Block& block, const std::vector<std::vector<ValueId>>& live_in) {
    ForEachLink(block, [&](const flowgraph::Link& link) {
      for (ValueId value : live_in[link.target.index]) values.insert(value);
      for (ValueId arg : link.args) Add(arg);
    });
    if (block.exit.value.is_valid()) Add(block.exit.value);
  }
  void StepBack(const Operation& op) {
    if (op.result.is_valid()) values.erase(op.result);
    for (ValueId arg : op.args) Add(arg);
  }

  absl::flat_hash_set<ValueId> values;

 private:
  const TypeTable& types_;
  const Graph& graph_;
};

}  // namespace

void Interpreter::Machine::ComputeLiveness(CompiledFunction& function) const {
  const Graph& graph = program.function(function.id).graph;
  function.live_in.resize(graph.blocks().size());
  std::vector<std::vector<uint32_t>> predecessors(graph.blocks().size());
  std::vector<uint32_t> worklist;
  for (uint32_t b = 0; b < graph.blocks().size(); ++b) {
    ForEachLink(graph.blocks()[b],
                [&](const flowgraph::Link& link) { predecessors[link.target.index].push_back(b); });
    worklist.push_back(b);
  }
  std::vector<bool> is_queued(worklist.size(), true);
  while (!worklist.empty()) {
    uint32_t b = worklist.back();
    worklist.pop_back();
    is_queued[b] = false;
    const Block& block = graph.blocks()[b];
    LiveSet live(program.types, graph);
    live.AddLiveOut(block, function.live_in);
    for (size_t i = block.ops.size(); i-- > 0;) live.StepBack(block.ops[i]);
    for (ValueId arg : block.args) live.values.erase(arg);
    if (live.values.size() == function.live_in[b].size()) continue;
    function.live_in[b].assign(live.values.begin(), live.values.end());
    for (uint32_t p : predecessors[b]) {
      if (!is_queued[p]) worklist.push_back(p);
      is_queued[p] = true;
    }
  }
}

// Marks what the objects on the stack refer to.
void Interpreter::Machine::Drain(std::vector<uint64_t>* stack) {
  while (!stack->empty()) {
    uint64_t object = stack->back();
    stack->pop_back();
    MarkReferences(object, stack);
  }
}

void Interpreter::Machine::MarkReferences(uint64_t object, std::vector<uint64_t>* stack) {
  const ObjectType& type = memory.TypeOf(object);
  auto visit = [&](const char* at) {
    uint64_t target = Load(Access::k64, at);
    if (memory.Mark(target)) stack->push_back(target);
  };
  for (uint32_t offset : type.pointers) visit(At(object, offset));
  if (type.item_pointers.empty()) return;
  int64_t length = memory.LengthOf(object);
  for (int64_t i = 0; i < length; ++i) {
    for (uint32_t offset : type.item_pointers) visit(memory.Item(object, i) + offset);
  }
}

void Interpreter::Machine::MarkFrame(const Frame& frame, std::vector<uint64_t>* stack) {
  CompiledFunction& function = *frame.function;
  if (function.live_in.empty()) ComputeLiveness(function);
  const Graph& graph = program.function(function.id).graph;
  const Origin& origin = function.origins[frame.pc];
  const Block& block = graph.block(origin.block);
  LiveSet live(program.types, graph);
  live.AddLiveOut(block, function.live_in);
  for (size_t i = block.ops.size(); i-- > origin.op + size_t{1};) live.StepBack(block.ops[i]);
  if (origin.op < block.ops.size()) {
    // What the operation itself makes is not there yet. What it takes matters if it still runs:
    // a callee has its arguments in its own frame.
    const Operation& op = block.ops[origin.op];
    if (op.result.is_valid()) live.values.erase(op.result);
    if (&frame == &frames_.back()) live.StepBack(op);
  }
  for (ValueId value : live.values) {
    int32_t slot = function.slots[value.index];
    if (slot < 0) continue;
    TypeId type = graph.type(value);
    size_t count = 1;
    if (program.types.Kind(type) == TypeKind::kTuple) count = program.types.List(type).size();
    for (size_t i = 0; i < count; ++i) {
      if (count > 1 && program.types.Kind(program.types.List(type)[i]) != TypeKind::kPtr) continue;
      uint64_t object = frame.slots[slot + static_cast<int32_t>(i)];
      if (memory.Mark(object)) stack->push_back(object);
    }
  }
}

void Interpreter::Machine::MarkRoots(std::vector<uint64_t>* stack) {
  auto root = [&](uint64_t object) {
    if (memory.Mark(object)) stack->push_back(object);
  };
  for (const Frame& frame : frames_) MarkFrame(frame, stack);
  for (size_t g = 0; g < globals.size(); ++g) {
    if (program.types.Kind(program.globals[g].type) == TypeKind::kPtr) root(globals[g]);
  }
  for (uint64_t object : memory.frozen()) root(object);
  root(pending_);
  root(saved_pending_);
  for (size_t i = 0; i < roots_top_; ++i) root(roots_[i]);
  for (uint64_t object : finalizing_) root(object);
}

void Interpreter::Machine::Collect() {
  ++collections_;
  std::vector<uint64_t> stack;
  MarkRoots(&stack);
  Drain(&stack);
  auto clear_weak = [&] {
    for (uint64_t reference : memory.weak_references) {
      char* at = At(reference, memory.TypeOf(reference).weak_offset);
      uint64_t target = Load(Access::k64, at);
      if (memory.IsMarked(reference) && memory.IsOnHeap(target) && !memory.IsMarked(target)) {
        Store(Access::k64, at, 0);
      }
    }
  };
  clear_weak();

  // An unreachable object is due unless another one with a finalizer reaches it; those on a cycle
  // are due together, after the others.
  std::vector<uint64_t> dead;
  std::vector<uint64_t> alive;
  for (uint64_t object : memory.finalizable) {
    (memory.IsMarked(object) ? alive : dead).push_back(object);
  }
  std::vector<uint64_t> on_cycle;
  for (uint64_t object : dead) {
    if (memory.IsMarked(object)) continue;
    MarkReferences(object, &stack);
    Drain(&stack);
    if (memory.IsMarked(object)) on_cycle.push_back(object);
  }
  size_t next_on_cycle = 0;
  for (uint64_t object : dead) {
    if (memory.Mark(object)) {
      finalizing_.push_back(object);
    } else if (next_on_cycle < on_cycle.size() && on_cycle[next_on_cycle] == object) {
      ++next_on_cycle;
    } else {
      alive.push_back(object);
    }
  }
  finalizing_.insert(finalizing_.end(), on_cycle.begin(), on_cycle.end());
  memory.finalizable = std::move(alive);
  clear_weak();
  memory.Sweep();
  RunFinalizers();
}

void Interpreter::Machine::RunFinalizers() {
  if (is_finalizing_) return;
  is_finalizing_ = true;
  uint64_t pending = std::exchange(pending_, 0);
  saved_pending_ = pending;
  for (size_t i = 0; i < finalizing_.size(); ++i) {
    uint64_t object = finalizing_[i];
    const lltype::Container& container = program.containers.Get(memory.TypeOf(object).container);
    FunctionId finalizer = program.cls(container.cls).finalizer;
    // There is nobody to whom a finalizer could raise.
    Outcome outcome = Call(finalizer, std::span(&object, 1));
    if (outcome.kind != Outcome::Kind::kReturned && outcome.kind != Outcome::Kind::kException) {
      stopped_ = std::move(outcome);
      break;
    }
  }
  finalizing_.clear();
  pending_ = pending;
  saved_pending_ = 0;
  is_finalizing_ = false;
}

}  // namespace weft::llinterp
