#include "rtyper/stack_checks.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"

namespace weft::rtyper {
namespace {

using flowgraph::Block;
using flowgraph::Constant;
using flowgraph::FunctionInfo;
using flowgraph::Graph;
using flowgraph::Opcode;
using flowgraph::Operation;
using flowgraph::Program;

// Who calls whom. A node is a function, a dispatch table, a method, or all functions of one type
// whose address is taken; all but the first stand between callers and callees, so that the graph
// stays linear in the program.
class CallGraph {
 public:
  explicit CallGraph(const Program& program) : program_(program) {
    size_t functions = program.functions.size();
    edges_.resize(functions + program.dispatch_tables.size());
    for (size_t d = 0; d < program.dispatch_tables.size(); ++d) {
      const flowgraph::DispatchTable& table = program.dispatch_tables[d];
      uint32_t last = TypedId<void>::kNone;
      for (FunctionId function : table.functions) {
        // Classes that inherit an implementation stand in rows.
        if (function.is_valid() && function.index != last) {
          edges_[functions + d].push_back(function.index);
          last = function.index;
        }
      }
      // The function may be kept and called elsewhere.
      AddEdge(TypeNode(table.type), static_cast<uint32_t>(functions + d));
    }
    first_method_ = static_cast<uint32_t>(edges_.size());
    edges_.resize(edges_.size() + program.methods.size());
    for (const flowgraph::ClassInfo& cls : program.classes) {
      // Under lltype nobody calls these nodes.
      for (const auto& [method, function] : cls.implementations) {
        AddEdge(first_method_ + method.index, function.index);
      }
    }
    for (const flowgraph::GlobalInfo& global : program.globals) {
      for (const Constant& item : global.items) AddConstant(item);
      AddConstant(global.initial);
    }
    for (const flowgraph::FrozenObject& object : program.frozen) {
      for (const auto& link : object.functions) AddAddressTaken(link.function);
    }
    for (size_t f = 0; f < functions; ++f) AddFunction(static_cast<uint32_t>(f));
  }

  // Functions on a cycle, by id.
  std::vector<bool> FindRecursive() const;
  std::vector<std::vector<uint32_t>> Callers() const {
    std::vector<std::vector<uint32_t>> callers(edges_.size());
    for (uint32_t n = 0; n < edges_.size(); ++n) {
      for (uint32_t to : edges_[n]) callers[to].push_back(n);
    }
    return callers;
  }

 private:
  uint32_t TypeNode(TypeId type) {
    auto [it, inserted] = type_nodes_.try_emplace(type, static_cast<uint32_t>(edges_.size()));
    if (inserted) edges_.emplace_back();
    return it->second;
  }
  void AddEdge(uint32_t from, uint32_t to) { edges_[from].push_back(to); }
  void AddAddressTaken(FunctionId function) {
    if (address_taken_.size() <= function.index) address_taken_.resize(function.index + 1);
    if (address_taken_[function.index]) return;
    address_taken_[function.index] = true;
    AddEdge(TypeNode(program_.function(function).type), function.index);
  }
  void AddConstant(const Constant& constant) {
    if (constant.kind == Constant::Kind::kFunction) AddAddressTaken(FunctionId(constant.bits));
  }
  void AddFunction(uint32_t id) {
    const Graph& graph = program_.functions[id]->graph;
    // The tables that the function looks up, by value.
    absl::flat_hash_map<ValueId, uint32_t> dispatched;
    for (size_t v = 0; v < graph.value_count(); ++v) {
      if (graph.IsConstant(ValueId(v))) AddConstant(graph.value(ValueId(v)).constant);
    }
    for (const Block& block : graph.blocks()) {
      for (const Operation& op : block.ops) {
        if (op.opcode == Opcode::kDispatch) dispatched.emplace(op.result, op.imm);
      }
    }
    for (const Block& block : graph.blocks()) {
      for (const Operation& op : block.ops) {
        if (op.opcode == Opcode::kCall) AddEdge(id, op.imm);
        if (op.opcode == Opcode::kCallMethod) AddEdge(id, first_method_ + op.imm);
        if (op.opcode != Opcode::kCallPointer) continue;
        auto it = dispatched.find(op.args[0]);
        if (it != dispatched.end()) {
          AddEdge(id, static_cast<uint32_t>(program_.functions.size()) + it->second);
        } else {
          AddEdge(id, TypeNode(graph.type(op.args[0])));
        }
      }
    }
  }

  const Program& program_;
  std::vector<std::vector<uint32_t>> edges_;
  uint32_t first_method_ = 0;
  absl::flat_hash_map<TypeId, uint32_t> type_nodes_;
  std::vector<bool> address_taken_;
};

// Tarjan's strongly connected components, with a stack of our own.
std::vector<bool> CallGraph::FindRecursive() const {
  constexpr uint32_t kUnseen = 0xffffffffu;
  size_t count = edges_.size();
  std::vector<uint32_t> number(count, kUnseen);
  std::vector<uint32_t> low(count);
  std::vector<bool> on_stack(count);
  std::vector<bool> recursive(count);
  std::vector<uint32_t> component;
  std::vector<std::pair<uint32_t, uint32_t>> walk;
  uint32_t next_number = 0;
  for (uint32_t root = 0; root < count; ++root) {
    if (number[root] != kUnseen) continue;
    walk.emplace_back(root, 0);
    while (!walk.empty()) {
      auto& [node, next] = walk.back();
      if (next == 0) {
        number[node] = low[node] = next_number++;
        component.push_back(node);
        on_stack[node] = true;
      }
      if (next < edges_[node].size()) {
        uint32_t to = edges_[node][next++];
        if (to == node) recursive[node] = true;
        if (number[to] == kUnseen) {
          walk.emplace_back(to, 0);
        } else if (on_stack[to]) {
          low[node] = std::min(low[node], number[to]);
        }
        continue;
      }
      uint32_t done = node;
      walk.pop_back();
      if (!walk.empty()) low[walk.back().first] = std::min(low[walk.back().first], low[done]);
      if (low[done] != number[done]) continue;
      bool is_cycle = component.back() != done;
      uint32_t member;
      do {
        member = component.back();
        component.pop_back();
        on_stack[member] = false;
        if (is_cycle) recursive[member] = true;
      } while (member != done);
    }
  }
  return recursive;
}

// Leaves one check, at the entry.
void PutCheck(FunctionInfo& info) {
  bool at_entry = false;
  for (size_t b = 0; b < info.graph.blocks().size(); ++b) {
    Block& block = info.graph.block(BlockId(b));
    bool last_is_check = !block.ops.empty() && block.ops.back().opcode == Opcode::kStackCheck;
    bool kept_first = false;
    std::erase_if(block.ops, [&](const Operation& op) {
      if (op.opcode != Opcode::kStackCheck) return false;
      if (b == 0 && &op == &block.ops.front() && !block.catches()) {
        kept_first = true;
        return false;
      }
      return true;
    });
    at_entry |= kept_first;
    // The exception exit belonged to the check.
    if (last_is_check && block.catches() && block.exit.kind != flowgraph::ExitKind::kRaise) {
      block.on_exception = {};
    }
  }
  if (at_entry) return;
  // An entry block whose last operation is caught keeps it last.
  Block& entry = info.graph.block(Graph::Entry());
  entry.ops.insert(entry.ops.begin(), Operation{.opcode = Opcode::kStackCheck, .loc = info.loc});
}

struct Effects {
  bool raises = false;
  bool collects = false;
};

// What the function's own operations do, calls left out. The boxes of locals are allocations that
// the annotator has not seen.
Effects EffectsOf(const Graph& graph) {
  Effects effects;
  for (const Block& block : graph.blocks()) {
    for (const Operation& op : block.ops) {
      if (op.opcode == Opcode::kCall || op.opcode == Opcode::kCallPointer ||
          op.opcode == Opcode::kCallMethod) {
        continue;
      }
      if (op.info().Has(flowgraph::kRaise)) effects.raises = true;
      if (op.info().Has(flowgraph::kCollect)) effects.collects = true;
    }
  }
  return effects;
}

// Calls f for these nodes and all that call them, directly or not.
template <typename F>
void ReachCallers(const std::vector<std::vector<uint32_t>>& callers, std::vector<uint32_t> worklist,
                  F f) {
  std::vector<bool> seen(callers.size());
  for (uint32_t node : worklist) seen[node] = true;
  while (!worklist.empty()) {
    uint32_t node = worklist.back();
    worklist.pop_back();
    f(node);
    for (uint32_t caller : callers[node]) {
      if (seen[caller]) continue;
      seen[caller] = true;
      worklist.push_back(caller);
    }
  }
}

}  // namespace

void InsertStackChecks(Program& program) {
  CallGraph calls(program);
  std::vector<bool> recursive = calls.FindRecursive();
  std::vector<std::vector<uint32_t>> callers = calls.Callers();
  std::vector<uint32_t> raising;
  std::vector<uint32_t> collecting;
  for (uint32_t f = 0; f < program.functions.size(); ++f) {
    FunctionInfo& info = *program.functions[f];
    if (info.graph.empty()) continue;
    Effects effects = EffectsOf(info.graph);
    if (recursive[f]) {
      effects.raises = true;
      if (program.type_system == flowgraph::TypeSystem::kLltype) PutCheck(info);
    }
    if (effects.raises) raising.push_back(f);
    if (effects.collects) collecting.push_back(f);
  }
  ReachCallers(callers, raising, [&](uint32_t f) {
    if (f < program.functions.size()) program.functions[f]->may_raise = true;
  });
  ReachCallers(callers, collecting, [&](uint32_t f) {
    if (f < program.functions.size()) program.functions[f]->may_collect = true;
  });
}

}  // namespace weft::rtyper
