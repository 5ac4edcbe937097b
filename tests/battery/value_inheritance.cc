// Value classes that extend one another, without virtual methods.

#include "tests/battery/show.h"

using namespace weft;

struct Base {
  int a = 1;
  int sum() const { return a; }
  int twice() const { return 2 * a; }
};
struct Derived : public Base {
  int b = 10;
  int sum() const { return Base::sum() + b; }
};
struct More : public Derived {
  int c;
  explicit More(int c) : c(c) { a = 5; }
  int all() const { return sum() + c; }
};

static void bump(Base& base) { base.a++; }
static int read(const Base& base) { return base.a; }

int run(Array<Str>) {
  Derived d;
  show("own method", d.sum());
  show("inherited", d.twice());
  More m(100);
  show("all", m.all());
  bump(m);
  show("through the base", m.a);
  show("base method", m.Base::sum());
  show("as base", read(d) + read(m));
  Base sliced = m;
  sliced.a = 77;
  show("a sliced copy", m.a);
  More other = m;
  other.b = 0;
  show("copy", other.all());
  show("original", m.all());
  return 0;
}

WEFT_MAIN(run)

//| own method 11
//| inherited 2
//| all 115
//| through the base 6
//| base method 6
//| as base 7
//| a sliced copy 6
//| copy 106
//| original 116
