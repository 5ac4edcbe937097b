#ifndef WEFT_INTERPRETER_SPEC_LOX_STRING_H_
#define WEFT_INTERPRETER_SPEC_LOX_STRING_H_

#include "interpreter_spec/lox/value.h"

namespace lox {

// A Lox string. Those that a program's text holds, names included, are *interned*: there is one
// object for each text, so names are compared by pointer everywhere. A string made while the
// program runs is not worth a look-up in the table.
class String final : public Value {
 public:
  explicit String(Str text) : text_(text), is_interned_(false) {}

  Str text() const { return text_; }
  Str Text() override { return text_; }

  friend String* Intern(Str text);
  friend bool HaveEqualText(String* left, String* right);

 private:
  const Str text_;
  bool is_interned_;
};

// The one interned string with this text.
String* Intern(Str text);

// The names that mean something to the interpreter itself.
extern String* const kInitName;
extern String* const kThisName;
extern String* const kSuperName;

bool HaveEqualText(String* left, String* right);

}  // namespace lox

#endif  // WEFT_INTERPRETER_SPEC_LOX_STRING_H_
