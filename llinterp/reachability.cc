#include "llinterp/reachability.h"

namespace weft::llinterp {

using flowgraph::Block;
using flowgraph::Constant;
using flowgraph::Graph;
using flowgraph::Imm;
using flowgraph::Opcode;
using flowgraph::Operation;
using flowgraph::Program;

Reachable::Reachable(const Program& program)
    : functions(program.functions.size()),
      globals(program.globals.size()),
      written_globals(program.globals.size()),
      frozen(program.frozen.size()),
      dispatch_tables(program.dispatch_tables.size()),
      allocated(program.containers.size()),
      live(program.containers.size()),
      program_(program),
      methods_(program.methods.size()) {
  // Immediates have no allocation that would say so.
  for (ContainerId id : {program.boxing.float_container, program.boxing.int_container}) {
    if (id.is_valid()) AddContainer(id);
  }
  program.ForEachRoot([this](FunctionId id) { AddFunction(id); });
  AddGlobal(program.memory_error);
  AddGlobal(program.stack_overflow_error);
  while (!function_worklist_.empty() || !frozen_worklist_.empty()) {
    if (!function_worklist_.empty()) {
      FunctionId id = function_worklist_.back();
      function_worklist_.pop_back();
      Scan(program.function(id).graph);
    } else {
      FrozenId id = frozen_worklist_.back();
      frozen_worklist_.pop_back();
      for (const auto& link : program.frozen[id.index].objects) AddFrozen(link.object);
      for (const auto& link : program.frozen[id.index].functions) AddFunction(link.function);
    }
  }
}

void Reachable::AddFunction(FunctionId id) {
  if (!id.is_valid() || functions[id.index]) return;
  functions[id.index] = true;
  function_worklist_.push_back(id);
}

void Reachable::AddGlobal(GlobalId id) {
  if (!id.is_valid() || globals[id.index]) return;
  globals[id.index] = true;
  AddConstant(program_.global(id).initial);
  for (const Constant& item : program_.global(id).items) AddConstant(item);
}

void Reachable::AddFrozen(FrozenId id) {
  if (frozen[id.index]) return;
  frozen[id.index] = true;
  AddContainer(program_.frozen[id.index].container);
  frozen_worklist_.push_back(id);
}

FunctionId Reachable::Lookup(const flowgraph::DispatchTable& table,
                             const lltype::Container& container) {
  uint32_t index = container.first_type_id - table.first_type_id;
  if (container.first_type_id < table.first_type_id || index >= table.functions.size()) return {};
  return table.functions[index];
}

void Reachable::AddContainer(ContainerId id) {
  if (live[id.index]) return;
  live[id.index] = true;
  live_list_.push_back(id);
  for (DispatchTableId table : table_list_) {
    AddFunction(Lookup(program_.dispatch_tables[table.index], program_.containers.Get(id)));
  }
  for (MethodId method : method_list_) AddImplementation(method, id);
}

void Reachable::AddImplementation(MethodId method, ContainerId container) {
  ClassId cls = program_.containers.Get(container).cls;
  if (!cls.is_valid()) return;
  // The method may be one of another branch of the tree: then there is none.
  AddFunction(program_.FindImplementation(cls, method));
}

void Reachable::AddMethod(MethodId id) {
  if (methods_[id.index]) return;
  methods_[id.index] = true;
  method_list_.push_back(id);
  for (ContainerId container : live_list_) AddImplementation(id, container);
}

void Reachable::AddDispatchTable(DispatchTableId id) {
  if (dispatch_tables[id.index]) return;
  dispatch_tables[id.index] = true;
  table_list_.push_back(id);
  for (ContainerId container : live_list_) {
    AddFunction(Lookup(program_.dispatch_tables[id.index], program_.containers.Get(container)));
  }
}

void Reachable::AddConstant(const Constant& constant) {
  if (constant.kind == Constant::Kind::kFunction) AddFunction(FunctionId(constant.bits));
  if (constant.kind == Constant::Kind::kFrozen) AddFrozen(FrozenId(constant.bits));
}

void Reachable::Scan(const Graph& graph) {
  for (const Block& block : graph.blocks()) {
    // Constants that an optimisation left unused do not count.
    ForEachUse(block, [&](ValueId value) {
      if (graph.IsConstant(value)) AddConstant(graph.value(value).constant);
    });
    for (const Operation& op : block.ops) {
      switch (op.info().imm) {
        case Imm::Function:
          AddFunction(FunctionId(op.imm));
          break;
        case Imm::GlobalPath:
        case Imm::Global:
        case Imm::GlobalField:
          AddGlobal(GlobalId(op.imm));
          if (op.info().Has(flowgraph::kWrite)) written_globals[op.imm] = true;
          break;
        case Imm::Method:
          AddMethod(MethodId(op.imm));
          break;
        case Imm::Dispatch:
          AddDispatchTable(DispatchTableId(op.imm));
          break;
        case Imm::Container: {
          if (!op.info().Has(flowgraph::kCollect) && op.opcode != Opcode::kBox) break;
          allocated[op.imm] = true;
          AddContainer(ContainerId(op.imm));
          const lltype::Container& container = program_.containers.Get(ContainerId(op.imm));
          if (container.has_finalizer) AddFunction(program_.cls(container.cls).finalizer);
          break;
        }
        default:
          break;
      }
    }
  }
}

}  // namespace weft::llinterp
