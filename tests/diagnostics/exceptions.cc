// Throwing and catching outside the language.
#include "dsl/weft.h"

using namespace weft;

class NotAnException : public Object {};

void throws_number() {
  throw 3;  //! W0118: not 'int'
}

void throws_object() {
  throw new NotAnException();  //! W0118: not 'NotAnException *'
}

int catches() {
  try {
    throw new ValueError("x");
  } catch (int n) {  //! W0119: not 'int'
    return n;
  }
  return 0;
}

void again() {
  throw;  //! W0120: outside a handler
}

int depth = 0;

class Guard {
 public:
  Guard() { depth++; }
  ~Guard() { depth--; }
  Guard(const Guard&) = delete;
};

void temporary() {
  Guard();  //! W0121: a temporary of the scope guard 'Guard'
}

void taken(Guard guard) {}  //! W0214: the scope guard 'Guard' cannot be a parameter

class Holder : public Object {
 public:
  Guard guard;  //! W0214: the scope guard 'Guard' cannot be a field of an object
};

Guard everywhere;  //! W0214: the scope guard 'Guard' cannot be a global

int use() {
  Guard guard;
  guard.~Guard();  //! W0132: an explicit destructor call
  return everywhere.~Guard(), depth;  //! W0132: an explicit destructor call
}

int run(Array<Str> args) { return 0; }
WEFT_MAIN(run)
