// What to tell of operations when the facts are final. Findings see what holds where an operation
// stands, which the table of facts by value cannot say.

#include <optional>

#include "annotator/solver.h"

namespace weft::annotator {

void Solver::Record(BlockId id, uint32_t index, const Operation& op) {
  auto find = [&](Finding finding) -> OperationFinding& {
    facts_->findings.push_back({.block = id, .index = index, .finding = finding});
    return facts_->findings.back();
  };
  for (ValueId arg : op.args) {
    if (FactOf(arg).is_nothing()) return;
  }
  std::optional<bool> holds;
  bool is_check = true;
  switch (op.opcode) {
    case Opcode::kCheckNonNull: {
      Fact fact = FactOf(op.args[0]);
      if (!fact.may_be_null) {
        holds = true;
      } else if (fact.set == FactSets::kEmpty) {
        holds = false;
      }
      break;
    }
    case Opcode::kCheckIndex: {
      Fact i = FactOf(op.args[0]);
      Fact length = FactOf(op.args[1]);
      if (i.lo >= 0 && i.hi < length.lo) {
        holds = true;
      } else if (i.hi < 0 || i.lo >= length.hi) {
        holds = false;
      }
      break;
    }
    case Opcode::kCheckNonZero: {
      Fact fact = FactOf(op.args[0]);
      if (fact.lo > 0 || fact.hi < 0) {
        holds = true;
      } else if (fact.lo == 0 && fact.hi == 0) {
        holds = false;
      }
      break;
    }
    case Opcode::kCheckCast: {
      Fact fact = FactOf(op.args[0]);
      if (fact.set == FactSets::kAny) break;
      bool all = true;
      bool any = fact.may_be_null;
      for (uint32_t member : sets_.Members(fact.set)) {
        bool is_instance = tree_.IsSubclass(ClassId(member), ClassId(op.imm));
        all &= is_instance;
        any |= is_instance;
      }
      if (all) {
        holds = true;
      } else if (!any) {
        holds = false;
      }
      break;
    }
    default:
      is_check = false;
      break;
  }
  if (is_check) {
    ++out_.counts.checks;
    if (!holds) return;
    if (*holds) ++out_.counts.checks_proven;
    find(*holds ? Finding::kCheckHolds : Finding::kCheckFails);
    return;
  }
  bool is_virtual = op.opcode == Opcode::kCallVirtual;
  if (is_virtual || op.opcode == Opcode::kCallPointer) {
    std::vector<FunctionId> targets;
    if (FactOf(op.args[0]).set != FactSets::kAny) {
      TargetsOf(op, targets);
    } else if (const Node* node = NodeOf(op)) {
      // One, none, or several: two are enough to tell.
      for (size_t i = 0; i < node->targets.size() && i < 2; ++i) {
        targets.push_back(node->targets[i].function);
      }
    }
    ++(is_virtual ? out_.counts.virtual_calls : out_.counts.pointer_calls);
    if (targets.size() == 1) {
      ++(is_virtual ? out_.counts.virtual_calls_with_one_target
                    : out_.counts.pointer_calls_with_one_target);
      find(Finding::kOneTarget).target = targets[0];
    } else if (targets.empty()) {
      find(Finding::kNoTarget);
    }
  }
  if (!op.result.is_valid()) return;
  const Fact& fact = facts_->values[op.result.index];
  TypeId type = graph_->type(op.result);
  if (std::optional<Constant> constant = ConstantOf(program_, sets_, type, fact)) {
    find(Finding::kConstant).constant = *constant;
  }
}

}  // namespace weft::annotator
