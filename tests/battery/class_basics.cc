// Classes of objects: fields, constructors, methods, identity, null.

#include "tests/battery/show.h"

using namespace weft;

class Counter : public Object {
 public:
  Counter() = default;
  explicit Counter(int start) : count_(start), name_("from " + format_int(start)) {}
  Counter(int a, int b) : Counter(a * b) { name_ = name_ + "*"; }

  void increment() { count_++; }
  void add(int n) { this->count_ += n; }
  int count() const { return count_; }
  Str name() const { return name_; }
  Counter* self() { return this; }
  static int made;
  static Counter* make() {
    made++;
    return new Counter(made);
  }

 private:
  int count_ = 100;
  Str name_ = "default";
};
int Counter::made = 0;

int run(Array<Str>) {
  Counter* a = new Counter();
  Counter* b = new Counter(5);
  Counter* c = new Counter(6, 7);
  println(a->name() + " " + b->name() + " " + c->name());
  a->increment();
  b->add(10);
  show("counts", a->count() * 1000 + b->count());
  show("c", c->count());
  Counter* same = a;
  same->increment();
  show("shared", a->count());
  show("identity", a == same);
  show("different", a != b);
  show("self", a->self() == a);
  Counter* none = nullptr;
  show("null", none == nullptr);
  none = b;
  show("no longer", none != nullptr);
  Counter::make();
  show("made", Counter::make()->count());
  show("static", Counter::made);
  new Counter(1);
  (new Counter(3))->increment();
  const Counter* constant = a;
  show("through const", constant->count());
  auto d = new Counter{8};
  show("braces", d->count());
  return 0;
}

WEFT_MAIN(run)

//| default from 5 from 42*
//| counts 101015
//| c 42
//| shared 102
//| identity true
//| different true
//| self true
//| null true
//| no longer true
//| made 2
//| static 2
//| through const 102
//| braces 8
