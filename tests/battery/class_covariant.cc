// Overrides that return a class derived from the base's result.

#include "tests/battery/show.h"

using namespace weft;

class Shape : public Object {
 public:
  int id;
  explicit Shape(int id) : id(id) {}
  virtual Shape* clone() { return new Shape(id + 100); }
};
class Circle : public Shape {
 public:
  double radius;
  Circle(int id, double radius) : Shape(id), radius(radius) {}
  Circle* clone() override { return new Circle(id + 200, radius); }
};

int run(Array<Str>) {
  Circle* circle = new Circle(1, 2.5);
  show("own type", circle->clone()->radius);
  Shape* shape = circle;
  Shape* copy = shape->clone();
  show("through the base", copy->id);
  show("is a circle", isa<Circle>(copy));
  show("twice", shape->clone()->clone()->id);
  return 0;
}

WEFT_MAIN(run)

//| own type 2.5
//| through the base 201
//| is a circle true
//| twice 401
