#ifndef WEFT_INTERPRETER_SPEC_LOX_GLOBALS_H_
#define WEFT_INTERPRETER_SPEC_LOX_GLOBALS_H_

#include "interpreter_spec/lox/string.h"

namespace lox {

// The global variables. The compiler gives every name that it meets a number; whether there is such
// a variable is known only when the program runs.
class Globals final : public weft::Object {
 public:
  static constexpr int kTooMany = -1;

  Globals() : values_(16) {}

  // The number of the variable; kTooMany if there is no number left.
  int NumberOf(String* name);
  String* NameOf(int number) const { return names_[number]; }

  // The values by number, null where there is no variable. NumberOf may replace the array.
  Array<Value*> values() const { return values_; }

 private:
  const weft::Dict<String*, int> numbers_;
  const weft::List<String*> names_;
  Array<Value*> values_;
};

}  // namespace lox

#endif  // WEFT_INTERPRETER_SPEC_LOX_GLOBALS_H_
