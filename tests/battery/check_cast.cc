// cast<T> of an object of another class.
// battery: exit=134 check stderr="fatal error: bad cast"

#include "tests/battery/show.h"

using namespace weft;

class A : public Object {};
class B : public A {
 public:
  int value = 1;
};
class C : public A {};
static int value(A* a) { return cast<B>(a)->value; }

int run(Array<Str>) {
  show("fine", value(new B()));
  show("not here", value(new C()));
  return 0;
}

WEFT_MAIN(run)

//| fine 1
