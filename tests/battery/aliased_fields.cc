// Reads must see writes through other names: other pointers, references, calls, elements.

#include "tests/battery/show.h"

using namespace weft;

class Box : public Object {
 public:
  int a = 1;
  int b = 2;
  Box* other = nullptr;
  int read() const { return a; }
  void bump() { a++; }
};
struct Point {
  int x;
  int y;
};

static int through_two(Box* p, Box* q) {
  int before = p->a;
  q->a = before + 10;
  return p->a * 100 + before;
}
static int through_reference(Box* p, int& r) {
  int before = p->b;
  r = 50;
  return p->b + before;
}
static int through_call(Box* p) {
  int before = p->a;
  p->bump();
  int middle = p->a;
  p->other->bump();
  return before * 10000 + middle * 100 + p->a;
}
static int elements(Array<int> a, Array<int> b, int i, int j) {
  a[i] = 1;
  b[j] = 2;
  return a[i] * 10 + b[j];
}
static int point_fields(Point& p, Point& q) {
  p.x = 1;
  q.x = 2;
  int first = p.x;
  q.y = 3;
  p.y = 4;
  return first * 100 + p.x * 10 + q.y;
}
static int global = 5;
static int with_global(int& r) {
  int before = global;
  r++;
  return before * 10 + global;
}

int run(Array<Str>) {
  Box* x = new Box();
  Box* y = new Box();
  show("apart", through_two(x, y));
  show("the same", through_two(x, x));
  show("reference apart", through_reference(x, y->b));
  show("reference the same", through_reference(x, x->b));
  x->other = y;
  show("call", through_call(x));
  x->other = x;
  show("call on itself", through_call(x));
  Array<int> a(3);
  Array<int> b(3);
  show("arrays", elements(a, b, 1, 1));
  show("one array", elements(a, a, 1, 1));
  show("other element", elements(a, a, 1, 2));
  Point p{};
  Point q{};
  show("points", point_fields(p, q));
  show("one point", point_fields(p, p));
  int local = 0;
  show("not the global", with_global(local));
  show("the global", with_global(global));
  return 0;
}

WEFT_MAIN(run)

//| apart 101
//| the same 1101
//| reference apart 4
//| reference the same 52
//| call 111212
//| call on itself 121314
//| arrays 12
//| one array 22
//| other element 12
//| points 113
//| one point 224
//| not the global 55
//| the global 56
