// Calls in arguments of calls, methods of results, chains, and recursion through all of them.

#include "tests/battery/show.h"

using namespace weft;

class Builder : public Object {
 public:
  Str text = "";
  Builder* add(Str s) {
    text = text + s;
    return this;
  }
  Builder* add(int n) { return add(format_int(n)); }
  Builder* apply(Builder* (*f)(Builder*)) { return f(this); }
};
static Builder* shout(Builder* b) { return b->add("!"); }
static int max3(int a, int b, int c) { return max(a, max(b, c)); }
static int power(int base, int n) { return n == 0 ? 1 : base * power(base, n - 1); }
static int tak(int x, int y, int z) {
  return y >= x ? z : tak(tak(x - 1, y, z), tak(y - 1, z, x), tak(z - 1, x, y));
}
struct Vec {
  int x;
  int y;
  Vec add(Vec o) const { return Vec{x + o.x, y + o.y}; }
  Vec scale(int k) const { return Vec{x * k, y * k}; }
  int sum() const { return x + y; }
};

int run(Array<Str>) {
  println((new Builder())->add("a")->add(1)->add("b")->apply(shout)->apply(shout)->text);
  show("max", max3(power(2, 3), max3(1, 2, 3), power(3, 2)));
  show("tak", tak(8, 4, 2));
  show("vector", Vec{1, 2}.add(Vec{3, 4}.scale(10)).scale(2).add(Vec{1, 1}).sum());
  show("length", (Str("a") + repeat("bc", 3) + substr("xyz", 1)).length());
  return 0;
}

WEFT_MAIN(run)

//| a1b!!
//| max 9
//| tak 3
//| vector 148
//| length 9
