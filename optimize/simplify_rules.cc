#include "optimize/simplify_rules.h"

#include <utility>

#include "flowgraph/fold.h"

namespace weft::optimize {

SimplifyRules::SimplifyRules(Program& program, FunctionInfo& function)
    : program_(program),
      function_(function),
      graph_(function.graph),
      definitions_(function.graph.value_count()) {
  for (Block& block : graph_.blocks()) {
    for (Operation& op : block.ops) Define(op);
  }
}

void SimplifyRules::Define(Operation& op) {
  if (!op.result.is_valid()) return;
  if (op.result.index >= definitions_.size()) definitions_.resize(graph_.value_count());
  definitions_[op.result.index] = &op;
}

Rewrite SimplifyRules::Simplify(Operation& op) {
  Rewrite rewrite;
  // Each rule brings an operation nearer to a constant, a plain value or its canonical form; the
  // limit is for rules that might come to disagree.
  for (int i = 0; i < 8; ++i) {
    Result result = ApplyOnce(op);
    if (!result) break;
    rewrite = *result;
    if (rewrite.kind != Rewrite::Kind::kChanged) break;
  }
  return rewrite;
}

SimplifyRules::Result SimplifyRules::ApplyOnce(Operation& op) {
  if (Result result = FoldConstants(op)) return result;
  if (Result result = SimplifyScalar(op)) return result;
  return SimplifyObject(op);
}

SimplifyRules::Result SimplifyRules::FoldConstants(const Operation& op) {
  if (!op.info().Has(flowgraph::kFold) || op.args.empty() || op.args.size() > 3) return {};
  TypeId type = graph_.type(op.result);
  TypeKind kind = program_.types.Kind(type);
  if (!IsInt(kind) && !IsFloat(kind)) return {};
  uint64_t args[3] = {};
  for (size_t i = 0; i < op.args.size(); ++i) {
    if (!IsScalarConstant(graph_, op.args[i])) return {};
    args[i] = graph_.value(op.args[i]).constant.bits;
  }
  TypeKind operand = KindOf(op.args.back());
  if (op.opcode == Opcode::kExpect) operand = KindOf(op.args[0]);
  uint64_t value = 0;
  if (!flowgraph::EvaluateScalar(op.opcode, operand, kind, args, &value)) return {};
  return Value(graph_.AddConstant(type, {Constant::Kind::kScalar, value}));
}

Rewrite SimplifyRules::Become(Operation& op, Opcode opcode, ValueList args) {
  op.opcode = opcode;
  op.imm = op.imm2 = TypedId<void>::kNone;
  op.args = std::move(args);
  return Changed();
}

ValueId SimplifyRules::Insert(const Operation& near, Opcode opcode, TypeId type, ValueList args,
                              uint32_t imm, uint32_t imm2) {
  ValueId result = graph_.AddResult(type);
  inserted_.push_back({.opcode = opcode,
                       .imm = imm,
                       .imm2 = imm2,
                       .loc = near.loc,
                       .result = result,
                       .args = std::move(args)});
  Define(inserted_.back());
  return result;
}

std::optional<int64_t> SimplifyRules::IntConstant(ValueId value) const {
  if (!IsScalarConstant(graph_, value) || !IsInt(KindOf(value))) return std::nullopt;
  return static_cast<int64_t>(graph_.value(value).constant.bits);
}

bool SimplifyRules::IsNonNull(ValueId value) const {
  // Casts come in short chains.
  for (int i = 0; i < 8; ++i) {
    const ValueInfo& info = graph_.value(value);
    if (info.kind == ValueKind::kConstant) return info.constant.kind != Constant::Kind::kZero;
    if (info.kind == ValueKind::kBlockArgument) {
      // Not after the rtyper, where the first parameter may be the field of a handle.
      return function_.has_this && info.block == Graph::Entry() && info.position == 0 &&
             program_.types.Kind(info.type) == TypeKind::kObject;
    }
    const Operation* op = Definition(value);
    if (op == nullptr) return false;
    switch (op->opcode) {
      case Opcode::kNew:
      case Opcode::kArrayNew:
      case Opcode::kStrNew:
      case Opcode::kWeakRefNew:
      case Opcode::kMalloc:
      case Opcode::kMallocItems:
      case Opcode::kWeakRefMake:
      case Opcode::kBox:
        return true;
      case Opcode::kUpcast:
      case Opcode::kCastPtr:
      case Opcode::kExpect:
      case Opcode::kPromote:
        value = op->args[0];
        break;
      default:
        return false;
    }
  }
  return false;
}

}  // namespace weft::optimize
