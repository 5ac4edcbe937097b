// Objects: allocation, fields, casts and tests of the class. A class is a container whose first
// fields are its parent's, so that a pointer to a derived class is one to the base.

#include "rtyper/function_rtyper.h"

namespace weft::rtyper {

void FunctionRtyper::LowerNew(const Operation& op) {
  ClassId cls(op.imm);
  if (IsUnboxed(cls)) return LowerUnboxedNew(op);
  ContainerId container = representations_.class_container(cls);
  Define(op.result, Emit(Opcode::kMalloc, types_.Ptr(container), {}, container.index));
}

FunctionRtyper::KnownPlace FunctionRtyper::FieldPlace(const Operation& op) {
  ClassId cls(op.imm);
  ScalarRange range = representations_.FieldPart(cls, PathId(op.imm2));
  ContainerId container = representations_.class_container(cls);
  return {.pointer = Cast(One(op.args[0]), types_.Ptr(container)),
          .container = container,
          .index = {},
          .first_field = range.first};
}

void FunctionRtyper::LowerFieldGet(const Operation& op) {
  if (IsUnboxed(ClassId(op.imm))) return LowerUnboxedGet(op);
  GetFields(op.result, FieldPlace(op));
}

void FunctionRtyper::LowerFieldSet(const Operation& op) {
  if (IsUnboxed(ClassId(op.imm))) return LowerUnboxedSet(op);
  SetFields(FieldPlace(op), program_.TypeOfField(ClassId(op.imm), PathId(op.imm2)), op.args[1]);
}

void FunctionRtyper::GetFields(ValueId result, const KnownPlace& place) {
  ValueList values;
  uint32_t field = place.first_field;
  for (TypeId type : representations_.Scalars(OldType(result))) {
    ValueList args = {place.pointer};
    if (place.index.is_valid()) args.push_back(place.index);
    values.push_back(Emit(place.index.is_valid() ? Opcode::kGetItem : Opcode::kGetField, type,
                          std::move(args), place.container.index, field++));
  }
  Define(result, values);
}

void FunctionRtyper::SetFields(const KnownPlace& place, TypeId type, ValueId value) {
  uint32_t field = place.first_field;
  const std::vector<TypeId>& scalars = representations_.Scalars(type);
  for (size_t i = 0; i < scalars.size(); ++i) {
    ValueList args = {place.pointer};
    if (place.index.is_valid()) args.push_back(place.index);
    args.push_back(Cast(Values(value)[i], scalars[i]));
    Emit(place.index.is_valid() ? Opcode::kSetItem : Opcode::kSetField, TypeTable::Void(),
         std::move(args), place.container.index, field++);
  }
}

void FunctionRtyper::LowerUpcast(const Operation& op) {
  if (LowerPendingUpcast(op)) return;
  ClassId cls = DeepestClass(op.args[0]);
  if (IsUnboxed(cls) && program_.IsSubclass(cls, types_.Class(OldType(op.result)))) {
    deepest_classes_.emplace(op.result, cls);
  }
  Define(op.result, Cast(One(op.args[0]), representations_.Scalar(OldType(op.result))));
}

void FunctionRtyper::LowerIsa(const Operation& op) {
  ClassId target(op.imm);
  ValueId object = One(op.args[0]);
  if (program_.IsSubclass(types_.Class(OldType(op.args[0])), target)) {
    // The type says it all, but for null.
    return Define(op.result,
                  Emit(Opcode::kNe, TypeTable::Bool(), {object, ZeroOf(new_.type(object))}));
  }
  if (context_.unboxed.MayBeImmediate(target) && !context_.unboxed.MayBeOnHeap(target)) {
    ContainerId container =
        representations_.class_container(context_.unboxed.ImmediateBelow(target));
    return Define(op.result,
                  Emit(Opcode::kIsImmediate, TypeTable::Bool(), {object}, container.index));
  }
  Opcode opcode =
      context_.IsNonNull(id_, op.args[0]) ? Opcode::kIsInstanceNonNull : Opcode::kIsInstance;
  Define(op.result,
         Emit(opcode, TypeTable::Bool(), {object}, representations_.class_container(target).index));
}

void FunctionRtyper::LowerCheckCast(const Operation& op) {
  Emit(Opcode::kCheckInstance, TypeTable::Void(), {One(op.args[0])},
       representations_.class_container(ClassId(op.imm)).index);
}

void FunctionRtyper::LowerWeakRef(const Operation& op) {
  TypeId type = representations_.Scalar(OldType(op.result));
  if (op.opcode == Opcode::kWeakRefNew) {
    ValueId object = Cast(One(op.args[0]), representations_.root_pointer());
    return Define(op.result,
                  Emit(Opcode::kWeakRefMake, type, {object}, types_.Container(type).index));
  }
  ValueId reference = One(op.args[0]);
  ValueId object = Emit(Opcode::kWeakRefRead, representations_.root_pointer(), {reference},
                        types_.Container(new_.type(reference)).index);
  Define(op.result, Cast(object, type));
}

}  // namespace weft::rtyper
