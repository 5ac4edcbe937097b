#include "interpreter_spec/lox/function_builder.h"

namespace lox {
namespace {

using weft::isa;

// The slot that an assignment writes.
int TargetOf(uint64_t word) { return static_cast<int>(A(word)); }

// The jump that is taken if the instruction's result is false; kJumpIfFalse if there is none that
// does both.
Op JumpUnless(Op op) {
  switch (op) {
    case Op::kNot:
      return Op::kJumpIfTrue;
    case Op::kEqual:
      return Op::kJumpIfNotEqual;
    case Op::kNotEqual:
      return Op::kJumpIfEqual;
    case Op::kEqualConstant:
      return Op::kJumpIfNotEqualConstant;
    case Op::kNotEqualConstant:
      return Op::kJumpIfEqualConstant;
    case Op::kLess:
      return Op::kJumpIfNotLess;
    case Op::kNotLess:
      return Op::kJumpIfLess;
    case Op::kGreater:
      return Op::kJumpIfNotGreater;
    case Op::kNotGreater:
      return Op::kJumpIfGreater;
    default:
      return Op::kJumpIfFalse;
  }
}

// The same jump with a constant for its right operand, or itself.
Op JumpWithConstant(Op jump) {
  switch (jump) {
    case Op::kJumpIfLess:
      return Op::kJumpIfLessConstant;
    case Op::kJumpIfNotLess:
      return Op::kJumpIfNotLessConstant;
    case Op::kJumpIfGreater:
      return Op::kJumpIfGreaterConstant;
    case Op::kJumpIfNotGreater:
      return Op::kJumpIfNotGreaterConstant;
    default:
      return jump;
  }
}

// The same operation with a constant for its right operand, or itself.
Op WithConstant(Op op) {
  switch (op) {
    case Op::kEqual:
      return Op::kEqualConstant;
    case Op::kNotEqual:
      return Op::kNotEqualConstant;
    case Op::kAdd:
      return Op::kAddConstant;
    case Op::kSubtract:
      return Op::kSubtractConstant;
    case Op::kMultiply:
      return Op::kMultiplyConstant;
    case Op::kDivide:
      return Op::kDivideConstant;
    default:
      return op;
  }
}

}  // namespace

FunctionBuilder::FunctionBuilder(FunctionBuilder* enclosing, FunctionKind kind, String* name)
    : enclosing(enclosing),
      kind(kind),
      arity(0),
      line(1),
      name_(name),
      scope_depth_(0),
      waiting_(0),
      constant_count_(0),
      bytes_(0),
      max_height_(0),
      fence_(0) {
  // Slot 0 holds the object in methods and what is called, which has no name, elsewhere.
  bool has_this = kind == FunctionKind::kMethod || kind == FunctionKind::kInitializer;
  Push(Operand{Where::kSlot, 0});
  locals_.append(Local{has_this ? kThisName : nullptr, 0, false});
}

Function* FunctionBuilder::Finish() {
  return new Function(name_, arity, max_height_, code_.to_array(), lines_.to_array(),
                      constants_.to_array(), sites_.to_array(), captures_.to_array());
}

void FunctionBuilder::EndScope() {
  scope_depth_--;
  int lowest_captured = kNotFound;
  while (locals_.length() > 0 && locals_.last().depth > scope_depth_) {
    if (locals_.pop().is_captured) lowest_captured = Top();
    operands_.pop();
    CountBytes(1);
  }
  if (lowest_captured != kNotFound) EmitWord(Encode(Op::kCloseUpvalues, lowest_captured, 0, 0));
}

bool FunctionBuilder::AddLocal(String* name) {
  if (locals_.length() == kMaxLocals) return false;
  locals_.append(Local{name, Local::kUninitialized, false});
  return true;
}

void FunctionBuilder::MarkInitialized() {
  if (IsGlobalScope()) return;
  Settle(Top());
  locals_.last().depth = scope_depth_;
}

bool FunctionBuilder::IsDeclaredInScope(String* name) const {
  for (int64_t i = locals_.length() - 1; i >= 0; i--) {
    Local local = locals_[i];
    if (local.depth != Local::kUninitialized && local.depth < scope_depth_) return false;
    if (local.name == name) return true;
  }
  return false;
}

int FunctionBuilder::FindLocal(String* name) const {
  for (int i = static_cast<int>(locals_.length()) - 1; i >= 0; i--) {
    if (locals_[i].name == name) return i;
  }
  return kNotFound;
}

int FunctionBuilder::AddCapture(int index, bool is_local) {
  int count = static_cast<int>(captures_.length());
  for (int i = 0; i < count; i++) {
    if (captures_[i].index == index && captures_[i].is_local == is_local) return i;
  }
  if (count == kMaxUpvalues) return kNotFound;
  captures_.append(Capture{index, is_local});
  return count;
}

bool FunctionBuilder::CountConstant() {
  constant_count_++;
  return constant_count_ <= kMaxConstants;
}

// Once there are too many, the function never runs, and it does not matter which one is meant. nil,
// true and false are among them, but not counted.
int FunctionBuilder::AddConstant(Value* value) {
  if (constants_.length() == kMaxConstants + 3) return 0;
  constants_.append(value);
  return static_cast<int>(constants_.length()) - 1;
}

int FunctionBuilder::AddSite(String* name) {
  if (sites_.length() == kMaxConstants) return 0;
  sites_.append(PropertySite{name, PropertyAnswer(), PropertyAnswer()});
  return static_cast<int>(sites_.length()) - 1;
}

// --- Operands ---

void FunctionBuilder::Push(Operand operand) {
  operands_.append(operand);
  if (operand.where != Where::kSlot) waiting_++;
  if (Height() > max_height_) max_height_ = Height();
}

void FunctionBuilder::Drop() {
  if (operands_.pop().where != Where::kSlot) waiting_--;
}

int FunctionBuilder::SlotOf(int place) {
  if (operands_[place].where == Where::kConstant) Settle(place);
  return operands_[place].where == Where::kLocal ? operands_[place].number : place;
}

void FunctionBuilder::Settle(int place) {
  Operand operand = operands_[place];
  if (operand.where == Where::kSlot) return;
  operands_[place] = Operand{Where::kSlot, 0};
  waiting_--;
  if (operand.where == Where::kConstant) {
    EmitWord(Encode(Op::kConstant, place, operand.number, 0));
    return;
  }
  // Arguments are often variables that stand in a row.
  if (CanFuse(1) && OpOf(code_.last()) == Op::kMove && TargetOf(code_.last()) == place - 1) {
    code_.last() = Encode(Op::kMoveTwo, place - 1, B(code_.last()), operand.number);
  } else {
    EmitWord(Encode(Op::kMove, place, operand.number, 0));
  }
}

void FunctionBuilder::SettleAll() {
  for (int place = Top(); waiting_ > 0 && place >= 0; place--) {
    if (operands_[place].where != Where::kSlot) Settle(place);
  }
}

void FunctionBuilder::SettleReadersOf(int local) {
  if (waiting_ == 0) return;
  for (int place = Top(); place >= 0; place--) {
    if (operands_[place].where == Where::kLocal && operands_[place].number == local) Settle(place);
  }
}

void FunctionBuilder::PushConstant(int number) {
  Push(Operand{Where::kConstant, number});
  CountBytes(2);
}

void FunctionBuilder::PushLiteral(Value* value) {
  int number = 0;
  while (number < constants_.length() && constants_[number] != value) number++;
  if (number == constants_.length()) number = AddConstant(value);
  Push(Operand{Where::kConstant, number});
  CountBytes(1);
}

void FunctionBuilder::PushLocal(int slot) {
  Push(Operand{Where::kLocal, slot});
  CountBytes(2);
}

void FunctionBuilder::PushUpvalue(int number) {
  PushResult();
  EmitWord(Encode(Op::kGetUpvalue, Top(), number, 0));
  CountBytes(2);
}

void FunctionBuilder::PushGlobal(int number) {
  PushResult();
  EmitWord(EncodeWide(Op::kGetGlobal, Top(), number));
  CountBytes(2);
}

// --- Operations ---

bool FunctionBuilder::LastWritesTop() const {
  return CanFuse(1) && operands_.last().where == Where::kSlot && IsAssignment(OpOf(code_.last())) &&
         TargetOf(code_.last()) == Top();
}

void FunctionBuilder::EmitSetLocal(int slot) {
  CountBytes(2);
  Operand value = operands_.last();
  Drop();
  SettleReadersOf(slot);
  Push(value);
  if (LastWritesTop()) {
    uint64_t word = code_.last();
    code_.last() = Encode(OpOf(word), slot, B(word), C(word));
  } else if (value.where == Where::kConstant) {
    EmitWord(Encode(Op::kConstant, slot, value.number, 0));
  } else {
    EmitWord(Encode(Op::kMove, slot, SlotOf(Top()), 0));
  }
  Drop();
  Push(Operand{Where::kLocal, slot});
}

void FunctionBuilder::EmitSetUpvalue(int number) {
  EmitWord(Encode(Op::kSetUpvalue, SlotOf(Top()), number, 0));
  CountBytes(2);
}

void FunctionBuilder::EmitSetGlobal(int number) {
  EmitWord(EncodeWide(Op::kSetGlobal, SlotOf(Top()), number));
  CountBytes(2);
}

void FunctionBuilder::EmitDefineGlobal(int number) {
  EmitWord(EncodeWide(Op::kDefineGlobal, SlotOf(Top()), number));
  Drop();
  CountBytes(2);
}

void FunctionBuilder::EmitGetProperty(int site) {
  int object = SlotOf(Top());
  Drop();
  PushResult();
  EmitWord(Encode(Op::kGetProperty, Top(), object, site));
  CountBytes(2);
}

// The value stays in its slot, which is above the stack then. It moves down, unless it is waiting
// or taken off at once.
void FunctionBuilder::EmitSetProperty(int site) {
  int value = SlotOf(Top());
  EmitWord(Encode(Op::kSetProperty, site, SlotOf(Top() - 1), value));
  Operand result = operands_.last();
  Drop();
  Drop();
  if (result.where == Where::kSlot) {
    PushResult();
    EmitWord(Encode(Op::kMove, Top(), value, 0));
  } else {
    Push(result);
  }
  CountBytes(2);
}

void FunctionBuilder::EmitGetSuper(int site) {
  Settle(Top() - 1);
  EmitWord(Encode(Op::kGetSuper, Top() - 1, site, SlotOf(Top())));
  Drop();
  CountBytes(2);
}

void FunctionBuilder::EmitUnary(Op op) {
  int operand = SlotOf(Top());
  Drop();
  PushResult();
  EmitWord(Encode(op, Top(), operand, 0));
  CountBytes(1);
}

void FunctionBuilder::EmitBinary(Op op, int bytes) {
  CountBytes(bytes);
  Operand operand = operands_.last();
  Op with_constant = WithConstant(op);
  bool is_equality = op == Op::kEqual || op == Op::kNotEqual;
  bool takes_constant = operand.where == Where::kConstant && with_constant != op &&
                        (is_equality || isa<Number>(constants_[operand.number]));
  int left = SlotOf(Top() - 1);
  int right = takes_constant ? operand.number : SlotOf(Top());
  Drop();
  Drop();
  PushResult();
  EmitWord(Encode(takes_constant ? with_constant : op, Top(), left, right));
}

void FunctionBuilder::EmitPop() {
  if (LastWritesTop() && OpOf(code_.last()) == Op::kMove) {
    code_.pop();
    lines_.pop();
  }
  Drop();
  CountBytes(1);
}

void FunctionBuilder::EmitPrint() {
  EmitWord(Encode(Op::kPrint, SlotOf(Top()), 0, 0));
  Drop();
  CountBytes(1);
}

// What is called may change every variable that it has captured, so nothing waits during a call.
void FunctionBuilder::EmitCall(int arguments) {
  SettleAll();
  EmitWord(Encode(Op::kCall, Top() - arguments, 0, arguments));
  for (int i = 0; i < arguments; i++) Drop();
  CountBytes(2);
}

void FunctionBuilder::EmitInvoke(Op op, int site, int arguments) {
  SettleAll();
  if (op == Op::kInvokeSuper) Drop();
  EmitWord(Encode(op, Top() - arguments, site, arguments));
  for (int i = 0; i < arguments; i++) Drop();
  CountBytes(3);
}

void FunctionBuilder::EmitReturn() {
  EmitWord(Encode(Op::kReturn, SlotOf(Top()), 0, 0));
  Drop();
  CountBytes(1);
}

void FunctionBuilder::EmitClosure(int number, int captures) {
  PushResult();
  EmitWord(Encode(Op::kClosure, Top(), number, 0));
  CountBytes(2 + 2 * captures);
}

void FunctionBuilder::EmitClass(int name) {
  PushResult();
  EmitWord(Encode(Op::kClass, Top(), name, 0));
  CountBytes(2);
}

void FunctionBuilder::EmitInherit() {
  EmitWord(Encode(Op::kInherit, 0, SlotOf(Top() - 1), SlotOf(Top())));
  Drop();
  CountBytes(1);
}

void FunctionBuilder::EmitMethod(int name) {
  EmitWord(Encode(Op::kMethod, name, SlotOf(Top() - 1), SlotOf(Top())));
  Drop();
  CountBytes(2);
}

// --- Jumps ---

CodePosition FunctionBuilder::EmitJump() {
  EmitWord(EncodeWide(Op::kJump, 0, 0));
  CountBytes(3);
  return CodePosition{static_cast<int>(code_.length()), bytes_};
}

CodePosition FunctionBuilder::EmitShortCircuit(Op op) {
  SettleAll();
  EmitWord(Encode(op, 0, Top(), 0));
  CountBytes(3);
  return CodePosition{static_cast<int>(code_.length()), bytes_};
}

CodePosition FunctionBuilder::EmitConditionalJump() {
  Op jump = LastWritesTop() ? JumpUnless(OpOf(code_.last())) : Op::kJumpIfFalse;
  if (jump == Op::kJumpIfFalse) {
    EmitWord(Encode(jump, 0, SlotOf(Top()), 0));
  } else {
    // The line stays that of the comparison, where an error belongs.
    uint64_t word = code_.last();
    code_.last() = Encode(jump, 0, B(word), C(word));
    // A number that had to wait in a slot for the comparison need not do so for the jump.
    Op with_constant = JumpWithConstant(jump);
    uint64_t before = CanFuse(2) ? code_[code_.length() - 2] : word;
    if (with_constant != jump && OpOf(before) == Op::kConstant && A(before) == C(word) &&
        TargetOf(before) == Top() + 1 && isa<Number>(constants_[B(before)])) {
      int line_of_comparison = lines_.pop();
      code_.pop();
      code_.last() = Encode(with_constant, 0, B(word), B(before));
      lines_.last() = line_of_comparison;
    }
  }
  Drop();
  CountBytes(3);
  return CodePosition{static_cast<int>(code_.length()), bytes_};
}

bool FunctionBuilder::Land(CodePosition jump) {
  SettleAll();
  fence_ = code_.length();
  if (!IsInReach(jump)) return false;
  int distance = static_cast<int>(code_.length()) - jump.word;
  uint64_t& word = code_[jump.word - 1];
  word = OpOf(word) == Op::kJump ? EncodeWide(Op::kJump, 0, distance)
                                 : Encode(OpOf(word), distance, B(word), C(word));
  return true;
}

CodePosition FunctionBuilder::Here() {
  fence_ = code_.length();
  return CodePosition{static_cast<int>(code_.length()), bytes_};
}

bool FunctionBuilder::CountLoop(CodePosition target) {
  CountBytes(3);
  return IsInReach(target);
}

void FunctionBuilder::EmitLoop(CodePosition target) {
  EmitWord(EncodeWide(Op::kLoop, 0, static_cast<int>(code_.length()) + 1 - target.word));
}

CodePiece FunctionBuilder::Cut(CodePosition start) {
  CodePiece piece{code_.slice(start.word, code_.length()),
                  lines_.slice(start.word, lines_.length())};
  code_.resize(start.word);
  lines_.resize(start.word);
  fence_ = start.word;
  return piece;
}

void FunctionBuilder::Paste(CodePiece piece) {
  code_.extend(piece.code);
  lines_.extend(piece.lines);
  fence_ = code_.length();
}

void FunctionBuilder::EmitWord(uint64_t word) {
  code_.append(word);
  lines_.append(line);
}

}  // namespace lox
