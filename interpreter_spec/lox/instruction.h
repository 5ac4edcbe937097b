#ifndef WEFT_INTERPRETER_SPEC_LOX_INSTRUCTION_H_
#define WEFT_INTERPRETER_SPEC_LOX_INSTRUCTION_H_

#include "dsl/weft.h"

// The code that the compiler makes and the machine runs: a stack machine whose instructions are one
// 32-bit word each,
//
//     | b: 16 bits | a: 8 bits | operation: 8 bits |
//
// where `a` and `b` together can hold one 24-bit operand, `c`.
namespace lox {

// The comment behind a name tells what happens to the stack: what is taken -> what is put there.
enum class Op : uint8_t {
  // -> value. `a` is the number of a constant.
  kConstant,
  // -> value
  kNil,
  kTrue,
  kFalse,
  // a values ->
  kPop,

  // -> value. `a` is a slot of the frame.
  kGetLocal,
  // -> value, value. Slots `a` and `b`.
  kGetTwoLocals,
  // value -> value
  kSetLocal,
  // value ->
  kStoreLocal,
  // -> value. `a` is the number of a captured variable.
  kGetUpvalue,
  // value -> value
  kSetUpvalue,
  // -> value. `c` is the number of a global variable, and so on for the next three.
  kGetGlobal,
  // value -> value
  kSetGlobal,
  // value ->
  kStoreGlobal,
  // value ->. Makes the variable if there is none.
  kDefineGlobal,

  // object -> value. `a` is the number of a property site, and so on for the next five.
  kGetProperty,
  // -> value. The object is in slot `b`.
  kGetLocalProperty,
  // object, value -> value
  kSetProperty,
  // object, value ->
  kStoreProperty,
  // object, class -> method
  kGetSuper,

  // value, value -> bool
  kEqual,
  kNotEqual,
  // number, number -> bool. `>=` is "not less" and not "greater or equal": they differ when a
  // number is NaN.
  kLess,
  kNotLess,
  kGreater,
  kNotGreater,
  // number, number -> number; two strings for kAdd also
  kAdd,
  kSubtract,
  kMultiply,
  kDivide,
  // number -> number. The right operand is constant `a`, a number.
  kAddConstant,
  kSubtractConstant,
  kMultiplyConstant,
  kDivideConstant,
  // value -> bool
  kNot,
  // number -> number
  kNegate,
  // value ->
  kPrint,

  // Forward by `c` words, backward by `c` words.
  kJump,
  kLoop,
  // value -> value. Forward by `c` words.
  kJumpIfFalse,
  kJumpIfTrue,
  // value ->. Forward by `b` words, and so on for all that follow.
  kPopJumpIfFalse,
  kPopJumpIfTrue,
  // value, value ->
  kJumpIfEqual,
  kJumpIfNotEqual,
  // number, number ->
  kJumpIfLess,
  kJumpIfNotLess,
  kJumpIfGreater,
  kJumpIfNotGreater,
  // number ->. The right operand is constant `a`, a number.
  kJumpIfLessConstant,
  kJumpIfNotLessConstant,
  kJumpIfGreaterConstant,
  kJumpIfNotGreaterConstant,

  // callee, a arguments -> result
  kCall,
  // object, b arguments -> result. `a` is a property site.
  kInvoke,
  // object, b arguments, class -> result. `a` is a property site.
  kInvokeSuper,
  // result ->, and the frame is gone
  kReturn,

  // -> closure. Constant `a` is the function.
  kClosure,
  // value ->. Closures that captured the variable in the top slot keep the value.
  kCloseUpvalue,
  // -> class. Constant `a` is the name.
  kClass,
  // class, class -> class. The second one inherits from the first, which stays.
  kInherit,
  // class, closure -> class. Constant `a` is the method's name.
  kMethod,
};

constexpr int kMaxA = 0xff;
constexpr int kMaxB = 0xffff;
constexpr int kMaxC = 0xffffff;

constexpr uint32_t Encode(Op op, int a, int b) {
  return static_cast<uint32_t>(op) | static_cast<uint32_t>(a) << 8 | static_cast<uint32_t>(b) << 16;
}
constexpr uint32_t EncodeWide(Op op, int c) {
  return static_cast<uint32_t>(op) | static_cast<uint32_t>(c) << 8;
}

constexpr Op OpOf(uint32_t word) { return static_cast<Op>(word & 0xff); }
constexpr int A(uint32_t word) { return static_cast<int>(word >> 8 & 0xff); }
constexpr int B(uint32_t word) { return static_cast<int>(word >> 16); }
constexpr int C(uint32_t word) { return static_cast<int>(word >> 8); }

}  // namespace lox

#endif  // WEFT_INTERPRETER_SPEC_LOX_INSTRUCTION_H_
