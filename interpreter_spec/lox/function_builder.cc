#include "interpreter_spec/lox/function_builder.h"

namespace lox {
namespace {

// What an instruction becomes when its value is taken off the stack at once, or itself.
Op WithPop(Op op) {
  switch (op) {
    case Op::kSetLocal:
      return Op::kStoreLocal;
    case Op::kSetGlobal:
      return Op::kStoreGlobal;
    case Op::kSetProperty:
      return Op::kStoreProperty;
    default:
      return op;
  }
}

// The jump that is taken if the instruction's result is false; kPopJumpIfFalse if there is none
// that does both.
Op JumpIfFalse(Op op) {
  switch (op) {
    case Op::kNot:
      return Op::kPopJumpIfTrue;
    case Op::kEqual:
      return Op::kJumpIfNotEqual;
    case Op::kNotEqual:
      return Op::kJumpIfEqual;
    case Op::kLess:
      return Op::kJumpIfNotLess;
    case Op::kNotLess:
      return Op::kJumpIfLess;
    case Op::kGreater:
      return Op::kJumpIfNotGreater;
    case Op::kNotGreater:
      return Op::kJumpIfGreater;
    default:
      return Op::kPopJumpIfFalse;
  }
}

// The same jump with a constant for its right operand, or itself.
Op WithConstant(Op jump) {
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

// Whether the operand of a jump is `c` rather than `b`.
bool IsWideJump(Op op) {
  return op == Op::kJump || op == Op::kJumpIfFalse || op == Op::kJumpIfTrue;
}

}  // namespace

FunctionBuilder::FunctionBuilder(FunctionBuilder* enclosing, FunctionKind kind, String* name)
    : enclosing(enclosing),
      kind(kind),
      arity(0),
      line(1),
      name_(name),
      scope_depth_(0),
      constant_count_(0),
      bytes_(0),
      height_(1),
      max_height_(1),
      fence_(0) {
  // Slot 0 holds the object in methods and what is called, which has no name, elsewhere.
  bool has_this = kind == FunctionKind::kMethod || kind == FunctionKind::kInitializer;
  locals_.append(Local{has_this ? kThisName : nullptr, 0, false});
}

Function* FunctionBuilder::Finish() {
  Function* function = new Function();
  function->name = name_;
  function->arity = arity;
  function->frame_size = max_height_;
  function->code = code_.to_array();
  function->lines = lines_.to_array();
  function->constants = constants_.to_array();
  function->sites = sites_.to_array();
  function->captures = captures_.to_array();
  return function;
}

void FunctionBuilder::EndScope() {
  scope_depth_--;
  while (locals_.length() > 0 && locals_.last().depth > scope_depth_) {
    if (locals_.pop().is_captured) {
      Emit(Op::kCloseUpvalue, 0, -1, 1);
    } else if (FusibleOp() == Op::kPop && A(code_.last()) < kMaxA) {
      ReplaceLast(Encode(Op::kPop, A(code_.last()) + 1, 0));
      AdjustHeight(-1);
      CountBytes(1);
    } else {
      Emit(Op::kPop, 1, -1, 1);
    }
  }
}

bool FunctionBuilder::AddLocal(String* name) {
  if (locals_.length() == kMaxLocals) return false;
  locals_.append(Local{name, Local::kUninitialized, false});
  return true;
}

void FunctionBuilder::MarkInitialized() {
  if (!IsGlobalScope()) locals_.last().depth = scope_depth_;
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

// Once there are too many, the function never runs, and it does not matter which one is meant.
int FunctionBuilder::AddConstant(Value* value) {
  if (constants_.length() == kMaxConstants) return 0;
  constants_.append(value);
  return static_cast<int>(constants_.length()) - 1;
}

int FunctionBuilder::AddSite(String* name) {
  if (sites_.length() == kMaxConstants) return 0;
  sites_.append(PropertySite{name, PropertyAnswer(), PropertyAnswer()});
  return static_cast<int>(sites_.length()) - 1;
}

void FunctionBuilder::EmitInvoke(Op op, int site, int arguments) {
  int effect = op == Op::kInvokeSuper ? -1 - arguments : -arguments;
  EmitWord(Encode(op, site, arguments), effect, 3);
}

void FunctionBuilder::EmitGetLocal(int slot) {
  if (FusibleOp() == Op::kGetLocal) {
    ReplaceLast(Encode(Op::kGetTwoLocals, A(code_.last()), slot));
    AdjustHeight(1);
    CountBytes(2);
  } else {
    Emit(Op::kGetLocal, slot, 1, 2);
  }
}

void FunctionBuilder::EmitGetProperty(int site) {
  if (FusibleOp() == Op::kGetLocal) {
    ReplaceLast(Encode(Op::kGetLocalProperty, site, A(code_.last())));
    CountBytes(2);
  } else if (FusibleOp() == Op::kGetTwoLocals) {
    int object = B(code_.last());
    ReplaceLast(Encode(Op::kGetLocal, A(code_.last()), 0));
    EmitWord(Encode(Op::kGetLocalProperty, site, object), 0, 2);
  } else {
    Emit(Op::kGetProperty, site, 0, 2);
  }
}

void FunctionBuilder::EmitArithmetic(Op op, Op with_constant) {
  if (CanFuse(1) && PushesNumber(code_.last())) {
    ReplaceLast(Encode(with_constant, A(code_.last()), 0));
    AdjustHeight(-1);
    CountBytes(1);
  } else {
    Emit(op, 0, -1, 1);
  }
}

void FunctionBuilder::EmitPop() {
  Op op = FusibleOp();
  Op fused = WithPop(op);
  if (fused != op) {
    code_.last() = (code_.last() & ~static_cast<uint32_t>(0xff)) | static_cast<uint32_t>(fused);
    AdjustHeight(-1);
    CountBytes(1);
  } else {
    Emit(Op::kPop, 1, -1, 1);
  }
}

CodePosition FunctionBuilder::EmitJump(Op op) {
  EmitWord(EncodeWide(op, 0), 0, 3);
  return CodePosition{static_cast<int>(code_.length()), bytes_};
}

CodePosition FunctionBuilder::EmitConditionalJump() {
  Op jump = JumpIfFalse(FusibleOp());
  if (jump == Op::kPopJumpIfFalse) {
    EmitWord(Encode(jump, 0, 0), -1, 3);
  } else {
    // The line stays that of the comparison, where an error belongs.
    code_.last() = Encode(jump, 0, 0);
    AdjustHeight(-1);
    CountBytes(3);
    if (CanFuse(2) && WithConstant(jump) != jump && PushesNumber(code_[code_.length() - 2])) {
      int comparison_line = lines_.pop();
      code_.pop();
      ReplaceLast(Encode(WithConstant(jump), A(code_.last()), 0));
      lines_.last() = comparison_line;
    }
  }
  return CodePosition{static_cast<int>(code_.length()), bytes_};
}

bool FunctionBuilder::Land(CodePosition jump) {
  fence_ = code_.length();
  if (!IsInReach(jump)) return false;
  uint32_t distance = static_cast<uint32_t>(code_.length() - jump.word);
  uint32_t& word = code_[jump.word - 1];
  word |= distance << (IsWideJump(OpOf(word)) ? 8 : 16);
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
  int distance = static_cast<int>(code_.length()) + 1 - target.word;
  EmitWord(EncodeWide(Op::kLoop, distance), 0, 0);
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

void FunctionBuilder::EmitWord(uint32_t word, int effect, int bytes) {
  code_.append(word);
  lines_.append(line);
  AdjustHeight(effect);
  CountBytes(bytes);
}

void FunctionBuilder::ReplaceLast(uint32_t word) {
  code_.last() = word;
  lines_.last() = line;
}

bool FunctionBuilder::PushesNumber(uint32_t word) const {
  return OpOf(word) == Op::kConstant && weft::isa<Number>(constants_[A(word)]);
}

void FunctionBuilder::AdjustHeight(int effect) {
  height_ += effect;
  if (height_ > max_height_) max_height_ = height_;
}

}  // namespace lox
