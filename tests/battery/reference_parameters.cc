// References as parameters: locals, fields, elements and references to references.

#include "tests/battery/show.h"

using namespace weft;

struct Point {
  int x = 0;
  int y = 0;
};

class Holder : public Object {
 public:
  int count = 0;
  Point point;
};

static void increment(int& x) { x++; }
static void twice(int& x) {
  increment(x);
  increment(x);
}
static void swap_ints(int& a, int& b) {
  int t = a;
  a = b;
  b = t;
}
static int read(const int& x) { return x * 2; }
static void move_right(Point& p) { p.x += 10; }
static bool divide(int a, int b, int& quotient, int& rest) {
  if (b == 0) return false;
  quotient = a / b;
  rest = a % b;
  return true;
}
static void rebind(Str& text, Holder*& holder) {
  text = text + "!";
  holder = new Holder();
  holder->count = 77;
}
template <class T>
static void exchange(T& a, T& b) {
  T t = a;
  a = b;
  b = t;
}

int run(Array<Str>) {
  int local = 1;
  increment(local);
  twice(local);
  show("local", local);
  Holder* holder = new Holder();
  increment(holder->count);
  twice(holder->point.y);
  show("field", holder->count);
  show("nested field", holder->point.y);
  Array<int> array(3);
  increment(array[1]);
  twice(array[1]);
  show("element", array[1]);
  List<int> list;
  list.append(5);
  twice(list[0]);
  show("list element", list[0]);
  int a = 1;
  int b = 2;
  swap_ints(a, b);
  show("swapped", a * 10 + b);
  swap_ints(array[0], array[1]);
  show("swapped elements", array[0] * 10 + array[1]);
  show("const reference", read(21) + read(a));
  Point p;
  move_right(p);
  move_right(holder->point);
  show("struct", p.x + holder->point.x);
  Array<Point> points(2);
  move_right(points[1]);
  show("struct element", points[0].x + points[1].x);
  increment(points[1].x);
  show("field of an element", points[1].x);
  int quotient = 0;
  int rest = 0;
  show("divide", divide(17, 5, quotient, rest));
  show("results", quotient * 10 + rest);
  show("no divide", divide(1, 0, quotient, rest));
  Str text = "hey";
  rebind(text, holder);
  show(text, holder->count);
  Str other = "you";
  exchange(text, other);
  println(text + " " + other);
  double x = 1.5;
  double y = 2.5;
  exchange(x, y);
  show("x", x);
  return 0;
}

WEFT_MAIN(run)

//| local 4
//| field 1
//| nested field 2
//| element 3
//| list element 7
//| swapped 21
//| swapped elements 30
//| const reference 46
//| struct 20
//| struct element 10
//| field of an element 11
//| divide true
//| results 32
//| no divide false
//| hey! 77
//| you hey!
//| x 2.5
