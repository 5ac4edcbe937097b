#include "interpreter_spec/lox/string.h"

namespace lox {
namespace {

weft::Dict<Str, String*> interned_strings;

}  // namespace

String* Intern(Str text) {
  String* string = interned_strings.get(text, nullptr);
  if (string == nullptr) {
    string = new String(text);
    string->is_interned_ = true;
    interned_strings.set(text, string);
  }
  return string;
}

String* const kInitName = Intern("init");
String* const kThisName = Intern("this");
String* const kSuperName = Intern("super");

bool HaveEqualText(String* left, String* right) {
  if (left == right) return true;
  if (left->is_interned_ && right->is_interned_) return false;
  return left->text_ == right->text_;
}

}  // namespace lox
