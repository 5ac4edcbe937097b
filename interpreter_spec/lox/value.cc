#include "interpreter_spec/lox/value.h"

#include "interpreter_spec/lox/string.h"

namespace lox {

Str Number::Text() {
  double number = value();
  // printf shows the sign of what is not a number.
  if (number != number && weft::f64_bits(number) >> 63 != 0) return "-nan";
  return weft::format_general(number, 6);
}

bool AreEqual(Value* left, Value* right) {
  // Numbers first: they have no identity, and NaN differs from itself.
  if (weft::isa<Number>(left)) {
    return weft::isa<Number>(right) &&
           weft::cast<Number>(left)->value() == weft::cast<Number>(right)->value();
  }
  if (left == right) return true;
  if (!weft::isa<String>(left) || !weft::isa<String>(right)) return false;
  return HaveEqualText(weft::cast<String>(left), weft::cast<String>(right));
}

}  // namespace lox
