#ifndef WEFT_INTERPRETER_SPEC_LOX_FUNCTION_BUILDER_H_
#define WEFT_INTERPRETER_SPEC_LOX_FUNCTION_BUILDER_H_

#include "interpreter_spec/lox/function.h"
#include "interpreter_spec/lox/instruction.h"

// Puts one function together for the compiler: its code, constants, variables and jumps.
//
// Two things happen behind the compiler's back. First, *fusing*: where an instruction completes a
// frequent pair, the two become one (a comparison and the jump on its result, an addition and its
// constant). Nothing is fused across a place that a jump leads to.
//
// Second, *accounting*. How much a function may hold is part of Lox: 256 constants and jumps over
// 65,535 bytes, as the book's machine counts them. There each use of a global variable or a
// property takes a constant, and instructions are larger. The builder counts what the book's
// code would take, whatever ours does: every emitting function is told how many bytes that is.
namespace lox {

enum class FunctionKind : uint8_t { kScript, kFunction, kMethod, kInitializer };

struct Local {
  String* name;
  // How many blocks enclose it; kUninitialized until its initializer is compiled.
  int depth;
  bool is_captured;

  static constexpr int kUninitialized = -1;
};

// A place in the code, and how many bytes the book's code has up to there.
struct CodePosition {
  int word;
  int bytes;
};

// A piece of code that was taken out.
struct CodePiece {
  weft::List<uint32_t> code;
  weft::List<int> lines;
};

class FunctionBuilder final : public weft::Object {
 public:
  static constexpr int kMaxLocals = 256;
  static constexpr int kMaxUpvalues = 256;
  static constexpr int kMaxConstants = 256;
  static constexpr int kMaxJump = 65535;
  static constexpr int kNotFound = -1;

  FunctionBuilder(FunctionBuilder* enclosing, FunctionKind kind, String* name);

  FunctionBuilder* const enclosing;
  const FunctionKind kind;
  int arity;
  // The line that the instructions to come belong to.
  int line;

  // The finished function.
  Function* Finish();

  // --- Variables ---

  bool IsGlobalScope() const { return scope_depth_ == 0; }
  void BeginScope() { scope_depth_++; }
  // Ends the innermost block and takes its variables off the stack.
  void EndScope();

  // Makes a variable of what will be on top of the stack. Returns false if there are too many.
  bool AddLocal(String* name);
  // The last added variable can be used from here on.
  void MarkInitialized();
  // A parameter is on the stack without an instruction of this function.
  void CountParameter() { AdjustHeight(1); }
  bool IsDeclaredInScope(String* name) const;
  // The slot of the variable, or kNotFound.
  int FindLocal(String* name) const;
  bool IsInitialized(int slot) const { return locals_[slot].depth != Local::kUninitialized; }
  void MarkCaptured(int slot) { locals_[slot].is_captured = true; }
  // The number of a captured variable, which is added if it is new; kNotFound if there are too
  // many.
  int AddCapture(int index, bool is_local);

  // --- Constants ---

  // Accounts for one more constant. Returns false if there are too many.
  bool CountConstant();
  // The number of a new constant or property site. They are accounted for by the caller.
  int AddConstant(Value* value);
  int AddSite(String* name);

  // --- Instructions: `effect` is the change of the stack's height, `bytes` the book's size ---

  void Emit(Op op, int a, int effect, int bytes) { EmitWord(Encode(op, a, 0), effect, bytes); }
  void EmitWide(Op op, int c, int effect, int bytes) { EmitWord(EncodeWide(op, c), effect, bytes); }
  void EmitInvoke(Op op, int site, int arguments);
  void EmitGetLocal(int slot);
  void EmitGetProperty(int site);
  // An arithmetic operation, or `with_constant` where the right operand is a constant.
  void EmitArithmetic(Op op, Op with_constant);
  // Takes the value of an expression off the stack.
  void EmitPop();

  // --- Jumps ---

  // Emits a jump forward. It needs its target: Land().
  CodePosition EmitJump(Op op);
  // Emits a jump that takes the condition off the stack and jumps if that is false.
  CodePosition EmitConditionalJump();
  // Lets the jump lead here. Returns false if that is too far.
  bool Land(CodePosition jump);
  // Whether a jump from `jump` to here is not too far.
  bool IsInReach(CodePosition jump) const { return bytes_ - jump.bytes <= kMaxJump; }
  // A place that a loop can lead back to.
  CodePosition Here();
  // Accounts for a jump back to `target`. Returns false if that is too far.
  bool CountLoop(CodePosition target);
  // Emits a jump back, which is not accounted for.
  void EmitLoop(CodePosition target);
  // Accounts for what the book's code has here and ours has not.
  void CountBytes(int bytes) { bytes_ += bytes; }

  // Takes out the code from `start` on, to be put in at another place.
  CodePiece Cut(CodePosition start);
  void Paste(CodePiece piece);

 private:
  void EmitWord(uint32_t word, int effect, int bytes);
  // Puts another word in the place of the last one.
  void ReplaceLast(uint32_t word);
  // Whether the last `count` instructions may be fused with the next.
  bool CanFuse(int count) const { return code_.length() - count >= fence_; }
  // The last instruction; kReturn, which is never fused, if it has to stay as it is.
  Op FusibleOp() const { return CanFuse(1) ? OpOf(code_.last()) : Op::kReturn; }
  // Whether the word pushes a constant number.
  bool PushesNumber(uint32_t word) const;
  void AdjustHeight(int effect);

  String* const name_;
  int scope_depth_;
  const weft::List<Local> locals_;
  const weft::List<Capture> captures_;
  const weft::List<uint32_t> code_;
  const weft::List<int> lines_;
  const weft::List<Value*> constants_;
  const weft::List<PropertySite> sites_;
  int constant_count_;
  int bytes_;
  int height_;
  int max_height_;
  // Code in front of this word is never changed.
  int64_t fence_;
};

}  // namespace lox

#endif  // WEFT_INTERPRETER_SPEC_LOX_FUNCTION_BUILDER_H_
