#ifndef WEFT_INTERPRETER_SPEC_LOX_FUNCTION_BUILDER_H_
#define WEFT_INTERPRETER_SPEC_LOX_FUNCTION_BUILDER_H_

#include "interpreter_spec/lox/function.h"
#include "interpreter_spec/lox/instruction.h"

// Puts one function together for the compiler: its code, constants, variables and jumps.
//
// For the compiler this is a stack machine: it pushes operands, and emits operations that take what
// is on top and leave a result there. Three things happen behind its back.
//
// First, *waiting*. A constant or a local variable that is pushed takes a slot and no instruction.
// The operation that uses it names the constant or the variable; only what cannot (a call wants its
// arguments in a row), or what comes too late (the variable is about to change), has it put into
// its slot.
//
// Second, *fusing*: a comparison and the jump on its result become one instruction, and the result
// of an operation goes straight to the variable that it is assigned to. Nothing is fused across a
// place that a jump leads to.
//
// Third, *accounting*. How much a function may hold is part of Lox: 256 constants and jumps over
// 65,535 bytes, as the book's machine counts them. There each use of a global variable or a
// property takes a constant, and instructions are larger. The builder counts what the book's
// code would take, whatever ours does.
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
  weft::List<uint64_t> code;
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
  void PushParameter() { Push(Operand{Where::kSlot, 0}); }
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

  // --- Operands and operations ---

  // A constant by its number.
  void PushConstant(int number);
  // nil, true or false.
  void PushLiteral(Value* value);
  void PushLocal(int slot);
  void PushUpvalue(int number);
  void PushGlobal(int number);
  // An assignment leaves the value on top of the stack.
  void EmitSetLocal(int slot);
  void EmitSetUpvalue(int number);
  void EmitSetGlobal(int number);
  void EmitDefineGlobal(int number);
  void EmitGetProperty(int site);
  void EmitSetProperty(int site);
  void EmitGetSuper(int site);

  // kNot and kNegate.
  void EmitUnary(Op op);
  // A comparison or an arithmetic operation that takes its operands from slots. The book's code for
  // it has so many bytes.
  void EmitBinary(Op op, int bytes);
  void EmitPop();
  void EmitPrint();

  void EmitCall(int arguments);
  // kInvoke and kInvokeSuper.
  void EmitInvoke(Op op, int site, int arguments);
  void EmitReturn();

  void EmitClosure(int number, int captures);
  void EmitClass(int name);
  void EmitInherit();
  void EmitMethod(int name);

  // --- Jumps ---

  // Emits a jump forward. It needs its target: Land().
  CodePosition EmitJump();
  // Emits a jump for `and` or `or`: one that is taken if the value on top of the stack is false
  // (kJumpIfFalse) or true, and leaves the value there.
  CodePosition EmitShortCircuit(Op op);
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
  // Where the value is that the compiler believes on the stack.
  enum class Where : uint8_t {
    // In its slot.
    kSlot,
    // It waits: in a local variable, or among the constants.
    kLocal,
    kConstant,
  };
  struct Operand {
    Where where;
    // The variable's slot, or the constant's number.
    int number;
  };

  int Height() const { return static_cast<int>(operands_.length()); }
  int Top() const { return Height() - 1; }
  void Push(Operand operand);
  void Drop();
  // The operand comes from an instruction that has just been emitted.
  void PushResult() { Push(Operand{Where::kSlot, 0}); }
  // The slot where the operand with this place on the stack can be read.
  int SlotOf(int place);
  // Puts what waits into its slot.
  void Settle(int place);
  void SettleAll();
  // The same for what waits in this variable.
  void SettleReadersOf(int local);

  void EmitWord(uint64_t word);
  // Whether the last `count` instructions may be fused with the next.
  bool CanFuse(int count) const { return code_.length() - count >= fence_; }
  // Whether the last instruction does nothing but write the value on top of the stack.
  bool LastWritesTop() const;

  String* const name_;
  int scope_depth_;
  const weft::List<Local> locals_;
  const weft::List<Capture> captures_;
  const weft::List<uint64_t> code_;
  const weft::List<int> lines_;
  const weft::List<Value*> constants_;
  const weft::List<PropertySite> sites_;
  const weft::List<Operand> operands_;
  // How many operands wait.
  int waiting_;
  int constant_count_;
  int bytes_;
  int max_height_;
  // Code in front of this word is never changed.
  int64_t fence_;
};

}  // namespace lox

#endif  // WEFT_INTERPRETER_SPEC_LOX_FUNCTION_BUILDER_H_
