// The conditional operator: values, references, objects, nested, with calls that must not happen.

#include "tests/battery/show.h"

using namespace weft;

static int calls = 0;
static int call(int x) {
  calls++;
  return x;
}

class Animal : public Object {
 public:
  virtual Str name() { return "animal"; }
};
class Dog : public Animal {
 public:
  Str name() override { return "dog"; }
};

int run(Array<Str>) {
  int a = 3;
  int b = 8;
  show("max", a > b ? a : b);
  show("nested", a > 5 ? 1 : b > 5 ? 2 : 3);
  show("lazy", true ? call(1) : call(2));
  show("calls", calls);
  (a < b ? a : b) = 100;
  show("as a place", a);
  int& larger = a > b ? a : b;
  larger++;
  show("as a reference", a);
  Animal* animal = b > 5 ? new Dog() : new Animal();
  println(animal->name());
  Animal* none = b > 50 ? animal : nullptr;
  show("null", none == nullptr);
  Str text = b > 5 ? Str("yes") : Str("no");
  println(text);
  double mixed = b > 5 ? 1 : 2.5;
  show("mixed", mixed);
  show("in arguments", call(a > b ? call(b) : call(a)));
  show("calls", calls);
  b > 5 ? call(1) : call(2);
  return 0;
}

WEFT_MAIN(run)

//| max 8
//| nested 2
//| lazy 1
//| calls 1
//| as a place 100
//| as a reference 101
//| dog
//| null true
//| yes
//| mixed 1
//| in arguments 8
//| calls 3
