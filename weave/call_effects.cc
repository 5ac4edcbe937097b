#include "weave/call_effects.h"

#include <vector>

#include "flowgraph/analysis.h"

namespace weft::weave {

using flowgraph::Block;
using flowgraph::CallGraph;
using flowgraph::DispatchTable;
using flowgraph::ExitKind;
using flowgraph::FunctionInfo;
using flowgraph::Graph;
using flowgraph::Opcode;
using flowgraph::Operation;
using flowgraph::Program;

namespace {

bool IsCall(Opcode opcode) {
  return opcode == Opcode::kCall || opcode == Opcode::kCallPointer ||
         opcode == Opcode::kCallExternal || opcode == Opcode::kCallVirtual ||
         opcode == Opcode::kCallMethod;
}

}  // namespace

CallEffects::CallEffects(Program& program) : program_(program) {
  CallGraph calls(program);
  // An effect of one function of a component is an effect of all: only recursion through a handler
  // that catches everything would say otherwise.
  for (const std::vector<FunctionId>& component : calls.components()) {
    Effects effects;
    for (FunctionId id : component) {
      program.function(id).may_raise = false;
      program.function(id).may_collect = false;
    }
    for (FunctionId id : component) {
      const Graph& graph = program.function(id).graph;
      bool calls_pointers = false;
      bool calls_pointers_uncaught = false;
      for (const Block& block : graph.blocks()) {
        if (block.exit.kind == ExitKind::kRaise && !block.catches()) effects.raises = true;
        for (const Operation& op : block.ops) {
          bool is_caught = block.catches() && &op == &block.ops.back();
          if (op.opcode == Opcode::kCallPointer) {
            calls_pointers = true;
            if (!is_caught) calls_pointers_uncaught = true;
            continue;
          }
          if (!is_caught && MayRaise(graph, op)) effects.raises = true;
          if (op.opcode == Opcode::kExceptionSet) effects.raises = true;
          if (MayCollect(graph, op)) effects.collects = true;
        }
      }
      if (!calls_pointers) continue;
      // The call graph names the targets of all calls together. Those of direct calls that are
      // caught are among them, which errs on the safe side.
      for (FunctionId callee : calls.Callees(id)) {
        if (calls_pointers_uncaught && program.function(callee).may_raise) effects.raises = true;
        if (program.function(callee).may_collect) effects.collects = true;
      }
    }
    for (FunctionId id : component) {
      program.function(id).may_raise = effects.raises;
      program.function(id).may_collect = effects.collects;
    }
  }
  auto add = [this](TypeId type, const FunctionInfo& function) {
    Effects& effects = by_type_[type];
    effects.raises |= function.may_raise;
    effects.collects |= function.may_collect;
  };
  for (const auto& function : program.functions) {
    if (!function->graph.empty()) add(function->type, *function);
  }
  for (const DispatchTable& table : program.dispatch_tables) {
    for (FunctionId id : table.functions) {
      if (id.is_valid()) add(table.type, program.function(id));
    }
  }
}

CallEffects::Effects CallEffects::OfCall(const Graph& graph, const Operation& op) const {
  switch (op.opcode) {
    case Opcode::kCall: {
      const FunctionInfo& callee = program_.function(FunctionId(op.imm));
      return {callee.may_raise, callee.may_collect};
    }
    case Opcode::kCallExternal:
      return {program_.external(ExternalId(op.imm)).may_raise, false};
    case Opcode::kCallPointer: {
      auto it = by_type_.find(graph.type(op.args[0]));
      return it == by_type_.end() ? Effects{} : it->second;
    }
    default:
      return {true, true};
  }
}

bool CallEffects::MayRaise(const Graph& graph, const Operation& op) const {
  if (IsCall(op.opcode)) return OfCall(graph, op).raises;
  return op.info().Has(flowgraph::kRaise);
}

bool CallEffects::MayCollect(const Graph& graph, const Operation& op) const {
  if (IsCall(op.opcode)) return OfCall(graph, op).collects;
  return op.info().Has(flowgraph::kCollect);
}

}  // namespace weft::weave
