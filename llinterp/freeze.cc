#include "llinterp/freeze.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "common/check.h"
#include "llinterp/llinterp.h"
#include "llinterp/machine.h"
#include "llinterp/reachability.h"
#include "typesystem/str_hash.h"

namespace weft::llinterp {

using flowgraph::Block;
using flowgraph::Constant;
using flowgraph::FrozenObject;
using flowgraph::Graph;
using flowgraph::Opcode;
using flowgraph::Operation;
using flowgraph::Program;

namespace {

// Takes the heap over into the program. Objects that were frozen before keep their numbers, and
// their contents are taken anew: initialisers may write to them.
class HeapFreezer {
 public:
  HeapFreezer(Program& program, const Interpreter& interpreter)
      : program_(program), interpreter_(interpreter) {}

  void Run() {
    for (size_t i = 0; i < program_.frozen.size(); ++i) {
      uint64_t address = interpreter_.frozen(FrozenId(i));
      ids_.emplace(address, FrozenId(i));
      addresses_.push_back(address);
    }
    for (size_t g = 0; g < program_.globals.size(); ++g) FreezeGlobal(GlobalId(g));
    for (size_t i = 0; i < addresses_.size(); ++i) FreezeObject(FrozenId(i));
    // A weak reference keeps nothing, and what is not frozen does not outlive translation.
    for (FrozenId reference : weak_references_) {
      uint64_t target = Load(Access::k64, At(addresses_[reference.index], WeakOffset(reference)));
      auto it = ids_.find(target);
      if (it != ids_.end()) {
        program_.frozen[reference.index].objects.push_back({WeakOffset(reference), it->second});
      }
    }
  }

 private:
  Constant Freeze(TypeId type, uint64_t bits) {
    switch (program_.types.Kind(type)) {
      case TypeKind::kPtr:
        if (bits == 0) return {Constant::Kind::kZero, 0};
        if (IsImmediate(bits)) return {Constant::Kind::kImmediate, bits};
        return {Constant::Kind::kFrozen, Id(bits).index};
      case TypeKind::kFunction:
        if (bits == 0) return {Constant::Kind::kZero, 0};
        return {Constant::Kind::kFunction, bits - 1};
      default:
        return {Constant::Kind::kScalar, bits};
    }
  }

  void FreezeGlobal(GlobalId id) {
    flowgraph::GlobalInfo& global = program_.global(id);
    if (program_.types.Kind(global.type) == TypeKind::kTable) return;
    global.initial = Freeze(global.type, interpreter_.global(id));
  }

  FrozenId Id(uint64_t address) {
    auto [it, inserted] = ids_.try_emplace(address, FrozenId(addresses_.size()));
    if (inserted) {
      addresses_.push_back(address);
      program_.frozen.emplace_back();
    }
    return it->second;
  }

  uint32_t WeakOffset(FrozenId id) const {
    const lltype::Container* container =
        &program_.containers.Get(program_.frozen[id.index].container);
    while (container->parent.is_valid() &&
           program_.containers.Get(container->parent).is_weakref()) {
      container = &program_.containers.Get(container->parent);
    }
    return container->fields.back().offset;
  }

  void FreezeObject(FrozenId id) {
    uint64_t address = addresses_[id.index];
    ContainerId container_id = interpreter_.ContainerOf(address);
    const lltype::Container& container = program_.containers.Get(container_id);
    FrozenObject object;
    object.container = container_id;
    object.identity_hash = interpreter_.IdentityHashOf(address);
    uint64_t size = container.fixed_size;
    if (container.has_items()) {
      object.length = interpreter_.LengthOf(address);
      size += static_cast<uint64_t>(object.length) * container.item_size;
    }
    object.bytes.assign(At(address), At(address) + size);
    std::fill_n(object.bytes.begin(), lltype::kHeaderSize, uint8_t{0});
    // A string's hash is its only field; frozen strings have it from the start.
    bool is_string = container.has_items() && container.fields.size() == 1 &&
                     container.item_fields[0].type == TypeTable::U8();
    if (is_string) {
      Store(Access::k64, reinterpret_cast<char*>(object.bytes.data()) + container.fields[0].offset,
            static_cast<uint64_t>(StrHash(interpreter_.BytesOf(address))));
    }
    bool is_weak = container.is_weakref();
    uint32_t weak_offset = 0;
    if (is_weak) {
      program_.frozen[id.index].container = container_id;
      weak_offset = WeakOffset(id);
      weak_references_.push_back(id);
    }
    for (const lltype::Field& field : container.fields) {
      FreezeLink(object, field.type, field.offset, is_weak && field.offset == weak_offset);
    }
    bool has_links = std::any_of(container.item_fields.begin(), container.item_fields.end(),
                                 [&](const lltype::Field& field) { return IsLink(field.type); });
    if (has_links) {
      for (int64_t i = 0; i < object.length; ++i) {
        auto start = static_cast<uint32_t>(container.fixed_size +
                                           static_cast<uint64_t>(i) * container.item_size);
        for (const lltype::Field& field : container.item_fields) {
          FreezeLink(object, field.type, start + field.offset, false);
        }
      }
    }
    program_.frozen[id.index] = std::move(object);
  }

  bool IsImmediate(uint64_t bits) const {
    return boxing::IsImmediate(program_.boxing.scheme, bits);
  }

  bool IsLink(TypeId type) const {
    TypeKind kind = program_.types.Kind(type);
    return kind == TypeKind::kPtr || kind == TypeKind::kFunction;
  }

  void FreezeLink(FrozenObject& object, TypeId type, uint32_t offset, bool is_weak) {
    if (!IsLink(type)) return;
    char* at = reinterpret_cast<char*>(object.bytes.data()) + offset;
    uint64_t bits = Load(Access::k64, at);
    // An immediate is its own bits.
    if (program_.types.Kind(type) == TypeKind::kPtr && IsImmediate(bits)) return;
    Store(Access::k64, at, 0);
    if (bits == 0 || is_weak) return;
    Constant constant = Freeze(type, bits);
    if (constant.kind == Constant::Kind::kFunction) {
      object.functions.push_back({offset, FunctionId(constant.bits)});
    } else {
      object.objects.push_back({offset, FrozenId(constant.bits)});
    }
  }

  Program& program_;
  const Interpreter& interpreter_;
  absl::flat_hash_map<uint64_t, FrozenId> ids_;
  std::vector<uint64_t> addresses_;
  std::vector<FrozenId> weak_references_;
};

// Reading a constant global is its value.
void ReplaceConstantGlobals(const Program& program, Graph& graph) {
  std::vector<ValueId> replacement;
  for (Block& block : graph.blocks()) {
    std::erase_if(block.ops, [&](const Operation& op) {
      if (op.opcode != Opcode::kGlobalGet) return false;
      const flowgraph::GlobalInfo& global = program.global(GlobalId(op.imm));
      if (!global.is_constant) return false;
      TypeId type = graph.type(op.result);
      if (replacement.size() < graph.value_count()) replacement.resize(graph.value_count());
      replacement[op.result.index] = graph.AddConstant(type, global.initial);
      return true;
    });
  }
  if (replacement.empty()) return;
  for (Block& block : graph.blocks()) {
    ForEachUse(block, [&](ValueId& use) {
      if (use.index < replacement.size() && replacement[use.index].is_valid()) {
        use = replacement[use.index];
      }
    });
  }
}

// Drops what nothing reaches and numbers the frozen objects that stay.
void RemoveUnreachable(Program& program, const Reachable& reachable, FreezeStatistics* statistics) {
  for (size_t f = 0; f < program.functions.size(); ++f) {
    flowgraph::FunctionInfo& function = *program.functions[f];
    if (reachable.functions[f] || function.graph.empty()) continue;
    function.graph = Graph();
    ++statistics->removed_functions;
  }
  std::vector<bool> is_live_type(program.containers.size() + 1);
  for (size_t c = 0; c < program.containers.size(); ++c) {
    uint32_t type_id = program.containers.Get(ContainerId(c)).first_type_id;
    if (is_live_type.size() <= type_id) is_live_type.resize(type_id + 1);
    if (reachable.live[c]) is_live_type[type_id] = true;
  }
  for (size_t d = 0; d < program.dispatch_tables.size(); ++d) {
    flowgraph::DispatchTable& table = program.dispatch_tables[d];
    if (!reachable.dispatch_tables[d]) table.functions.clear();
    for (size_t i = 0; i < table.functions.size(); ++i) {
      if (!is_live_type[table.first_type_id + i]) table.functions[i] = {};
    }
  }
  // A frozen object is never collected, so its finalizer never runs.
  for (size_t c = 0; c < program.containers.size(); ++c) {
    if (!reachable.allocated[c]) program.containers.Get(ContainerId(c)).has_finalizer = false;
  }

  std::vector<FrozenId> numbers(program.frozen.size());
  std::vector<FrozenObject> kept;
  for (size_t i = 0; i < program.frozen.size(); ++i) {
    if (!reachable.frozen[i]) continue;
    numbers[i] = FrozenId(kept.size());
    kept.push_back(std::move(program.frozen[i]));
  }
  program.frozen = std::move(kept);
  for (FrozenObject& object : program.frozen) {
    for (auto& link : object.objects) link.object = numbers[link.object.index];
  }
  auto renumber = [&](Constant& constant) {
    if (constant.kind == Constant::Kind::kFrozen) constant.bits = numbers[constant.bits].index;
  };
  for (size_t g = 0; g < program.globals.size(); ++g) {
    flowgraph::GlobalInfo& global = program.globals[g];
    if (!reachable.globals[g]) {
      // Nobody reads it; backends leave constant globals out.
      global.initial = {Constant::Kind::kZero, 0};
      global.items.clear();
      global.is_constant = true;
      continue;
    }
    renumber(global.initial);
    for (Constant& item : global.items) renumber(item);
  }
  for (auto& function : program.functions) {
    if (!function->graph.empty()) function->graph.RenumberFrozen(numbers);
  }
}

// Whether a place is in the headers that every program includes: its user looks for the mistake in
// a file of his own.
bool IsInLibrary(const Program& program, SourceLoc loc) {
  if (!loc.file.is_valid()) return true;
  const std::string& path = program.files.Path(loc.file);
  return path.starts_with("dsl/") || path.find("/dsl/") != std::string::npos;
}

// Says how the initialisers failed: at the innermost place outside the library, with the calls that
// led to it and those that it led to as notes.
void Report(const Program& program, const Interpreter& interpreter, const Outcome& outcome,
            DiagnosticEngine& diagnostics) {
  const std::vector<TraceEntry>& trace = outcome.traceback;
  size_t place = 0;
  while (place < trace.size() && IsInLibrary(program, trace[place].loc)) ++place;
  if (place == trace.size()) place = 0;
  SourceLoc loc = trace.empty() ? SourceLoc() : trace[place].loc;
  auto report = [&]() -> Diagnostic& {
    switch (outcome.kind) {
      case Outcome::Kind::kOutsideWorld:
        return diagnostics.Report(loc, diag::kInitializerOutsideWorld, outcome.message);
      case Outcome::Kind::kStepLimit:
        return diagnostics.Report(loc, diag::kInitializerEndless, outcome.message);
      case Outcome::Kind::kException:
        return diagnostics.Report(loc, diag::kInitializerRaised,
                                  interpreter.DescribeException(outcome.exception));
      default:
        return diagnostics.Report(loc, diag::kInitializerFailed, outcome.message);
    }
  };
  Diagnostic& diagnostic = report();
  for (size_t i = place; i-- > 0;) {
    diagnostic.Note(trace[i].loc, fmt::format("in '{}'", program.function(trace[i].function).name));
  }
  constexpr size_t kMostNotes = 12;
  for (size_t i = place + 1; i < trace.size(); ++i) {
    if (i > place + kMostNotes) {
      diagnostic.Note({}, fmt::format("and {} further calls", trace.size() - i));
      break;
    }
    if (!trace[i].loc.is_valid()) continue;
    diagnostic.Note(trace[i].loc, fmt::format("'{}' was called here",
                                              program.function(trace[i - 1].function).name));
  }
}

}  // namespace

bool Freeze(Program& program, DiagnosticEngine& diagnostics, const FreezeOptions& options,
            FreezeStatistics* statistics) {
  WEFT_CHECK(program.stage == flowgraph::Stage::kRtyped);
  FreezeStatistics ignored;
  if (statistics == nullptr) statistics = &ignored;
  if (program.initializer.is_valid()) {
    Interpreter interpreter(
        program, {.step_limit = options.step_limit, .memory_limit = options.memory_limit});
    Outcome outcome = interpreter.Call(program.initializer, {});
    statistics->steps = interpreter.steps();
    statistics->allocated_bytes = interpreter.allocated_bytes();
    if (outcome.kind != Outcome::Kind::kReturned) {
      Report(program, interpreter, outcome, diagnostics);
      return false;
    }
    HeapFreezer(program, interpreter).Run();
    program.initializer = {};
  }

  Reachable before(program);
  for (size_t g = 0; g < program.globals.size(); ++g) {
    flowgraph::GlobalInfo& global = program.globals[g];
    if (before.globals[g] && !before.written_globals[g]) {
      global.is_constant = true;
      ++statistics->constant_globals;
    }
  }
  for (size_t f = 0; f < program.functions.size(); ++f) {
    if (before.functions[f]) ReplaceConstantGlobals(program, program.functions[f]->graph);
  }
  // Constant globals are not read any more; only what they held may be.
  RemoveUnreachable(program, Reachable(program), statistics);
  statistics->frozen_objects = program.frozen.size();
  for (const FrozenObject& object : program.frozen) {
    statistics->frozen_bytes += object.bytes.size();
  }
  return true;
}

}  // namespace weft::llinterp
