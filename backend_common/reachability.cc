#include "backend_common/reachability.h"

#include <utility>

#include "common/check.h"

namespace weft::backend_common {

using flowgraph::Constant;
using flowgraph::FrozenObject;
using flowgraph::Graph;
using flowgraph::Imm;
using flowgraph::Opcode;
using flowgraph::Operation;
using flowgraph::Program;

namespace {

class Finder {
 public:
  explicit Finder(const Program& program) : program_(program) {
    found_.functions.resize(program.functions.size());
    found_.globals.resize(program.globals.size());
    found_.frozen.resize(program.frozen.size());
    found_.dispatch_tables.resize(program.dispatch_tables.size());
    found_.containers.resize(program.containers.size());
    found_.methods.resize(program.methods.size());
    if (program.type_system == flowgraph::TypeSystem::kLltype) return;
    implementations_.resize(program.methods.size());
    for (const flowgraph::ClassInfo& cls : program.classes) {
      for (const auto& [method, function] : cls.implementations) {
        // One without a graph is never called.
        if (program.function(function).graph.empty()) continue;
        implementations_[method.index].push_back(function);
      }
    }
  }

  Reachable Run() {
    WEFT_CHECK(program_.entry.is_valid(), "a program without an entry reached a backend");
    program_.ForEachRoot([this](FunctionId id) { VisitFunction(id); });
    VisitGlobal(program_.memory_error);
    VisitGlobal(program_.stack_overflow_error);
    // The run time makes the entry's arguments.
    VisitContainer(ArgumentsContainer(program_));
    VisitContainer(StringContainer(program_));
    // Immediates have no allocation that would say so.
    VisitContainer(program_.boxing.float_container);
    VisitContainer(program_.boxing.int_container);
    while (!functions_.empty() || !objects_.empty()) {
      if (!functions_.empty()) {
        FunctionId id = functions_.back();
        functions_.pop_back();
        ScanFunction(program_.function(id).graph);
      } else {
        FrozenId id = objects_.back();
        objects_.pop_back();
        ScanObject(program_.frozen[id.index]);
      }
    }
    return std::move(found_);
  }

 private:
  void VisitFunction(FunctionId id) {
    if (!id.is_valid() || found_.functions[id.index]) return;
    WEFT_CHECK(!program_.function(id).graph.empty(), "{} is called but has no graph",
               program_.function(id).name);
    found_.functions[id.index] = true;
    functions_.push_back(id);
  }

  void VisitGlobal(GlobalId id) {
    if (!id.is_valid() || found_.globals[id.index]) return;
    found_.globals[id.index] = true;
    VisitConstant(program_.global(id).initial);
    for (const Constant& item : program_.global(id).items) VisitConstant(item);
  }

  void VisitContainer(ContainerId id) {
    if (!id.is_valid() || found_.containers[id.index]) return;
    found_.containers[id.index] = true;
    const lltype::Container& container = program_.containers.Get(id);
    if (container.has_finalizer && container.cls.is_valid()) {
      VisitFunction(program_.cls(container.cls).finalizer);
    }
  }

  void VisitDispatch(DispatchTableId id) {
    if (found_.dispatch_tables[id.index]) return;
    found_.dispatch_tables[id.index] = true;
    for (FunctionId function : program_.dispatch_tables[id.index].functions) {
      VisitFunction(function);
    }
  }

  void VisitConstant(const Constant& constant) {
    if (constant.kind == Constant::Kind::kFunction) VisitFunction(FunctionId(constant.bits));
    if (constant.kind != Constant::Kind::kFrozen || found_.frozen[constant.bits]) return;
    found_.frozen[constant.bits] = true;
    objects_.push_back(FrozenId(constant.bits));
  }

  void ScanFunction(const Graph& graph) {
    for (const auto& block : graph.blocks()) {
      for (const Operation& op : block.ops) {
        if (op.opcode == Opcode::kCall) {
          VisitFunction(FunctionId(op.imm));
        } else if (op.opcode == Opcode::kCallMethod) {
          found_.methods[op.imm] = true;
          for (FunctionId function : std::exchange(implementations_[op.imm], {})) {
            VisitFunction(function);
          }
        } else if (op.opcode == Opcode::kDispatch) {
          VisitDispatch(DispatchTableId(op.imm));
        } else if (op.info().imm == Imm::GlobalPath || op.info().imm == Imm::Global ||
                   op.info().imm == Imm::GlobalField) {
          VisitGlobal(GlobalId(op.imm));
        } else if (op.info().Has(flowgraph::kCollect) || op.opcode == Opcode::kBox ||
                   op.opcode == Opcode::kMallocTry || op.opcode == Opcode::kMallocItemsTry) {
          if (op.info().imm == Imm::Container) VisitContainer(ContainerId(op.imm));
        }
      }
    }
    ForEachConstant(graph, [&](const Constant& constant) { VisitConstant(constant); });
  }

  void ScanObject(const FrozenObject& object) {
    VisitContainer(object.container);
    for (const auto& link : object.objects) {
      VisitConstant({Constant::Kind::kFrozen, link.object.index});
    }
    for (const auto& link : object.functions) VisitFunction(link.function);
  }

  const Program& program_;
  Reachable found_;
  // ootype: by method, until the method has been seen called.
  std::vector<std::vector<FunctionId>> implementations_;
  std::vector<FunctionId> functions_;
  std::vector<FrozenId> objects_;
};

}  // namespace

Reachable FindReachable(const Program& program) { return Finder(program).Run(); }

ContainerId ArgumentsContainer(const Program& program) {
  auto parameters = program.types.List(program.function(program.entry).type);
  if (parameters.empty() || program.types.Kind(parameters[0]) != TypeKind::kPtr) return {};
  return program.types.Container(parameters[0]);
}

ContainerId StringContainer(const Program& program) {
  ContainerId arguments = ArgumentsContainer(program);
  if (!arguments.is_valid()) return {};
  const lltype::Container& container = program.containers.Get(arguments);
  if (container.item_fields.size() != 1) return {};
  TypeId item = container.item_fields[0].type;
  return program.types.Kind(item) == TypeKind::kPtr ? program.types.Container(item) : ContainerId();
}

}  // namespace weft::backend_common
