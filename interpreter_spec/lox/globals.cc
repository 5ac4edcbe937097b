#include "interpreter_spec/lox/globals.h"

#include "interpreter_spec/lox/instruction.h"

namespace lox {

int Globals::NumberOf(String* name) {
  int number = static_cast<int>(names_.length());
  int known = numbers_.get(name, number);
  if (known != number) return known;
  if (number > kMaxC) return kTooMany;

  numbers_.set(name, number);
  names_.append(name);
  if (number == values_.length()) values_ = weft::resized(values_, values_.length() * 2);
  return number;
}

}  // namespace lox
