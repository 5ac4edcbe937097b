// What holds where a condition does.

#include <algorithm>
#include <limits>

#include "annotator/solver.h"

namespace weft::annotator {

void Solver::UndoRefinements(size_t size) {
  while (refinements_.size() > size) {
    refined_[refinements_.back().value.index] = refinements_.back().before;
    refinements_.pop_back();
  }
}

bool Solver::RefineTo(ValueId value, const Fact& fact) {
  if (graph_->IsConstant(value)) return true;
  if (fact != FactOf(value)) {
    refinements_.push_back({value, refined_[value.index], fact});
    refined_[value.index] = static_cast<int32_t>(refinements_.size() - 1);
  }
  return true;
}

bool Solver::RefineRange(ValueId value, int64_t lo, int64_t hi) {
  Fact fact = FactOf(value);
  if (fact.kind != FactKind::kInt) return true;
  fact.lo = std::max(fact.lo, lo);
  fact.hi = std::min(fact.hi, hi);
  if (fact.lo > fact.hi) return false;
  return RefineTo(value, fact);
}

bool Solver::RefineNonNull(ValueId value) {
  // The value that was cast is not null either.
  for (int i = 0; i < 8; ++i) {
    Fact fact = FactOf(value);
    if (fact.kind != FactKind::kReference && fact.kind != FactKind::kFunction) return true;
    if (fact.set == FactSets::kEmpty) return false;
    fact.may_be_null = false;
    RefineTo(value, fact);
    const Operation* op = state_->definitions[value.index];
    if (op == nullptr || op->opcode != Opcode::kUpcast) break;
    value = op->args[0];
  }
  return true;
}

bool Solver::RefineClass(ValueId value, ClassId cls, bool is_instance) {
  for (int i = 0; i < 8; ++i) {
    Fact fact = FactOf(value);
    if (fact.kind != FactKind::kReference) return true;
    if (is_instance) fact.may_be_null = false;
    if (fact.set != FactSets::kAny) {
      fact.set = sets_.Filter(fact.set, [&](uint32_t member) {
        return tree_.IsSubclass(ClassId(member), cls) == is_instance;
      });
      if (fact.set == FactSets::kEmpty && !fact.may_be_null) return false;
    }
    RefineTo(value, fact);
    const Operation* op = state_->definitions[value.index];
    if (op == nullptr || op->opcode != Opcode::kUpcast) break;
    value = op->args[0];
  }
  return true;
}

bool Solver::Refine(ValueId condition, bool holds, int depth) {
  if (graph_->IsConstant(condition)) return true;
  if (!RefineRange(condition, holds ? 1 : 0, holds ? 1 : 0)) return false;
  const Operation* op = state_->definitions[condition.index];
  // Conditions are not nested deeper than this in anything that a person wrote.
  if (op == nullptr || depth > 8) return true;
  switch (op->opcode) {
    case Opcode::kNot:
      return Refine(op->args[0], !holds, depth + 1);
    case Opcode::kAnd:
      if (!holds) return true;
      return Refine(op->args[0], true, depth + 1) && Refine(op->args[1], true, depth + 1);
    case Opcode::kOr:
      if (holds) return true;
      return Refine(op->args[0], false, depth + 1) && Refine(op->args[1], false, depth + 1);
    case Opcode::kExpect:
      return Refine(op->args[0], holds, depth + 1);
    case Opcode::kIsa:
      return RefineClass(op->args[0], ClassId(op->imm), holds);
    case Opcode::kEq:
    case Opcode::kNe:
    case Opcode::kLt:
    case Opcode::kLe:
    case Opcode::kGt:
    case Opcode::kGe:
      return RefineComparison(*op, holds);
    default:
      return true;
  }
}

bool Solver::RefineComparison(const Operation& op, bool holds) {
  ValueId left = op.args[0];
  ValueId right = op.args[1];
  Fact a = FactOf(left);
  Fact b = FactOf(right);
  if (a.is_nothing() || b.is_nothing()) return true;
  Opcode opcode = op.opcode;
  if (!holds) {
    switch (opcode) {
      case Opcode::kEq:
        opcode = Opcode::kNe;
        break;
      case Opcode::kNe:
        opcode = Opcode::kEq;
        break;
      case Opcode::kLt:
        opcode = Opcode::kGe;
        break;
      case Opcode::kLe:
        opcode = Opcode::kGt;
        break;
      case Opcode::kGt:
        opcode = Opcode::kLe;
        break;
      default:
        opcode = Opcode::kLt;
        break;
    }
  }
  if (a.kind == FactKind::kReference || a.kind == FactKind::kFunction) {
    bool is_null_test = b.set == FactSets::kEmpty;
    if (opcode == Opcode::kNe) return !is_null_test || RefineNonNull(left);
    if (opcode != Opcode::kEq) return true;
    // Both are what both can be.
    auto meet = [&](Fact x, const Fact& y) {
      x.may_be_null = x.may_be_null && y.may_be_null;
      if (y.set == FactSets::kEmpty) {
        x.set = FactSets::kEmpty;
      } else if (x.set != FactSets::kAny && y.set != FactSets::kAny) {
        std::span<const uint32_t> members = sets_.Members(y.set);
        x.set = sets_.Filter(x.set, [&](uint32_t member) {
          return std::binary_search(members.begin(), members.end(), member);
        });
      }
      return x;
    };
    Fact both = meet(a, b);
    if (!both.may_be_null && both.set == FactSets::kEmpty) return false;
    return RefineTo(left, both) && RefineTo(right, meet(b, a));
  }
  if (a.kind != FactKind::kInt) return true;
  // A u64 may be above all bounds, where it compares as the others do not.
  if (program_.types.Kind(graph_->type(left)) == TypeKind::kU64 && (a.lo < 0 || b.lo < 0)) {
    return true;
  }
  constexpr int64_t kMin = std::numeric_limits<int64_t>::min();
  constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
  switch (opcode) {
    case Opcode::kEq:
      return RefineRange(left, b.lo, b.hi) && RefineRange(right, a.lo, a.hi);
    case Opcode::kNe:
      if (b.lo == b.hi) {
        if (a.lo == b.lo) return a.lo != kMax && RefineRange(left, a.lo + 1, kMax);
        if (a.hi == b.lo) return a.hi != kMin && RefineRange(left, kMin, a.hi - 1);
      }
      return true;
    case Opcode::kLt:
      if (b.hi == kMin || a.lo == kMax) return false;
      return RefineRange(left, kMin, b.hi - 1) && RefineRange(right, a.lo + 1, kMax);
    case Opcode::kLe:
      return RefineRange(left, kMin, b.hi) && RefineRange(right, a.lo, kMax);
    case Opcode::kGt:
      if (b.lo == kMax || a.hi == kMin) return false;
      return RefineRange(left, b.lo + 1, kMax) && RefineRange(right, kMin, a.hi - 1);
    default:
      return RefineRange(left, b.lo, kMax) && RefineRange(right, kMin, a.hi);
  }
}

bool Solver::RefineByCheck(const Operation& op) {
  constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
  switch (op.opcode) {
    case Opcode::kCheckNonNull:
      return RefineNonNull(op.args[0]);
    case Opcode::kCheckIndex: {
      Fact length = FactOf(op.args[1]);
      if (length.kind != FactKind::kInt) return true;
      if (length.hi <= 0) return false;
      Fact index = FactOf(op.args[0]);
      return RefineRange(op.args[0], 0, length.hi - 1) &&
             RefineRange(op.args[1], std::clamp<int64_t>(index.lo, 0, kMax - 1) + 1, kMax);
    }
    case Opcode::kCheckNonZero: {
      Fact divisor = FactOf(op.args[0]);
      if (divisor.kind != FactKind::kInt) return true;
      if (divisor.lo == 0 && divisor.hi == 0) return false;
      if (divisor.lo == 0) return RefineRange(op.args[0], 1, kMax);
      if (divisor.hi == 0) return RefineRange(op.args[0], divisor.lo, -1);
      return true;
    }
    case Opcode::kCheckCast: {
      Fact object = FactOf(op.args[0]);
      if (object.kind != FactKind::kReference || object.set == FactSets::kAny) return true;
      object.set = sets_.Filter(object.set, [&](uint32_t member) {
        return tree_.IsSubclass(ClassId(member), ClassId(op.imm));
      });
      if (object.set == FactSets::kEmpty && !object.may_be_null) return false;
      return RefineTo(op.args[0], object);
    }
    default:
      return true;
  }
}

}  // namespace weft::annotator
