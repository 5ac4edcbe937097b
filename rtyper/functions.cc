// Calls. Parameters are flattened; a function returns nothing, a scalar, or a tuple of scalars that
// its callers take apart at once. A virtual call, unless there is only one function that it can be,
// loads the type id, looks the function up in the method's dispatch table and calls it; under
// ootype it names the method, and the host does the rest.

#include <fmt/format.h>

#include "common/check.h"
#include "rtyper/function_rtyper.h"

namespace weft::rtyper {

void Context::LowerSignatures() {
  size_t count = program.functions.size();
  signatures_.resize(count);
  source_types_.resize(count);
  for (size_t f = 0; f < count; ++f) source_types_[f] = program.functions[f]->type;
  for (flowgraph::MethodInfo& method : program.methods) {
    method_signatures_.push_back(representations.Signature(method.type));
    if (is_ootype()) method.type = method_signatures_.back();
  }
  for (const flowgraph::ClassInfo& cls : program.classes) {
    // A method of the host's has its object at its own class.
    if (is_ootype()) break;
    for (const auto& [method, function] : cls.implementations) {
      TypeId type = method_signature(method);
      TypeId& signature = signatures_[function.index];
      WEFT_CHECK(!signature.is_valid() || signature == type,
                 "'{}' implements methods of different types", program.function(function).name);
      signature = type;
    }
  }
  for (size_t f = 0; f < count; ++f) {
    if (!signatures_[f].is_valid()) signatures_[f] = representations.Signature(source_types_[f]);
    program.functions[f]->type = signatures_[f];
  }
}

void Context::LowerExternals() {
  for (flowgraph::ExternalInfo& external : program.externals) {
    external.type = representations.Signature(external.type);
  }
}

const std::vector<FunctionId>& Context::Implementations(MethodId method) {
  auto [it, inserted] = implementations_.try_emplace(method);
  if (!inserted) return it->second;
  ClassId introducer = program.method(method).introduced_by;
  auto [first, last] = representations.PreorderRange(introducer);
  std::vector<FunctionId> functions(last - first);
  for (uint32_t i = first; i < last; ++i) {
    ClassId cls = representations.preorder()[i];
    if (cls != introducer) {
      uint32_t parent = representations.PreorderRange(program.cls(cls).parent).first;
      functions[i - first] = functions[parent - first];
    }
    for (const auto& [m, function] : program.cls(cls).implementations) {
      if (m == method) functions[i - first] = function;
    }
  }
  it->second = std::move(functions);
  return it->second;
}

VirtualTargets Context::FindTargets(ClassId receiver, MethodId method) {
  auto [it, inserted] = targets_.try_emplace({receiver, method});
  if (!inserted) return it->second;
  const std::vector<FunctionId>& functions = Implementations(method);
  uint32_t base = representations.PreorderRange(program.method(method).introduced_by).first;
  auto [first, last] = representations.PreorderRange(receiver);
  VirtualTargets targets;
  for (uint32_t i = first; i < last; ++i) {
    FunctionId function = functions[i - base];
    if (!function.is_valid() || !has_body(function)) continue;
    if (!is_instantiated(representations.preorder()[i])) continue;
    if (targets.none) {
      targets = {.none = false, .single = function};
    } else if (targets.single != function) {
      targets.single = {};
      break;
    }
  }
  it->second = targets;
  return targets;
}

DispatchTableId Context::DispatchTable(MethodId id) {
  auto [it, inserted] = dispatch_tables_.try_emplace(id);
  if (!inserted) return it->second;
  const flowgraph::MethodInfo& method = program.method(id);
  const lltype::Container& container =
      program.containers.Get(representations.class_container(method.introduced_by));
  flowgraph::DispatchTable table;
  table.name = fmt::format("{}::{}", program.cls(method.introduced_by).name, method.name);
  table.first_type_id = container.first_type_id;
  table.type = method_signature(id);
  table.functions = Implementations(id);
  // What is never instantiated is never looked up; its functions need not be kept.
  uint32_t first = representations.PreorderRange(method.introduced_by).first;
  for (uint32_t i = 0; i < table.functions.size(); ++i) {
    FunctionId& function = table.functions[i];
    bool is_live = is_instantiated(representations.preorder()[first + i]);
    if (function.is_valid() && (!is_live || !has_body(function))) function = {};
  }
  program.dispatch_tables.push_back(std::move(table));
  it->second = DispatchTableId(program.dispatch_tables.size() - 1);
  return it->second;
}

void FunctionRtyper::FinishCall(const Operation& op, Opcode opcode, TypeId signature,
                                ValueList args, uint32_t imm) {
  CastArguments(signature, &args, opcode == Opcode::kCallPointer ? 1 : 0);
  TypeId type = types_.Element(signature);
  ValueId result = Emit(opcode, type, std::move(args), imm);
  if (!op.result.is_valid()) return;
  const std::vector<TypeId>& scalars = representations_.Scalars(OldType(op.result));
  ValueList values;
  for (size_t i = 0; i < scalars.size(); ++i) {
    ValueId value = result;
    if (scalars.size() > 1) {
      TypeId element = types_.List(type)[i];
      value = Emit(Opcode::kTupleGet, element, {result}, static_cast<uint32_t>(i));
    }
    values.push_back(Cast(value, scalars[i]));
  }
  Define(op.result, values);
}

void FunctionRtyper::LowerDeadCall(const Operation& op) {
  is_dead_ = true;
  if (!op.result.is_valid()) return;
  ValueList zeros;
  for (TypeId type : representations_.Scalars(OldType(op.result))) zeros.push_back(ZeroOf(type));
  Define(op.result, zeros);
}

void FunctionRtyper::LowerCall(const Operation& op) {
  if (!context_.has_body(FunctionId(op.imm))) return LowerDeadCall(op);
  FinishCall(op, Opcode::kCall, context_.signature(FunctionId(op.imm)), Flatten(op.args), op.imm);
}

void FunctionRtyper::LowerCallExternal(const Operation& op) {
  FinishCall(op, Opcode::kCallExternal, program_.external(ExternalId(op.imm)).type,
             Flatten(op.args), op.imm);
}

void FunctionRtyper::LowerCallPointer(const Operation& op) {
  FinishCall(op, Opcode::kCallPointer, representations_.Signature(OldType(op.args[0])),
             Flatten(op.args), TypedId<void>::kNone);
}

void FunctionRtyper::LowerCallVirtual(const Operation& op) {
  MethodId method(op.imm);
  VirtualTargets targets = context_.FindTargets(types_.Class(OldType(op.args[0])), method);
  // No object of the class exists, so the reference was null and control never came here.
  if (targets.none) return LowerDeadCall(op);
  ValueList args = Flatten(op.args);
  if (targets.single.is_valid()) {
    return FinishCall(op, Opcode::kCall, context_.signature(targets.single), std::move(args),
                      targets.single.index);
  }
  TypeId signature = context_.method_signature(method);
  if (context_.is_ootype()) {
    return FinishCall(op, Opcode::kCallMethod, signature, std::move(args), method.index);
  }
  ValueId type_id = Emit(Opcode::kTypeId, TypeTable::U32(), {args[0]});
  ValueId function =
      Emit(Opcode::kDispatch, signature, {type_id}, context_.DispatchTable(method).index);
  args.insert(args.begin(), function);
  FinishCall(op, Opcode::kCallPointer, signature, std::move(args), TypedId<void>::kNone);
}

}  // namespace weft::rtyper
