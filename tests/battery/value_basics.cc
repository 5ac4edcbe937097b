// Structs: aggregates, constructors, default members, methods, copies on assignment and calls.

#include "tests/battery/show.h"

using namespace weft;

struct Point {
  int x = 1;
  int y = 2;
};

struct Vector {
  double x;
  double y;

  Vector() : x(0), y(0) {}
  Vector(double x, double y) : x(x), y(y) {}
  explicit Vector(double both) : Vector(both, both) {}

  double dot(Vector other) const { return x * other.x + y * other.y; }
  void scale(double factor) {
    x *= factor;
    y *= factor;
  }
  Vector scaled(double factor) const {
    Vector result = *this;
    result.scale(factor);
    return result;
  }
  static Vector unit() { return Vector(1, 0); }
};

static void change(Point p) { p.x = 1000; }
static Point moved(Point p, int by) {
  p.x += by;
  return p;
}

int run(Array<Str>) {
  Point p;
  show("default", p.x * 10 + p.y);
  Point q{5};
  show("first only", q.x * 10 + q.y);
  Point r = {7, 8};
  q = r;
  r.x = 0;
  show("assigned", q.x);
  show("source", r.x);
  change(q);
  show("by value", q.x);
  show("moved", moved(q, 3).x + q.x);
  Point d{.x = 3, .y = 4};
  show("designated", d.x * d.y);
  Point copy = d;
  copy.y++;
  show("copy", copy.y * 10 + d.y);
  Vector v;
  Vector w(3, 4);
  show("dot", w.dot(w));
  v = w.scaled(2);
  show("scaled", v.x + v.y + w.x);
  w.scale(0.5);
  show("scale", w.y);
  show("both", Vector(2.5).dot(Vector::unit()));
  show("temporary", Vector(1, 2).scaled(3).y);
  Point a{1, 2};
  Point b{3, 4};
  Point t = a;
  a = b;
  b = t;
  show("swapped", a.x * 1000 + a.y * 100 + b.x * 10 + b.y);
  Point zeroed{};
  show("braces", zeroed.x);
  p = Point{9, 9};
  p = moved(moved(p, 1), 1);
  show("chain", p.x);
  p = p;
  show("self", p.x);
  return 0;
}

WEFT_MAIN(run)

//| default 12
//| first only 52
//| assigned 7
//| source 0
//| by value 7
//| moved 17
//| designated 12
//| copy 54
//| dot 25
//| scaled 17
//| scale 2
//| both 2.5
//| temporary 6
//| swapped 3412
//| braces 1
//| chain 11
//| self 11
