#include "interpreter_spec/lox/globals.h"

namespace lox {
namespace {

constexpr int kMaxGlobals = 1 << 24;

}  // namespace

int Globals::NumberOf(String* name) {
  int number = static_cast<int>(names_.length());
  int known = numbers_.get(name, number);
  if (known != number) return known;
  if (number == kMaxGlobals) return kTooMany;

  numbers_.set(name, number);
  names_.append(name);
  if (number == values_.length()) values_ = weft::resized(values_, values_.length() * 2);
  return number;
}

}  // namespace lox
