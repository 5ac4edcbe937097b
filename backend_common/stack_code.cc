#include "backend_common/stack_code.h"

#include <algorithm>

namespace weft::backend_common {

using flowgraph::Block;
using flowgraph::Constant;
using flowgraph::ExitKind;
using flowgraph::FunctionInfo;
using flowgraph::Link;
using flowgraph::Opcode;
using flowgraph::Operation;
using flowgraph::Program;

StackWriter::StackWriter(const Program& program, const FunctionInfo& function,
                         const StackPlan& plan, StackEmitter& emitter)
    : program_(program),
      function_(function),
      plan_(plan),
      emitter_(emitter),
      next_label_(static_cast<Label>(plan.graph.blocks().size())) {}

void StackWriter::Write() {
  for (size_t i = 0; i < plan_.order.size(); ++i) {
    BlockId id = plan_.order[i];
    BlockId next = i + 1 < plan_.order.size() ? plan_.order[i + 1] : BlockId();
    emitter_.Place(id.index, LiveAt(id));
    const Block& block = graph().block(id);
    for (uint32_t at = 0; at < block.ops.size(); ++at) {
      if (plan_.IsStatement(id, at)) Statement(id, at);
    }
    Exit(id, next);
  }
  WriteHandlers();
}

std::vector<LiveLocal> StackWriter::LiveAt(BlockId block) const {
  std::vector<LiveLocal> live;
  for (ValueId id : plan_.live_in[block.index]) {
    live.push_back({plan_.value(id).local, graph().type(id)});
  }
  std::sort(live.begin(), live.end(),
            [](const LiveLocal& a, const LiveLocal& b) { return a.local < b.local; });
  return live;
}

// ---- Expressions.

const Operation* StackWriter::FoldedOperation(ValueId id) const {
  const ValuePlan& value = plan_.value(id);
  if (value.form != ValuePlan::Form::kFolded) return nullptr;
  return &graph().block(value.block).ops[value.op];
}

bool StackWriter::IsComparison(const Operation& op) const {
  switch (op.opcode) {
    case Opcode::kEq:
    case Opcode::kNe:
    case Opcode::kLt:
    case Opcode::kLe:
    case Opcode::kGt:
    case Opcode::kGe:
      return true;
    default:
      return false;
  }
}

void StackWriter::Push(ValueId id) {
  if (graph().IsConstant(id)) {
    emitter_.Constant(graph().type(id), graph().value(id).constant);
    return;
  }
  switch (plan_.value(id).form) {
    case ValuePlan::Form::kFolded:
      Evaluate(*FoldedOperation(id));
      return;
    case ValuePlan::Form::kLocal:
      emitter_.Load(plan_.value(id).local, graph().type(id));
      return;
    default:
      // Left on the stack by the statement before.
      return;
  }
}

void StackWriter::Operands(const Operation& op) {
  for (size_t i = 0; i < op.args.size(); ++i) {
    if (!emitter_.PushOperand(*this, op, i)) Push(op.args[i]);
    emitter_.AfterOperand(op, i);
  }
}

void StackWriter::Evaluate(const Operation& op) {
  TypeId type = op.result.is_valid() ? graph().type(op.result) : TypeTable::Void();
  if (op.opcode == Opcode::kExpect || op.opcode == Opcode::kPromote) {
    Push(op.args[0]);
    if (op.opcode == Opcode::kPromote) emitter_.Promoted(op);
  } else if (op.opcode == Opcode::kSelect) {
    Label otherwise = NewLabel();
    Label end = NewLabel();
    PushCondition(op.args[0], false, otherwise);
    Push(op.args[1]);
    emitter_.MeetAs(type);
    emitter_.Jump(end);
    emitter_.PlaceInner(otherwise);
    Push(op.args[2]);
    emitter_.MeetAs(type);
    emitter_.PlaceInner(end);
  } else if (IsComparison(op)) {
    Label holds = NewLabel();
    Label end = NewLabel();
    Operands(op);
    emitter_.BranchIfCompare(op, true, holds);
    emitter_.Constant(type, {Constant::Kind::kScalar, 0});
    emitter_.Jump(end);
    emitter_.PlaceInner(holds);
    emitter_.Constant(type, {Constant::Kind::kScalar, 1});
    emitter_.PlaceInner(end);
  } else {
    Operands(op);
    emitter_.Operate(op);
  }
}

void StackWriter::PushCondition(ValueId id, bool when, Label label) {
  const Operation* op = FoldedOperation(id);
  if (op != nullptr && op->opcode == Opcode::kNot) {
    PushCondition(op->args[0], !when, label);
  } else if (op != nullptr && op->opcode == Opcode::kExpect) {
    PushCondition(op->args[0], when, label);
  } else if (op != nullptr && IsComparison(*op)) {
    Operands(*op);
    emitter_.BranchIfCompare(*op, when, label);
  } else {
    Push(id);
    emitter_.BranchIf(when, label);
  }
}

// ---- Statements.

void StackWriter::TakeTuple(const Operation& op) {
  TypeId type = graph().type(op.result);
  const auto& gets = plan_.tuple_gets[op.result.index];
  emitter_.TupleArrived(type, !gets.empty() && gets[0]->imm == 0);
  for (const Operation* get : gets) {
    emitter_.TupleElement(type, get->imm);
    emitter_.Store(plan_.value(get->result).local, graph().type(get->result));
  }
}

void StackWriter::Statement(BlockId id, uint32_t at) {
  const Block& block = graph().block(id);
  const Operation& op = block.ops[at];
  emitter_.Line(op.loc);
  bool has_result = op.result.is_valid() && graph().type(op.result) != TypeTable::Void();
  TypeId type = has_result ? graph().type(op.result) : TypeTable::Void();
  bool is_tuple = has_result && program_.types.Kind(type) == TypeKind::kTuple;
  bool is_tried =
      block.catches() && block.exit.kind != ExitKind::kRaise && at + 1 == block.ops.size();
  ValuePlan::Form form = has_result ? plan_.value(op.result).form : ValuePlan::Form::kNone;
  Label handler = 0;
  if (is_tried) {
    handler = HandlerOf(block.on_exception);
    emitter_.BeginTry(handler);
  }
  Evaluate(op);
  if (is_tuple) {
    // The elements are taken outside of the range; nothing there raises.
    if (is_tried) emitter_.EndTry(handler, /*has_result=*/false, false, 0, type);
    TakeTuple(op);
  } else if (is_tried) {
    bool store = form == ValuePlan::Form::kLocal;
    emitter_.EndTry(handler, has_result, store, store ? plan_.value(op.result).local : 0, type);
  } else if (has_result) {
    if (form == ValuePlan::Form::kLocal) {
      emitter_.Store(plan_.value(op.result).local, type);
    } else if (form != ValuePlan::Form::kStack) {
      emitter_.Pop(type);
    }
  }
}

// ---- Links.

std::vector<StackWriter::Copy> StackWriter::CopiesOf(const Link& link,
                                                     size_t first_argument) const {
  std::vector<Copy> copies;
  const auto& targets = graph().block(link.target).args;
  for (size_t i = 0; i < link.args.size(); ++i) {
    const ValuePlan& target = plan_.value(targets[i + first_argument]);
    if (target.form != ValuePlan::Form::kLocal) continue;
    const ValuePlan& source = plan_.value(link.args[i]);
    if (source.form == ValuePlan::Form::kLocal && source.local == target.local) continue;
    copies.push_back({link.args[i], targets[i + first_argument]});
  }
  return copies;
}

// All are pushed before one is stored: the operand stack is all that a parallel copy needs.
void StackWriter::MakeCopies(const std::vector<Copy>& copies) {
  for (const Copy& copy : copies) Push(copy.source);
  for (size_t i = copies.size(); i-- > 0;) {
    emitter_.Store(plan_.value(copies[i].target).local, graph().type(copies[i].target));
  }
}

void StackWriter::Follow(const Link& link, BlockId next) {
  MakeCopies(CopiesOf(link, 0));
  Label target = emitter_.TargetOf(link);
  if (next.is_valid() && target == next.index) return;
  emitter_.Jump(target);
  WriteStubs();
}

Label StackWriter::LabelOf(const Link& link) {
  if (CopiesOf(link, 0).empty()) return emitter_.TargetOf(link);
  for (const Stub& stub : stubs_) {
    if (stub.link->target == link.target && stub.link->args == link.args) return stub.label;
  }
  stubs_.push_back({NewLabel(), &link});
  return stubs_.back().label;
}

// Only where control does not pass: behind a jump. The stubs of a block are written before the next
// block, so that links of two blocks are never mixed up.
void StackWriter::WriteStubs() {
  std::vector<Stub> stubs = std::move(stubs_);
  stubs_.clear();
  for (const Stub& stub : stubs) {
    emitter_.PlaceInner(stub.label);
    MakeCopies(CopiesOf(*stub.link, 0));
    emitter_.Jump(emitter_.TargetOf(*stub.link));
  }
}

Label StackWriter::HandlerOf(const Link& link) {
  for (const Handler& handler : handlers_) {
    if (handler.link->target == link.target && handler.link->args == link.args) {
      return handler.label;
    }
  }
  handlers_.push_back({NewLabel(), &link});
  return handlers_.back().label;
}

void StackWriter::WriteHandlers() {
  for (const Handler& handler : handlers_) {
    const Link& link = *handler.link;
    const Block& target = graph().block(link.target);
    std::vector<LiveLocal> live;
    std::vector<bool> is_listed(plan_.locals.size(), false);
    auto add = [&](ValueId id) {
      uint32_t local = plan_.value(id).local;
      if (is_listed[local]) return;
      is_listed[local] = true;
      live.push_back({local, graph().type(id)});
    };
    for (ValueId id : plan_.live_in[link.target.index]) {
      const auto& info = graph().value(id);
      bool is_argument =
          info.kind == flowgraph::ValueKind::kBlockArgument && info.block == link.target;
      if (!is_argument) add(id);
    }
    for (size_t i = 0; i < link.args.size(); ++i) {
      if (plan_.value(target.args[i + 1]).form != ValuePlan::Form::kLocal) continue;
      ForEachLeaf(plan_, link.args[i], add);
    }
    TypeId type = graph().type(target.args[0]);
    emitter_.PlaceHandler(handler.label, live, type);
    MakeCopies(CopiesOf(link, 1));
    if (plan_.value(target.args[0]).form == ValuePlan::Form::kLocal) {
      emitter_.Store(plan_.value(target.args[0]).local, type);
    } else {
      emitter_.Pop(type);
    }
    emitter_.Jump(link.target.index);
  }
}

// ---- Exits.

// What is raised and caught in the function itself is a jump.
void StackWriter::FollowRaised(const flowgraph::Exit& exit, const Link& link, BlockId next) {
  ValueId argument = graph().block(link.target).args[0];
  bool is_wanted = plan_.value(argument).form == ValuePlan::Form::kLocal;
  if (is_wanted) {
    Push(exit.value);
    if (graph().type(exit.value) != graph().type(argument)) {
      emitter_.Cast(graph().type(exit.value), graph().type(argument));
    }
  }
  MakeCopies(CopiesOf(link, 1));
  if (is_wanted) emitter_.Store(plan_.value(argument).local, graph().type(argument));
  if (link.target == next) return;
  emitter_.Jump(link.target.index);
}

void StackWriter::Exit(BlockId id, BlockId next) {
  const Block& block = graph().block(id);
  const flowgraph::Exit& exit = block.exit;
  if (exit.kind != ExitKind::kJump) emitter_.Line(exit.loc);
  switch (exit.kind) {
    case ExitKind::kJump:
      Follow(exit.links[0], next);
      return;
    case ExitKind::kBranch: {
      // Falls into the block that stands next, if one of the two does.
      int straight = exit.links[0].target == next ? 0 : 1;
      const Link& other = exit.links[1 - straight];
      bool falls = next.is_valid() && emitter_.TargetOf(exit.links[straight]) == next.index;
      if (falls && CopiesOf(exit.links[straight], 0).empty() && !CopiesOf(other, 0).empty()) {
        // Past the copies of the other link, which stand here instead of in a stub.
        PushCondition(exit.value, straight == 0, next.index);
        Follow(other, next);
        return;
      }
      PushCondition(exit.value, straight == 1, LabelOf(other));
      Follow(exit.links[straight], stubs_.empty() ? next : BlockId());
      return;
    }
    case ExitKind::kSwitch: {
      std::vector<Label> targets;
      targets.reserve(exit.links.size());
      Push(exit.value);
      for (const Link& link : exit.links) targets.push_back(LabelOf(link));
      emitter_.Switch(graph().type(exit.value), exit.cases, targets);
      WriteStubs();
      return;
    }
    case ExitKind::kReturn: {
      TypeId result = program_.types.Element(function_.type);
      if (exit.value.is_valid()) Push(exit.value);
      emitter_.Return(exit.value.is_valid() ? result : TypeTable::Void());
      return;
    }
    case ExitKind::kRaise:
      if (block.catches()) {
        FollowRaised(exit, block.on_exception, next);
        return;
      }
      Push(exit.value);
      emitter_.Raise(graph().type(exit.value));
      return;
    default:
      emitter_.Unreachable();
      return;
  }
}

}  // namespace weft::backend_common
