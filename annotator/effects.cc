#include "annotator/effects.h"

#include <algorithm>

#include "annotator/fresh_objects.h"

namespace weft::annotator {
namespace {

// The functions on cycles of calls: Tarjan's strongly connected components, without recursion.
std::vector<bool> FindRecursive(const Solver& solver, size_t count) {
  constexpr uint32_t kUnvisited = 0xffffffffu;
  std::vector<bool> is_recursive(count);
  std::vector<uint32_t> number(count, kUnvisited);
  std::vector<uint32_t> low(count);
  std::vector<bool> is_open(count);
  std::vector<uint32_t> open;
  std::vector<std::pair<uint32_t, size_t>> stack;
  uint32_t next_number = 0;
  auto enter = [&](uint32_t f) {
    number[f] = low[f] = next_number++;
    open.push_back(f);
    is_open[f] = true;
    stack.emplace_back(f, 0);
  };
  for (uint32_t root = 0; root < count; ++root) {
    if (number[root] != kUnvisited) continue;
    enter(root);
    while (!stack.empty()) {
      auto& [f, next] = stack.back();
      std::span<const Solver::Callee> callees = solver.Callees(FunctionId(f));
      if (next < callees.size()) {
        uint32_t callee = callees[next++].function.index;
        if (callee == f) is_recursive[f] = true;
        if (number[callee] == kUnvisited) {
          enter(callee);
        } else if (is_open[callee]) {
          low[f] = std::min(low[f], number[callee]);
        }
        continue;
      }
      uint32_t done = f;
      stack.pop_back();
      if (!stack.empty()) low[stack.back().first] = std::min(low[stack.back().first], low[done]);
      if (low[done] != number[done]) continue;
      bool is_cycle = open.back() != done;
      uint32_t member;
      do {
        member = open.back();
        open.pop_back();
        is_open[member] = false;
        if (is_cycle) is_recursive[member] = true;
      } while (member != done);
    }
  }
  return is_recursive;
}

}  // namespace

void FindEffects(Program& program, const Solver& solver, const Annotations& annotations) {
  // Nodes follow the functions: they do what their targets do.
  size_t count = program.functions.size();
  size_t all = solver.callee_count();
  std::vector<bool> is_recursive = FindRecursive(solver, all);
  std::vector<bool> may_raise(all), may_collect(all);
  // Who is affected when a function is found to raise, or to collect.
  struct Caller {
    uint32_t function;
    bool is_caught;
  };
  std::vector<std::vector<Caller>> callers(all);
  std::vector<uint32_t> raising, collecting;
  for (uint32_t f = 0; f < all; ++f) {
    for (const Solver::Callee& callee : solver.Callees(FunctionId(f))) {
      callers[callee.function.index].push_back({f, callee.is_caught});
    }
  }
  for (uint32_t f = 0; f < count; ++f) {
    FunctionInfo& function = *program.functions[f];
    const FunctionAnnotations& facts = annotations.functions[f];
    if (!facts.is_reachable || function.graph.empty()) continue;
    bool raises = is_recursive[f];
    bool collects = false;
    const std::vector<Block>& blocks = function.graph.blocks();
    for (size_t b = 0; b < blocks.size(); ++b) {
      if (!facts.is_block_reached[b]) continue;
      const Block& block = blocks[b];
      for (size_t i = 0; i < block.ops.size(); ++i) {
        const Operation& op = block.ops[i];
        bool is_call = op.opcode == Opcode::kCall || op.opcode == Opcode::kCallVirtual ||
                       op.opcode == Opcode::kCallPointer;
        if (is_call) continue;
        bool is_caught = block.catches() && i + 1 == block.ops.size();
        bool may_raise = op.opcode == Opcode::kCallExternal
                             ? program.external(ExternalId(op.imm)).may_raise
                             : op.info().Has(flowgraph::kRaise);
        raises |= may_raise && !is_caught;
        collects |= op.info().Has(flowgraph::kCollect);
      }
      raises |= block.exit.kind == ExitKind::kRaise && !block.catches();
    }
    may_raise[f] = raises;
    may_collect[f] = collects;
    function.is_noreturn |= !facts.returns;
    if (raises) raising.push_back(f);
    if (collects) collecting.push_back(f);
  }
  while (!raising.empty()) {
    uint32_t f = raising.back();
    raising.pop_back();
    for (const Caller& caller : callers[f]) {
      if (caller.is_caught || may_raise[caller.function]) continue;
      may_raise[caller.function] = true;
      raising.push_back(caller.function);
    }
  }
  while (!collecting.empty()) {
    uint32_t f = collecting.back();
    collecting.pop_back();
    for (const Caller& caller : callers[f]) {
      if (may_collect[caller.function]) continue;
      may_collect[caller.function] = true;
      collecting.push_back(caller.function);
    }
  }
  for (size_t f = 0; f < count; ++f) {
    if (!annotations.functions[f].is_reachable || program.functions[f]->graph.empty()) continue;
    program.functions[f]->may_raise = may_raise[f];
    program.functions[f]->may_collect = may_collect[f];
  }
}

void FindImmutableFields(Program& program, const Annotations& annotations) {
  std::vector<std::vector<bool>> is_written;
  for (const flowgraph::ClassInfo& cls : program.classes) {
    is_written.emplace_back(cls.fields.size());
  }
  for (size_t f = 0; f < program.functions.size(); ++f) {
    const FunctionInfo& function = *program.functions[f];
    const FunctionAnnotations& facts = annotations.functions[f];
    if (!facts.is_reachable || function.graph.empty()) continue;
    const Graph& graph = function.graph;
    std::vector<const Operation*> casts(graph.value_count(), nullptr);
    for (const Block& block : graph.blocks()) {
      for (const Operation& op : block.ops) {
        if (op.opcode == Opcode::kUpcast) casts[op.result.index] = &op;
      }
    }
    auto is_own_object = [&](ValueId value) {
      if (!function.is_constructor) return false;
      while (casts[value.index] != nullptr) value = casts[value.index]->args[0];
      return value == graph.block(Graph::Entry()).args[0];
    };
    FreshObjects fresh(program);
    fresh.Walk(graph, flowgraph::Predecessors(graph), [&](const Operation& op) {
      if (op.opcode != Opcode::kFieldSet && op.opcode != Opcode::kFieldRef) return;
      bool constructs = op.opcode == Opcode::kFieldSet &&
                        (fresh.IsFresh(op.args[0]) || is_own_object(op.args[0]));
      if (!constructs) is_written[op.imm][program.path(PathId(op.imm2))[0]] = true;
    });
  }
  for (size_t c = 0; c < program.classes.size(); ++c) {
    std::vector<flowgraph::FieldInfo>& fields = program.classes[c].fields;
    for (size_t i = 0; i < fields.size(); ++i) fields[i].immutable = !is_written[c][i];
  }
}

}  // namespace weft::annotator
