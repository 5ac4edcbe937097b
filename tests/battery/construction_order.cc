// What runs when: bases, fields in order of declaration, initialisers, bodies.

#include "tests/battery/show.h"

using namespace weft;

static Str trace = "";
static int note(Str name) {
  trace = trace + " " + name;
  return static_cast<int>(name.length());
}
struct Part {
  int n;
  Part() : n(note("part")) {}
  explicit Part(Str name) : n(note(name)) {}
};
class Base : public Object {
 public:
  int b = note("base-field");
  Base() { note("base-body"); }
  explicit Base(int x) : b(x) { note("base-int"); }
};
class Derived : public Base {
 public:
  Part first;
  int second = note("second");
  Part third{Str("third")};
  Derived() { note("derived-body"); }
  explicit Derived(int x) : Base(note("argument") + x), second(note("own")), third("other") {
    note("body");
  }
  Derived(int x, int y) : Derived(x + y) { note("delegated"); }
};
struct Outer {
  Part a{"a"};
  Part b;
  Outer() : b("b") { note("outer"); }
};

static void flush_trace() {
  println(trace);
  trace = "";
}

int run(Array<Str>) {
  new Derived();
  flush_trace();
  Derived* d = new Derived(5);
  flush_trace();
  show("b", d->b * 100 + d->second * 10 + d->third.n);
  new Derived(1, 2);
  flush_trace();
  Outer outer;
  flush_trace();
  show("outer", outer.a.n + outer.b.n);
  Array<Outer> none(3);
  flush_trace();
  Part parts = Part("p");
  Part copy = parts;
  copy = parts;
  flush_trace();
  return 0;
}

WEFT_MAIN(run)

//|  base-field base-body part second third derived-body
//|  argument base-int part own other body
//| b 1335
//|  argument base-int part own other body delegated
//|  a b outer
//| outer 2
//|
//|  p
