// Rules for values of Unboxed objects that go into references and come out of them again.

#include "common/check.h"
#include "optimize/simplify_rules.h"

namespace weft::optimize {

ValueId SimplifyRules::WithoutCasts(ValueId value) const {
  for (int i = 0; i < 8; ++i) {
    const Operation* cast = DefinedBy(value, Opcode::kCastPtr);
    if (cast == nullptr) break;
    value = cast->args[0];
  }
  return value;
}

SimplifyRules::Result SimplifyRules::Boxing(Operation& op) {
  const BoxingScheme scheme = program_.boxing.scheme;
  const ContainerId container(op.imm);
  const bool is_float = container == program_.boxing.float_container;
  const bool is_int = container == program_.boxing.int_container;
  const ValueId operand = op.args[0];
  switch (op.opcode) {
    case Opcode::kBox: {
      if (const Operation* inner = DefinedBy(operand, Opcode::kUnbox);
          inner != nullptr && inner->imm == op.imm &&
          graph_.type(inner->args[0]) == graph_.type(op.result)) {
        return Value(inner->args[0]);
      }
      if (!IsScalarConstant(graph_, operand)) return {};
      uint64_t bits = graph_.value(operand).constant.bits;
      if (is_float) {
        bits = boxing::OfFloatBits(bits);
      } else if (is_int && boxing::Fits(scheme, static_cast<int64_t>(bits))) {
        bits = boxing::OfInt(scheme, static_cast<int64_t>(bits));
      } else {
        return {};
      }
      return Value(graph_.AddConstant(graph_.type(op.result), {Constant::Kind::kImmediate, bits}));
    }
    case Opcode::kUnbox: {
      ValueId object = WithoutCasts(operand);
      if (graph_.IsConstant(object)) {
        const Constant constant = graph_.value(object).constant;
        // Behind a test that fails there may be an immediate of the other kind.
        if (constant.kind != Constant::Kind::kImmediate ||
            boxing::IsFloat(scheme, constant.bits) != is_float) {
          return {};
        }
        uint64_t bits = is_float ? boxing::ToFloatBits(constant.bits)
                                 : static_cast<uint64_t>(boxing::ToInt(scheme, constant.bits));
        return Value(graph_.AddConstant(graph_.type(op.result), {Constant::Kind::kScalar, bits}));
      }
      const Operation* made = DefinedBy(object, Opcode::kBox);
      if (made != nullptr && made->imm == op.imm) return Value(made->args[0]);
      return {};
    }
    case Opcode::kIsImmediate: {
      if (!program_.MayBeImmediate(program_.types.Container(graph_.type(operand)))) {
        return BoolValue(false);
      }
      ValueId object = WithoutCasts(operand);
      if (graph_.IsConstant(object)) {
        const Constant constant = graph_.value(object).constant;
        return BoolValue(constant.kind == Constant::Kind::kImmediate &&
                         program_.ContainerOfImmediate(constant.bits) == container);
      }
      if (ContainerId exact = ExactContainer(object); exact.is_valid() && exact != container) {
        return BoolValue(false);
      }
      if (const Operation* made = Definition(object)) {
        if (made->opcode == Opcode::kMalloc) return BoolValue(false);
        // Boxes of integers are made where those are known to fit.
        if (made->opcode == Opcode::kBox && (is_float || is_int)) return BoolValue(true);
      }
      if (object == operand) return {};
      op.args = {object};
      return Changed();
    }
    case Opcode::kFitsImmediate:
      if (is_float) return BoolValue(true);
      if (!is_int) return BoolValue(false);
      if (std::optional<int64_t> value = IntConstant(operand)) {
        return BoolValue(boxing::Fits(scheme, *value));
      }
      return {};
    default:
      WEFT_FATAL("{} has no rule here", op.info().name);
  }
}

}  // namespace weft::optimize
