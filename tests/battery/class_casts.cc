// isa, cast and dyn_cast over a hierarchy, with null, and down to templates.

#include "tests/battery/show.h"

using namespace weft;

class A : public Object {};
class B : public A {};
class C : public B {};
class D : public A {};
template <class T>
class Box : public A {
 public:
  T value;
  explicit Box(T value) : value(value) {}
};

static Str kinds(Object* o) {
  StrBuilder out;
  if (isa<A>(o)) out.append("A");
  if (isa<B>(o)) out.append("B");
  if (isa<C>(o)) out.append("C");
  if (isa<D>(o)) out.append("D");
  if (isa<Box<int>>(o)) out.append("i");
  if (isa<Box<Str>>(o)) out.append("s");
  return out.build();
}

int run(Array<Str>) {
  println("a " + kinds(new A()));
  println("b " + kinds(new B()));
  println("c " + kinds(new C()));
  println("d " + kinds(new D()));
  println("int " + kinds(new Box<int>(1)));
  println("str " + kinds(new Box<Str>("x")));
  println("object [" + kinds(new Object()) + "]");
  println("null [" + kinds(nullptr) + "]");
  A* c = new C();
  show("cast", cast<C>(c) == c);
  show("to itself", cast<A>(c) == c);
  show("upwards", cast<A>(cast<C>(c)) == c);
  show("dyn_cast", dyn_cast<D>(c) == nullptr);
  show("dyn_cast fits", dyn_cast<B>(c) == c);
  A* none = nullptr;
  show("null cast", cast<C>(none) == nullptr);
  show("null dyn_cast", dyn_cast<C>(none) == nullptr);
  show("null isa", isa<A>(none));
  A* box = new Box<int>(42);
  if (auto* b = dyn_cast<Box<int>>(box)) show("boxed", b->value);
  B* b = static_cast<B*>(c);
  show("static_cast down", b == c);
  Object* object = c;
  show("implicit up", object == c);
  return 0;
}

WEFT_MAIN(run)

//| a A
//| b AB
//| c ABC
//| d AD
//| int Ai
//| str As
//| object []
//| null []
//| cast true
//| to itself true
//| upwards true
//| dyn_cast true
//| dyn_cast fits true
//| null cast true
//| null dyn_cast true
//| null isa false
//| boxed 42
//| static_cast down true
//| implicit up true
