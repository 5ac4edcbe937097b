#ifndef WEFT_INTERPRETER_SPEC_LOX_VALUE_H_
#define WEFT_INTERPRETER_SPEC_LOX_VALUE_H_

#include "dsl/weft.h"

// What a Lox program computes with. Every value is an object, so a `Value*` is all that the rest of
// the interpreter passes around; nothing here says how a number is stored or when memory is given
// back.
namespace lox {

using weft::Array;
using weft::Str;

class Value : public weft::Object {
 public:
  // What `print` shows.
  virtual Str Text() = 0;
};

class Nil final : public Value {
 public:
  Str Text() override { return "nil"; }
};

class Bool final : public Value {
 public:
  explicit Bool(bool value) : value_(value) {}

  Str Text() override { return value_ ? Str("true") : Str("false"); }

 private:
  const bool value_;
};

// Weft may keep a number inside the pointer instead of on the heap; the source cannot tell.
class Number final : public weft::Unboxed<double, Value> {
 public:
  using Unboxed::Unboxed;

  // Like C's printf("%g"), which is what the book's interpreter prints with.
  Str Text() override;
};

// There is one nil, one true and one false, so comparing pointers is enough to recognise them.
inline Nil* const kNil = new Nil();
inline Bool* const kTrue = new Bool(true);
inline Bool* const kFalse = new Bool(false);

inline Value* MakeBool(bool value) { return value ? kTrue : kFalse; }

// Only `nil` and `false` count as false.
inline bool IsFalsey(Value* value) { return value == kFalse || value == kNil; }

// Whether two values that are not numbers and not the same object are equal: strings may be.
bool AreEqualStrings(Value* left, Value* right);

// The meaning of `==`. Numbers come first: they have no identity, and NaN differs from itself.
WEFT_INLINE inline bool AreEqual(Value* left, Value* right) {
  if (weft::isa<Number>(left)) {
    return weft::isa<Number>(right) &&
           weft::cast<Number>(left)->value() == weft::cast<Number>(right)->value();
  }
  return left == right || AreEqualStrings(left, right);
}

}  // namespace lox

#endif  // WEFT_INTERPRETER_SPEC_LOX_VALUE_H_
