// Objects that never leave a function, that leave it sometimes, and that are changed before they
// do.

#include "tests/battery/show.h"

using namespace weft;

class Point : public Object {
 public:
  int x;
  int y;
  Point(int x, int y) : x(x), y(y) {}
  Point* plus(Point* o) const { return new Point(x + o->x, y + o->y); }
  int dot(Point* o) const { return x * o->x + y * o->y; }
};
static Point* kept = nullptr;

static int local_only(int n) {
  Point* total = new Point(0, 0);
  for (int i = 0; i < n; i++) {
    Point* step = new Point(i, i * 2);
    total = total->plus(step);
  }
  return total->dot(new Point(1, 1));
}
static int sometimes(int n) {
  Point* p = new Point(n, 1);
  p->y = 7;
  if (n % 3 == 0) kept = p;
  p->x += 100;
  return p->x + p->y;
}
static Point* conditional(bool b) {
  Point* p = nullptr;
  if (b) {
    p = new Point(1, 2);
    p->x = 10;
  } else {
    p = new Point(3, 4);
    p->y = 40;
  }
  return p;
}
static bool identity() {
  Point* a = new Point(1, 1);
  Point* b = new Point(1, 1);
  Point* c = a;
  return a == c && a != b;
}
static int in_array() {
  Array<Point*> points(2);
  points[0] = new Point(5, 6);
  points[1] = points[0];
  points[1]->x = 50;
  return points[0]->x;
}

int run(Array<Str>) {
  show("local", local_only(100));
  for (int i = 1; i < 5; i++) show("sometimes", sometimes(i));
  show("kept", kept->x * 10 + kept->y);
  show("conditional", conditional(true)->x + conditional(false)->y);
  show("identity", identity());
  show("array", in_array());
  return 0;
}

WEFT_MAIN(run)

//| local 14850
//| sometimes 108
//| sometimes 109
//| sometimes 110
//| sometimes 111
//| kept 1037
//| conditional 50
//| identity true
//| array 50
