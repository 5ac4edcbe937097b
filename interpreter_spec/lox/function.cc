#include "interpreter_spec/lox/function.h"

namespace lox {

Str Function::Text() {
  if (name == nullptr) return "<script>";
  return Str("<fn ") + name->text() + ">";
}

}  // namespace lox
