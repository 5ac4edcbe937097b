// Values of value classes: lists of scalars in SSA, so making one and taking it apart costs
// nothing.

#include "rtyper/function_rtyper.h"

namespace weft::rtyper {

void FunctionRtyper::LowerValueMake(const Operation& op) {
  ValueList scalars = Flatten(op.args);
  Define(op.result, scalars);
}

void FunctionRtyper::LowerValueGet(const Operation& op) {
  ScalarRange part = representations_.Part(OldType(op.args[0]), PathId(op.imm2));
  ValueList scalars = Flatten({op.args[0]});
  Define(op.result, std::span<const ValueId>(scalars.data() + part.first, part.count));
}

void FunctionRtyper::LowerValueWith(const Operation& op) {
  ScalarRange part = representations_.Part(OldType(op.args[0]), PathId(op.imm2));
  ValueList scalars = Flatten({op.args[0]});
  for (uint32_t i = 0; i < part.count; ++i) scalars[part.first + i] = Values(op.args[1])[i];
  Define(op.result, scalars);
}

}  // namespace weft::rtyper
