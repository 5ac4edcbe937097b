#include "interpreter_spec/lox/value.h"

#include "interpreter_spec/lox/string.h"

namespace lox {

Str Number::Text() {
  double number = value();
  // printf shows the sign of what is not a number.
  if (number != number && weft::f64_bits(number) >> 63 != 0) return "-nan";
  return weft::format_general(number, 6);
}

bool AreEqualStrings(Value* left, Value* right) {
  return weft::isa<String>(left) && weft::isa<String>(right) &&
         HaveEqualText(weft::cast<String>(left), weft::cast<String>(right));
}

}  // namespace lox
