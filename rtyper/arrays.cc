// Arrays: a container for each element type, whose items are the flattened elements.

#include "rtyper/function_rtyper.h"

namespace weft::rtyper {

FunctionRtyper::KnownPlace FunctionRtyper::ItemPlace(const Operation& op) {
  TypeId element = types_.Element(OldType(op.args[0]));
  ScalarRange range = representations_.Part(element, PathId(op.imm2));
  return {.pointer = One(op.args[0]),
          .container = representations_.array(element),
          .index = One(op.args[1]),
          .first_field = range.first};
}

void FunctionRtyper::LowerArrayOperation(const Operation& op) {
  TypeId array =
      OldType(op.result.is_valid() && op.opcode == Opcode::kArrayNew ? op.result : op.args[0]);
  ContainerId container = representations_.array(types_.Element(array));
  switch (op.opcode) {
    case Opcode::kArrayNew:
      Define(op.result,
             Emit(Opcode::kMallocItems, types_.Ptr(container), {One(op.args[0])}, container.index));
      break;
    case Opcode::kArrayLength:
      Define(op.result,
             Emit(Opcode::kGetLength, TypeTable::I64(), {One(op.args[0])}, container.index));
      break;
    case Opcode::kArrayGet:
      GetFields(op.result, ItemPlace(op));
      break;
    case Opcode::kArraySet:
      SetFields(ItemPlace(op), program_.TypeAtPath(types_.Element(array), PathId(op.imm2)),
                op.args[2]);
      break;
    default:
      Emit(Opcode::kCopyItems, TypeTable::Void(), Flatten(op.args), container.index);
  }
}

}  // namespace weft::rtyper
