// Objects of Unboxed classes, which hold one int or double. Their representation is decided here
// and nowhere else.
//
// Today it is `boxed`: a container like any other, with the value as its field. To represent them
// in the pointer, as tagged ints or NaN boxes, the three functions below become arithmetic on the
// pointer's bits, and what reads an object's header (TypeId, IsInstance, Dispatch, the collector's
// tracing) asks the pointer first. Making one is `new` followed by the constructor's one write of
// the field, since the classes are immutable; so a represented `new` gives a placeholder, and the
// write gives the real reference, which replaces it: constructors must be inlined by then.

#include "rtyper/function_rtyper.h"

namespace weft::rtyper {

bool FunctionRtyper::IsUnboxed(ClassId cls) const {
  return program_.cls(cls).unboxed != flowgraph::UnboxedKind::kNone;
}

void FunctionRtyper::LowerUnboxedNew(const Operation& op) {
  ContainerId container = representations_.class_container(ClassId(op.imm));
  Define(op.result, Emit(Opcode::kMalloc, types_.Ptr(container), {}, container.index));
}

void FunctionRtyper::LowerUnboxedGet(const Operation& op) { GetFields(op.result, FieldPlace(op)); }

void FunctionRtyper::LowerUnboxedSet(const Operation& op) {
  SetFields(FieldPlace(op), program_.TypeOfField(ClassId(op.imm), PathId(op.imm2)), op.args[1]);
}

}  // namespace weft::rtyper
