#include <algorithm>

#include "flowgraph/analysis.h"

namespace weft::flowgraph {
namespace {

// Who an indirect call may reach: functions whose address is taken, by their type, and the
// implementations of the method that is called. Dispatch tables count as taking addresses.
class Targets {
 public:
  explicit Targets(const Program& program) : by_method_(program.methods.size()) {
    auto take = [&](FunctionId id) {
      std::vector<FunctionId>& list = by_type_[program.function(id).type];
      if (std::find(list.begin(), list.end(), id) == list.end()) list.push_back(id);
    };
    auto take_constant = [&](const Constant& constant) {
      if (constant.kind == Constant::Kind::kFunction) take(FunctionId(constant.bits));
    };
    for (const auto& function : program.functions) {
      const Graph& graph = function->graph;
      for (size_t v = 0; v < graph.value_count(); ++v) {
        const ValueInfo& info = graph.value(ValueId(v));
        if (info.kind == ValueKind::kConstant) take_constant(info.constant);
      }
    }
    for (const GlobalInfo& global : program.globals) {
      take_constant(global.initial);
      for (const Constant& item : global.items) take_constant(item);
    }
    for (const FrozenObject& object : program.frozen) {
      for (const auto& link : object.functions) take(link.function);
    }
    for (const DispatchTable& table : program.dispatch_tables) {
      std::vector<FunctionId>& list = by_type_[table.type];
      for (FunctionId id : table.functions) {
        if (id.is_valid() && std::find(list.begin(), list.end(), id) == list.end()) {
          list.push_back(id);
        }
      }
    }
    for (const ClassInfo& cls : program.classes) {
      for (const auto& [method, function] : cls.implementations) {
        by_method_[method.index].push_back(function);
      }
    }
  }

  const std::vector<FunctionId>& OfMethod(MethodId method) const {
    return by_method_[method.index];
  }
  const std::vector<FunctionId>& OfType(TypeId type) const {
    static const auto* const kNone = new std::vector<FunctionId>();
    auto it = by_type_.find(type);
    return it == by_type_.end() ? *kNone : it->second;
  }

 private:
  std::vector<std::vector<FunctionId>> by_method_;
  absl::flat_hash_map<TypeId, std::vector<FunctionId>> by_type_;
};

std::vector<FunctionId> FindCallees(const Graph& graph, const Targets& targets) {
  std::vector<FunctionId> callees;
  for (const Block& block : graph.blocks()) {
    for (const Operation& op : block.ops) {
      const std::vector<FunctionId>* indirect = nullptr;
      if (op.opcode == Opcode::kCall) callees.push_back(FunctionId(op.imm));
      if (op.opcode == Opcode::kCallVirtual || op.opcode == Opcode::kCallMethod) {
        indirect = &targets.OfMethod(MethodId(op.imm));
      }
      if (op.opcode == Opcode::kCallPointer) indirect = &targets.OfType(graph.type(op.args[0]));
      if (indirect != nullptr) callees.insert(callees.end(), indirect->begin(), indirect->end());
    }
  }
  std::sort(callees.begin(), callees.end());
  callees.erase(std::unique(callees.begin(), callees.end()), callees.end());
  return callees;
}

}  // namespace

// Tarjan's algorithm with its own stack: a component is complete when its root is left, so callees
// come out before callers.
CallGraph::CallGraph(const Program& program)
    : callees_(program.functions.size()), is_recursive_(program.functions.size()) {
  Targets targets(program);
  size_t count = program.functions.size();
  for (size_t f = 0; f < count; ++f) {
    callees_[f] = FindCallees(program.functions[f]->graph, targets);
  }
  constexpr uint32_t kUnvisited = 0xffffffffu;
  std::vector<uint32_t> number(count, kUnvisited);
  std::vector<uint32_t> low(count);
  std::vector<bool> is_open(count);
  std::vector<FunctionId> open;
  std::vector<std::pair<FunctionId, size_t>> stack;
  uint32_t next_number = 0;
  auto enter = [&](FunctionId f) {
    number[f.index] = low[f.index] = next_number++;
    open.push_back(f);
    is_open[f.index] = true;
    stack.push_back({f, 0});
  };
  for (size_t root = 0; root < count; ++root) {
    if (number[root] != kUnvisited) continue;
    enter(FunctionId(root));
    while (!stack.empty()) {
      auto& [f, next] = stack.back();
      if (next < callees_[f.index].size()) {
        FunctionId callee = callees_[f.index][next++];
        if (callee == f) is_recursive_[f.index] = true;
        if (number[callee.index] == kUnvisited) {
          enter(callee);
        } else if (is_open[callee.index]) {
          low[f.index] = std::min(low[f.index], number[callee.index]);
        }
        continue;
      }
      FunctionId done = f;
      stack.pop_back();
      if (!stack.empty()) {
        uint32_t& parent_low = low[stack.back().first.index];
        parent_low = std::min(parent_low, low[done.index]);
      }
      if (low[done.index] != number[done.index]) continue;
      std::vector<FunctionId>& component = components_.emplace_back();
      FunctionId member;
      do {
        member = open.back();
        open.pop_back();
        is_open[member.index] = false;
        component.push_back(member);
      } while (member != done);
      if (component.size() > 1) {
        for (FunctionId f2 : component) is_recursive_[f2.index] = true;
      }
    }
  }
}

}  // namespace weft::flowgraph
