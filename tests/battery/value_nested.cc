// Structs in structs, in arrays, in lists, in objects; places inside of places.

#include "tests/battery/show.h"

using namespace weft;

struct Point {
  int x;
  int y;
};
struct Line {
  Point from;
  Point to;
  int length() const { return to.x - from.x + to.y - from.y; }
};
struct Triangle {
  Line base;
  Point tip;
};

class Shape : public Object {
 public:
  Triangle triangle{};
  Array<Line> lines;
  explicit Shape(int n) : lines(n) {}
};

static void shift(Line& line, int by) {
  line.from.x += by;
  line.to.x += by;
}
static Point tip_of(Triangle t) { return t.tip; }

int run(Array<Str>) {
  Line line{{1, 2}, {3, 4}};
  show("length", line.length());
  Line copy = line;
  copy.to.x = 100;
  show("original", line.to.x);
  Point& end = line.to;
  end.y = 40;
  show("place in a place", line.length());
  Triangle t{line, {7, 8}};
  t.base.from = t.tip;
  show("moved inside", t.base.from.x * 10 + t.base.from.y);
  show("field of a result", tip_of(t).y);
  Shape* shape = new Shape(3);
  shape->triangle = t;
  shape->triangle.base.to.x++;
  show("in an object", shape->triangle.base.to.x);
  show("t itself", t.base.to.x);
  shape->lines[1] = line;
  shape->lines[1].from.y = -5;
  shift(shape->lines[1], 10);
  show("in an array", shape->lines[1].from.x * 100 + shape->lines[1].from.y);
  show("element method", shape->lines[1].length());
  shape->lines[2] = shape->lines[1];
  shape->lines[1].to = Point{0, 0};
  show("element copied", shape->lines[2].to.x);
  List<Triangle> list;
  list.append(t);
  list.append(shape->triangle);
  list[0].tip.x = 70;
  Triangle& second = list[1];
  second.base = list[0].base;
  second.tip = list[0].tip;
  show("in a list", list[1].tip.x);
  show("not in t", t.tip.x);
  Dict<Str, Line> dict;
  dict["a"] = line;
  dict["a"].from.x = 11;
  show("in a dict", dict["a"].from.x + line.from.x);
  Line zero = shape->lines[0];
  show("zeroed element", zero.length());
  return 0;
}

WEFT_MAIN(run)

//| length 4
//| original 3
//| place in a place 40
//| moved inside 78
//| field of a result 8
//| in an object 4
//| t itself 3
//| in an array 1095
//| element method 47
//| element copied 13
//| in a list 70
//| not in t 7
//| in a dict 12
//| zeroed element 0
