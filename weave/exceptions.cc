#include "weave/exceptions.h"

#include <utility>
#include <vector>

#include "common/check.h"
#include "weave/call_effects.h"

namespace weft::weave {

using flowgraph::Block;
using flowgraph::ExitKind;
using flowgraph::FunctionInfo;
using flowgraph::Graph;
using flowgraph::Link;
using flowgraph::Opcode;
using flowgraph::Operation;
using flowgraph::Program;
using flowgraph::Stage;
using flowgraph::ValueKind;
using flowgraph::ValueList;

namespace {

class FunctionWeaver {
 public:
  FunctionWeaver(Program& program, const CallEffects& effects, FunctionInfo& function)
      : program_(program), effects_(effects), function_(function), graph_(function.graph) {}

  void Run() {
    size_t count = graph_.blocks().size();
    for (size_t b = 0; b < count; ++b) WeaveBlock(BlockId(b));
    graph_.RenumberArguments();
  }

 private:
  void WeaveBlock(BlockId id);
  void WeaveAllocation(const Operation& op, const Link& handler);
  void WeaveExit(flowgraph::Exit exit, const Link& handler);

  // Ends the current block: to a new block when the condition does not hold, which becomes the
  // current one, and to the exceptional path when it does.
  void Test(ValueId condition, SourceLoc loc, const Link& handler, bool note) {
    BlockId raised = MakeRaised(loc, handler, note);
    BlockId next = NewBlock(is_cold_);
    SetBranch(condition, Link{raised, {}}, Link{next, {}}, loc);
    current_ = next;
  }

  // The block where an exception is pending.
  BlockId MakeRaised(SourceLoc loc, const Link& handler, bool note);
  void JumpToHandler(BlockId from, ValueId exception, const Link& handler, SourceLoc loc);
  void ReturnZero(BlockId from, SourceLoc loc);
  ValueId ZeroOf(BlockId block, TypeId type, SourceLoc loc);

  BlockId NewBlock(bool is_cold) {
    BlockId id = graph_.AddBlock();
    graph_.block(id).is_cold = is_cold;
    return id;
  }
  void Jump(BlockId from, Link link, SourceLoc loc) {
    flowgraph::Exit& exit = graph_.block(from).exit;
    exit = {};
    exit.kind = ExitKind::kJump;
    exit.links.push_back(std::move(link));
    exit.loc = loc;
  }
  void SetBranch(ValueId condition, Link yes, Link no, SourceLoc loc) {
    flowgraph::Exit& exit = graph_.block(current_).exit;
    exit = {};
    exit.kind = ExitKind::kBranch;
    exit.value = condition;
    exit.links.push_back(std::move(yes));
    exit.links.push_back(std::move(no));
    exit.loc = loc;
  }
  ValueId Emit(Opcode opcode, TypeId type, ValueList args, SourceLoc loc,
               uint32_t imm = TypedId<void>::kNone, uint32_t imm2 = TypedId<void>::kNone) {
    return graph_.Append(current_, opcode, type, std::move(args), imm, imm2, loc);
  }
  ValueId EmitIsNull(ValueId pointer, SourceLoc loc) {
    return Emit(Opcode::kEq, TypeTable::Bool(), {pointer, graph_.Zero(graph_.type(pointer))}, loc);
  }
  // Whether the place belongs into a traceback: the call of a part of this very function does not.
  bool IsNoted(const Operation& op) const {
    return op.opcode != Opcode::kCall || !program_.function(FunctionId(op.imm)).part_of.is_valid();
  }
  bool NeverReturns(const Operation& op) const {
    if (op.opcode == Opcode::kCall) return program_.function(FunctionId(op.imm)).is_noreturn;
    if (op.opcode == Opcode::kCallExternal) {
      return program_.external(ExternalId(op.imm)).is_noreturn;
    }
    return false;
  }

  Program& program_;
  const CallEffects& effects_;
  FunctionInfo& function_;
  Graph& graph_;
  BlockId current_;
  bool is_cold_ = false;
};

void FunctionWeaver::WeaveBlock(BlockId id) {
  current_ = id;
  std::vector<Operation> ops = std::move(graph_.block(id).ops);
  flowgraph::Exit exit = std::move(graph_.block(id).exit);
  Link caught = std::move(graph_.block(id).on_exception);
  graph_.block(id).ops.clear();
  graph_.block(id).exit = {};
  graph_.block(id).on_exception = {};
  is_cold_ = graph_.block(id).is_cold;

  for (size_t i = 0; i < ops.size(); ++i) {
    Operation& op = ops[i];
    // Only the last operation's exceptions are caught here.
    bool is_last = i + 1 == ops.size();
    const Link& handler = is_last ? caught : Link{};
    switch (op.opcode) {
      case Opcode::kMalloc:
      case Opcode::kMallocItems:
      case Opcode::kWeakRefMake:
        WeaveAllocation(op, handler);
        continue;
      case Opcode::kStackCheck:
        Test(Emit(Opcode::kStackUsedUp, TypeTable::Bool(), {}, op.loc), op.loc, handler,
             /*note=*/false);
        continue;
      default:
        break;
    }
    SourceLoc loc = op.loc;
    bool may_raise = effects_.MayRaise(graph_, op);
    bool never_returns = NeverReturns(op);
    bool is_noted = IsNoted(op);
    graph_.block(current_).ops.push_back(std::move(op));
    if (!may_raise) continue;
    if (never_returns || (is_last && exit.kind == ExitKind::kUnreachable)) {
      Jump(current_, Link{MakeRaised(loc, handler, is_noted), {}}, loc);
      return;
    }
    Test(Emit(Opcode::kExceptionOccurred, TypeTable::Bool(), {}, loc), loc, handler, is_noted);
  }
  WeaveExit(std::move(exit), caught);
}

void FunctionWeaver::WeaveAllocation(const Operation& op, const Link& handler) {
  const ContainerId container(op.imm);
  const lltype::Container& layout = program_.containers.Get(container);
  const TypeId type = program_.types.Ptr(container);
  const bool has_items = op.opcode == Opcode::kMallocItems;
  ValueList length;
  if (has_items) length.push_back(op.args[0]);

  // The result becomes the argument of the block where both paths meet.
  BlockId next = NewBlock(is_cold_);
  ValueId object;
  if (graph_.type(op.result) == type) {
    object = op.result;
    flowgraph::ValueInfo& info = graph_.value(object);
    info.kind = ValueKind::kBlockArgument;
    info.block = next;
    info.position = 0;
    graph_.block(next).args.push_back(object);
  } else {
    object = graph_.AddArgument(next, type);
  }

  // An object with a finalizer is entered in a list, which is no matter of a few instructions.
  if (!layout.has_finalizer) {
    ValueId at_hand = Emit(has_items ? Opcode::kMallocItemsTry : Opcode::kMallocTry, type, length,
                           op.loc, container.index);
    BlockId slow = NewBlock(/*is_cold=*/true);
    SetBranch(EmitIsNull(at_hand, op.loc), Link{slow, {}}, Link{next, {at_hand}}, op.loc);
    current_ = slow;
  }
  ValueId allocated = Emit(has_items ? Opcode::kMallocItemsSlow : Opcode::kMallocSlow, type, length,
                           op.loc, container.index);
  BlockId raised = MakeRaised(op.loc, handler, /*note=*/true);
  SetBranch(EmitIsNull(allocated, op.loc), Link{raised, {}}, Link{next, {allocated}}, op.loc);
  current_ = next;

  if (op.opcode == Opcode::kWeakRefMake) {
    WEFT_CHECK(!layout.fields.empty(), "a weak reference without a field for its target");
    ValueId target = op.args[0];
    TypeId field_type = layout.fields[0].type;
    if (graph_.type(target) != field_type) {
      target = Emit(Opcode::kCastPtr, field_type, {target}, op.loc);
    }
    Emit(Opcode::kSetField, TypeTable::Void(), {object, target}, op.loc, container.index, 0);
  }
  if (object != op.result) {
    Operation cast;
    cast.opcode = Opcode::kCastPtr;
    cast.loc = op.loc;
    cast.result = op.result;
    cast.args.push_back(object);
    graph_.block(current_).ops.push_back(std::move(cast));
  }
}

void FunctionWeaver::WeaveExit(flowgraph::Exit exit, const Link& handler) {
  if (exit.kind != ExitKind::kRaise) {
    graph_.block(current_).exit = std::move(exit);
    return;
  }
  if (handler.target.is_valid()) {
    JumpToHandler(current_, exit.value, handler, exit.loc);
    return;
  }
  if (current_ != Graph::Entry()) graph_.block(current_).is_cold = true;
  Emit(Opcode::kExceptionSet, TypeTable::Void(), {exit.value}, exit.loc);
  ReturnZero(current_, exit.loc);
}

BlockId FunctionWeaver::MakeRaised(SourceLoc loc, const Link& handler, bool note) {
  BlockId raised = NewBlock(/*is_cold=*/true);
  if (note)
    graph_.Append(raised, Opcode::kTracebackAdd, TypeTable::Void(), {}, TypedId<void>::kNone,
                  TypedId<void>::kNone, loc);
  if (!handler.target.is_valid()) {
    ReturnZero(raised, loc);
    return raised;
  }
  TypeId type = graph_.type(graph_.block(handler.target).args[0]);
  ValueId exception = graph_.Append(raised, Opcode::kExceptionTake, type, {}, TypedId<void>::kNone,
                                    TypedId<void>::kNone, loc);
  JumpToHandler(raised, exception, handler, loc);
  return raised;
}

void FunctionWeaver::JumpToHandler(BlockId from, ValueId exception, const Link& handler,
                                   SourceLoc loc) {
  TypeId type = graph_.type(graph_.block(handler.target).args[0]);
  if (graph_.type(exception) != type) {
    exception = graph_.Append(from, Opcode::kCastPtr, type, {exception}, TypedId<void>::kNone,
                              TypedId<void>::kNone, loc);
  }
  Link link{handler.target, {exception}};
  link.args.insert(link.args.end(), handler.args.begin(), handler.args.end());
  Jump(from, std::move(link), loc);
}

void FunctionWeaver::ReturnZero(BlockId from, SourceLoc loc) {
  TypeId type = program_.types.Element(function_.type);
  ValueId value;
  if (type.is_valid() && type != TypeTable::Void()) value = ZeroOf(from, type, loc);
  flowgraph::Exit& exit = graph_.block(from).exit;
  exit = {};
  exit.kind = ExitKind::kReturn;
  exit.value = value;
  exit.loc = loc;
}

ValueId FunctionWeaver::ZeroOf(BlockId block, TypeId type, SourceLoc loc) {
  TypeKind kind = program_.types.Kind(type);
  if (IsInt(kind)) return graph_.Int(type, 0);
  if (IsFloat(kind)) return graph_.Float(type, 0.0);
  if (kind != TypeKind::kTuple) return graph_.Zero(type);
  ValueList elements;
  for (TypeId element : program_.types.List(type)) {
    elements.push_back(ZeroOf(block, element, loc));
  }
  return graph_.Append(block, Opcode::kTupleMake, type, std::move(elements), TypedId<void>::kNone,
                       TypedId<void>::kNone, loc);
}

}  // namespace

bool WeaveExceptions(Program& program) {
  WEFT_CHECK(program.stage == Stage::kRtyped, "exceptions are woven into rtyped programs");
  WEFT_CHECK(program.type_system == flowgraph::TypeSystem::kLltype, "hosts have exceptions");
  CallEffects effects(program);
  for (auto& function : program.functions) {
    if (!function->graph.empty()) FunctionWeaver(program, effects, *function).Run();
  }
  program.stage = Stage::kWoven;
  return true;
}

flowgraph::Pass ExceptionsPass() {
  return {.name = "exceptions",
          .doc = "makes tests of exceptions, and splits allocations into a fast and a slow path",
          .run_function = nullptr,
          .run_program = WeaveExceptions};
}

}  // namespace weft::weave
