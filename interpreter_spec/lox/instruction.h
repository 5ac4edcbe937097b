#ifndef WEFT_INTERPRETER_SPEC_LOX_INSTRUCTION_H_
#define WEFT_INTERPRETER_SPEC_LOX_INSTRUCTION_H_

#include "dsl/weft.h"

// The code that the compiler makes and the machine runs. An instruction is a word of 64 bits,
//
//     | c: 16 bits | b: 16 bits | a: 16 bits | unused: 8 bits | operation: 8 bits |
//
// where `b` and `c` together can hold one operand of 32 bits, `wide`.
//
// Values are in the slots of the running function's frame: first what was called and its arguments,
// then local variables and the temporary values of expressions, which the compiler numbers like a
// stack. An instruction names the slots that it reads and writes, so a local variable is an operand
// where it stands, and nothing has to know how high the stack is.
namespace lox {

enum class Op : uint8_t {
  // --- Those that do nothing but write a value to slot `a` ---

  // Constant `b`.
  kConstant,
  // Slot `b`.
  kMove,
  // Captured variable `b`.
  kGetUpvalue,
  // Global variable `wide`.
  kGetGlobal,
  // What the object in slot `b` has at property site `c`.
  kGetProperty,

  // A bool: slots `b` and `c` compared. `>=` is "not less" and not "greater or equal": they differ
  // when a number is NaN.
  kEqual,
  kNotEqual,
  kLess,
  kNotLess,
  kGreater,
  kNotGreater,
  // The same of slot `b` and constant `c`.
  kEqualConstant,
  kNotEqualConstant,
  // A number, or for kAdd a string, of slots `b` and `c`.
  kAdd,
  kSubtract,
  kMultiply,
  kDivide,
  // The same of slot `b` and constant `c`, a number.
  kAddConstant,
  kSubtractConstant,
  kMultiplyConstant,
  kDivideConstant,
  // Of slot `b`.
  kNot,
  kNegate,

  // A closure of the function that is constant `b`.
  kClosure,
  // A class with the name that is constant `b`.
  kClass,

  // --- The others ---

  // Slots `b` and `c` go to slots `a` and `a` + 1.
  kMoveTwo,
  // Slot `a` goes to captured variable `b`.
  kSetUpvalue,
  // Slot `a` goes to global variable `wide`, and so on.
  kSetGlobal,
  // Makes the variable if there is none.
  kDefineGlobal,
  // Slot `c` goes to what the object in slot `b` has at property site `a`.
  kSetProperty,
  // The object in slot `a` becomes its method at property site `b` in the class in slot `c`.
  kGetSuper,
  // Slot `a`.
  kPrint,

  // Forward by `wide` words, backward by `wide` words.
  kJump,
  kLoop,
  // Forward by `a` words, and so on for all that follow: if slot `b` is false, or true.
  kJumpIfFalse,
  kJumpIfTrue,
  // If slots `b` and `c` compare so.
  kJumpIfEqual,
  kJumpIfNotEqual,
  kJumpIfLess,
  kJumpIfNotLess,
  kJumpIfGreater,
  kJumpIfNotGreater,
  // If slot `b` and constant `c` do; for all but the first two it is a number.
  kJumpIfEqualConstant,
  kJumpIfNotEqualConstant,
  kJumpIfLessConstant,
  kJumpIfNotLessConstant,
  kJumpIfGreaterConstant,
  kJumpIfNotGreaterConstant,

  // Calls what is in slot `a` with the `c` arguments in the slots behind it. The result takes the
  // place of slot `a`, and so on for the next two.
  kCall,
  // Calls the method at property site `b` of the object in slot `a`.
  kInvoke,
  // The same in the class that stands behind the arguments.
  kInvokeSuper,
  // Slot `a` is the result, and the frame is gone.
  kReturn,

  // Closures that captured slot `a` or one above keep the value.
  kCloseUpvalues,
  // The class in slot `c` inherits from the one in slot `b`.
  kInherit,
  // The class in slot `b` gets the closure in slot `c` as its method with the name that is constant
  // `a`.
  kMethod,
};

// Whether all that an instruction does is to write slot `a`, or to fail.
constexpr bool IsAssignment(Op op) { return op <= Op::kClass; }

constexpr int kMaxOperand = 0xffff;

// A function with slots of larger numbers needs more of the stack than there is, and never runs.
constexpr uint64_t Encode(Op op, int a, int b, int c) {
  return static_cast<uint64_t>(op) | static_cast<uint64_t>(a & kMaxOperand) << 16 |
         static_cast<uint64_t>(b & kMaxOperand) << 32 |
         static_cast<uint64_t>(c & kMaxOperand) << 48;
}
constexpr uint64_t EncodeWide(Op op, int a, int wide) {
  return Encode(op, a, 0, 0) | static_cast<uint64_t>(static_cast<uint32_t>(wide)) << 32;
}

constexpr Op OpOf(uint64_t word) { return static_cast<Op>(word & 0xff); }
constexpr uint32_t A(uint64_t word) { return static_cast<uint16_t>(word >> 16); }
constexpr uint32_t B(uint64_t word) { return static_cast<uint16_t>(word >> 32); }
constexpr uint32_t C(uint64_t word) { return static_cast<uint16_t>(word >> 48); }
constexpr uint32_t Wide(uint64_t word) { return static_cast<uint32_t>(word >> 32); }

}  // namespace lox

#endif  // WEFT_INTERPRETER_SPEC_LOX_INSTRUCTION_H_
