// Rules for arithmetic, comparisons and conversions.

#include <algorithm>
#include <limits>
#include <utility>

#include "flowgraph/fold.h"
#include "optimize/simplify_rules.h"

namespace weft::optimize {
namespace {

int64_t MinOf(TypeKind kind) {
  return IsSigned(kind) ? std::numeric_limits<int64_t>::min() >> (64 - BitWidth(kind)) : 0;
}

uint64_t MaxOf(TypeKind kind) {
  return ~uint64_t{0} >> (64 - BitWidth(kind) + (IsSigned(kind) ? 1 : 0));
}

// Whether every value of one integer kind is a value of the other.
bool Holds(TypeKind wide, TypeKind narrow) {
  return IsInt(wide) && IsInt(narrow) && MinOf(wide) <= MinOf(narrow) &&
         MaxOf(wide) >= MaxOf(narrow);
}

bool IsCommutative(Opcode opcode) {
  switch (opcode) {
    case Opcode::kAdd:
    case Opcode::kMul:
    case Opcode::kAnd:
    case Opcode::kOr:
    case Opcode::kXor:
    case Opcode::kEq:
    case Opcode::kNe:
    case Opcode::kAddOverflows:
    case Opcode::kMulOverflows:
      return true;
    default:
      return false;
  }
}

bool IsComparison(Opcode opcode) { return opcode >= Opcode::kEq && opcode <= Opcode::kGe; }

// The comparison that holds of (b, a) when this one holds of (a, b).
Opcode Mirrored(Opcode opcode) {
  switch (opcode) {
    case Opcode::kLt:
      return Opcode::kGt;
    case Opcode::kLe:
      return Opcode::kGe;
    case Opcode::kGt:
      return Opcode::kLt;
    case Opcode::kGe:
      return Opcode::kLe;
    default:
      return opcode;
  }
}

// The comparison that holds when this one does not, floats aside.
Opcode Negated(Opcode opcode) {
  switch (opcode) {
    case Opcode::kEq:
      return Opcode::kNe;
    case Opcode::kNe:
      return Opcode::kEq;
    case Opcode::kLt:
      return Opcode::kGe;
    case Opcode::kLe:
      return Opcode::kGt;
    case Opcode::kGt:
      return Opcode::kLe;
    default:
      return Opcode::kLt;
  }
}

}  // namespace

SimplifyRules::Result SimplifyRules::SimplifyScalar(Operation& op) {
  switch (op.opcode) {
    case Opcode::kAdd:
    case Opcode::kSub:
    case Opcode::kMul:
    case Opcode::kDiv:
    case Opcode::kRem:
    case Opcode::kAnd:
    case Opcode::kOr:
    case Opcode::kXor:
    case Opcode::kShl:
    case Opcode::kShr:
    case Opcode::kAddOverflows:
    case Opcode::kSubOverflows:
    case Opcode::kMulOverflows:
      return Arithmetic(op);
    case Opcode::kNeg:
      if (const Operation* inner = DefinedBy(op.args[0], Opcode::kNeg)) {
        return Value(inner->args[0]);
      }
      return {};
    case Opcode::kNot:
      return Not(op);
    case Opcode::kEq:
    case Opcode::kNe:
    case Opcode::kLt:
    case Opcode::kLe:
    case Opcode::kGt:
    case Opcode::kGe:
      return Compare(op);
    case Opcode::kSelect:
      return Select(op);
    case Opcode::kConvert:
      return Convert(op);
    case Opcode::kExpect:
      return Expect(op);
    case Opcode::kPromote:
      if (graph_.IsConstant(op.args[0])) return Value(op.args[0]);
      return {};
    case Opcode::kF64Bits:
      if (const Operation* inner = DefinedBy(op.args[0], Opcode::kF64FromBits)) {
        return Value(inner->args[0]);
      }
      return {};
    case Opcode::kF64FromBits:
      if (const Operation* inner = DefinedBy(op.args[0], Opcode::kF64Bits)) {
        return Value(inner->args[0]);
      }
      return {};
    default:
      return {};
  }
}

SimplifyRules::Result SimplifyRules::Arithmetic(Operation& op) {
  ValueId& left = op.args[0];
  ValueId& right = op.args[1];
  if (IsCommutative(op.opcode) && graph_.IsConstant(left) && !graph_.IsConstant(right)) {
    std::swap(left, right);
    return Changed();
  }
  TypeKind kind = KindOf(left);
  if (IsFloat(kind)) {
    // The other identities do not hold for a NaN, an infinity or a negative zero.
    if (!IsScalarConstant(graph_, right)) return {};
    double c = flowgraph::ConstantFloat(graph_, right);
    if ((op.opcode == Opcode::kMul || op.opcode == Opcode::kDiv) && c == 1) return Value(left);
    return {};
  }
  if (left == right) {
    switch (op.opcode) {
      case Opcode::kSub:
      case Opcode::kXor:
        return Value(graph_.Int(graph_.type(left), 0));
      case Opcode::kAnd:
      case Opcode::kOr:
        return Value(left);
      case Opcode::kSubOverflows:
        return BoolValue(false);
      default:
        break;
    }
  }
  if (std::optional<int64_t> c = IntConstant(right)) return IntIdentity(op, *c);
  if (std::optional<int64_t> c = IntConstant(left); c && *c == 0) {
    switch (op.opcode) {
      case Opcode::kSub:
        return Become(op, Opcode::kNeg, {right});
      case Opcode::kShl:
      case Opcode::kShr:
        return Value(left);
      default:
        break;
    }
  }
  return {};
}

// left op constant, for integers.
SimplifyRules::Result SimplifyRules::IntIdentity(Operation& op, int64_t c) {
  ValueId left = op.args[0];
  TypeId type = graph_.type(left);
  TypeKind kind = program_.types.Kind(type);
  bool is_all_ones = c == flowgraph::CanonicalInt(kind, -1);
  switch (op.opcode) {
    case Opcode::kAdd:
    case Opcode::kSub:
    case Opcode::kOr:
    case Opcode::kXor:
    case Opcode::kShl:
    case Opcode::kShr:
      if (c == 0) return Value(left);
      if (is_all_ones && op.opcode == Opcode::kOr) return Value(op.args[1]);
      if (is_all_ones && op.opcode == Opcode::kXor) return Become(op, Opcode::kNot, {left});
      break;
    case Opcode::kMul:
      if (c == 0) return Value(op.args[1]);
      if (c == 1) return Value(left);
      break;
    case Opcode::kDiv:
      if (c == 1) return Value(left);
      break;
    case Opcode::kRem:
      if (c == 1) return Value(graph_.Int(type, 0));
      break;
    case Opcode::kAnd:
      if (c == 0) return Value(op.args[1]);
      if (is_all_ones) return Value(left);
      break;
    case Opcode::kAddOverflows:
    case Opcode::kSubOverflows:
      if (c == 0) return BoolValue(false);
      return {};
    case Opcode::kMulOverflows:
      if (c == 0 || c == 1) return BoolValue(false);
      return {};
    default:
      return {};
  }
  // (x op c1) op c is x op (c1 op c): the operations wrap, so no step can overflow.
  bool is_associative = op.opcode == Opcode::kAdd || op.opcode == Opcode::kMul ||
                        op.opcode == Opcode::kAnd || op.opcode == Opcode::kOr ||
                        op.opcode == Opcode::kXor;
  const Operation* inner = Definition(left);
  if (!is_associative || inner == nullptr || inner->opcode != op.opcode) return {};
  std::optional<int64_t> c1 = IntConstant(inner->args[1]);
  if (!c1) return {};
  uint64_t args[] = {static_cast<uint64_t>(*c1), static_cast<uint64_t>(c)};
  uint64_t both = 0;
  if (!flowgraph::EvaluateScalar(op.opcode, kind, kind, args, &both)) return {};
  op.args = {inner->args[0], graph_.Int(type, static_cast<int64_t>(both))};
  return Changed();
}

SimplifyRules::Result SimplifyRules::Not(Operation& op) {
  const Operation* inner = Definition(op.args[0]);
  if (inner == nullptr) return {};
  if (inner->opcode == Opcode::kNot) return Value(inner->args[0]);
  if (!IsComparison(inner->opcode)) return {};
  bool is_equality = inner->opcode == Opcode::kEq || inner->opcode == Opcode::kNe;
  if (IsFloat(KindOf(inner->args[0])) && !is_equality) return {};
  return Become(op, Negated(inner->opcode), inner->args);
}

SimplifyRules::Result SimplifyRules::Compare(Operation& op) {
  ValueId& left = op.args[0];
  ValueId& right = op.args[1];
  if (graph_.IsConstant(left) && !graph_.IsConstant(right)) {
    std::swap(left, right);
    op.opcode = Mirrored(op.opcode);
    return Changed();
  }
  TypeKind kind = KindOf(left);
  if (left == right && !IsFloat(kind)) {
    return BoolValue(op.opcode == Opcode::kEq || op.opcode == Opcode::kLe ||
                     op.opcode == Opcode::kGe);
  }
  if (IsInt(kind) && IsScalarConstant(graph_, right)) return CompareWithConstant(op);
  if (IsReference(kind) || kind == TypeKind::kFunction) return CompareReferences(op);
  return {};
}

SimplifyRules::Result SimplifyRules::CompareWithConstant(Operation& op) {
  ValueId left = op.args[0];
  int64_t c = *IntConstant(op.args[1]);
  TypeKind kind = KindOf(left);
  bool is_eq = op.opcode == Opcode::kEq;
  bool is_ne = op.opcode == Opcode::kNe;
  if (kind == TypeKind::kBool && (is_eq || is_ne)) {
    if (is_eq == (c != 0)) return Value(left);
    return Become(op, Opcode::kNot, {left});
  }
  if (!IsSigned(kind) && c == 0) {
    if (op.opcode == Opcode::kLt) return BoolValue(false);
    if (op.opcode == Opcode::kGe) return BoolValue(true);
    if (op.opcode == Opcode::kGt) {
      op.opcode = Opcode::kNe;
      return Changed();
    }
    if (op.opcode == Opcode::kLe) {
      op.opcode = Opcode::kEq;
      return Changed();
    }
  }
  const Operation* inner = Definition(left);
  if (inner == nullptr) return {};
  if ((is_eq || is_ne) && c == 0 &&
      (inner->opcode == Opcode::kSub || inner->opcode == Opcode::kXor)) {
    op.args = inner->args;
    return Changed();
  }
  if (inner->opcode != Opcode::kConvert || !Holds(kind, KindOf(inner->args[0]))) return {};
  // A comparison of a widened value is one of the value itself.
  TypeId narrow_type = graph_.type(inner->args[0]);
  TypeKind narrow = program_.types.Kind(narrow_type);
  bool is_below = IsSigned(kind) && c < MinOf(narrow);
  bool is_above = IsSigned(kind) ? c >= 0 && static_cast<uint64_t>(c) > MaxOf(narrow)
                                 : static_cast<uint64_t>(c) > MaxOf(narrow);
  if (is_below || is_above) {
    switch (op.opcode) {
      case Opcode::kEq:
        return BoolValue(false);
      case Opcode::kNe:
        return BoolValue(true);
      case Opcode::kLt:
      case Opcode::kLe:
        return BoolValue(is_above);
      default:
        return BoolValue(is_below);
    }
  }
  op.args = {inner->args[0], graph_.Int(narrow_type, c)};
  return Changed();
}

SimplifyRules::Result SimplifyRules::CompareReferences(Operation& op) {
  ValueId left = op.args[0];
  ValueId right = op.args[1];
  bool is_eq = op.opcode == Opcode::kEq;
  if (!is_eq && op.opcode != Opcode::kNe) return {};
  if (IsZeroConstant(graph_, right)) {
    if (IsNonNull(left)) return BoolValue(!is_eq);
    const Operation* cast = Definition(left);
    if (cast != nullptr && (cast->opcode == Opcode::kUpcast || cast->opcode == Opcode::kCastPtr)) {
      op.args = {cast->args[0], graph_.Zero(graph_.type(cast->args[0]))};
      return Changed();
    }
    return {};
  }
  if (graph_.IsConstant(left) && graph_.IsConstant(right)) {
    // Constants are interned, and equal ones were seen to be the same value. Two literals are the
    // same object only if they are the same literal.
    return BoolValue(graph_.value(left).constant == graph_.value(right).constant ? is_eq : !is_eq);
  }
  const Operation* a = Definition(left);
  const Operation* b = Definition(right);
  if (a != nullptr && b != nullptr && a->opcode == b->opcode &&
      (a->opcode == Opcode::kUpcast || a->opcode == Opcode::kCastPtr) &&
      graph_.type(a->args[0]) == graph_.type(b->args[0])) {
    op.args = {a->args[0], b->args[0]};
    return Changed();
  }
  return {};
}

SimplifyRules::Result SimplifyRules::Select(Operation& op) {
  ValueId condition = op.args[0];
  ValueId yes = op.args[1];
  ValueId no = op.args[2];
  if (yes == no) return Value(yes);
  if (IsScalarConstant(graph_, condition)) {
    return Value(flowgraph::ConstantInt(graph_, condition) != 0 ? yes : no);
  }
  if (const Operation* inner = DefinedBy(condition, Opcode::kNot)) {
    op.args = {inner->args[0], no, yes};
    return Changed();
  }
  if (graph_.type(yes) == TypeTable::Bool() && IsScalarConstant(graph_, yes) &&
      IsScalarConstant(graph_, no)) {
    if (flowgraph::ConstantInt(graph_, yes) != 0) return Value(condition);
    return Become(op, Opcode::kNot, {condition});
  }
  return {};
}

SimplifyRules::Result SimplifyRules::Convert(Operation& op) {
  ValueId from = op.args[0];
  TypeId to = graph_.type(op.result);
  if (graph_.type(from) == to) return Value(from);
  TypeKind to_kind = program_.types.Kind(to);
  const Operation* inner = Definition(from);
  if (to_kind == TypeKind::kBool && IsInt(KindOf(from))) {
    return Become(op, Opcode::kNe, {from, graph_.Int(graph_.type(from), 0)});
  }
  if (inner == nullptr || inner->opcode != Opcode::kConvert) return {};
  TypeKind middle = KindOf(from);
  TypeKind first = KindOf(inner->args[0]);
  if (!IsInt(first) || !IsInt(middle)) return {};
  // A middle that holds every value changes nothing; nor does one that keeps all bits of the last.
  bool is_idle =
      Holds(middle, first) || (IsInt(to_kind) && first != TypeKind::kBool &&
                               middle != TypeKind::kBool && BitWidth(middle) >= BitWidth(to_kind));
  if (!is_idle) return {};
  op.args = {inner->args[0]};
  return Changed();
}

SimplifyRules::Result SimplifyRules::Expect(Operation& op) {
  if (graph_.IsConstant(op.args[0])) return Value(op.args[0]);
  // expect(convert(b), k) is convert(expect(b, k)): so the hint comes to the branch.
  const Operation* inner = DefinedBy(op.args[0], Opcode::kConvert);
  if (inner == nullptr || graph_.type(inner->args[0]) != TypeTable::Bool()) return {};
  if (!IsScalarConstant(graph_, op.args[1])) return {};
  bool likely = flowgraph::ConstantInt(graph_, op.args[1]) != 0;
  ValueId hint =
      Insert(op, Opcode::kExpect, TypeTable::Bool(), {inner->args[0], graph_.Bool(likely)});
  return Become(op, Opcode::kConvert, {hint});
}

}  // namespace weft::optimize
