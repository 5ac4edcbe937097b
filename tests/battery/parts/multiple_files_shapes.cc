#include "tests/battery/parts/multiple_files_shapes.h"

#include "tests/battery/parts/multiple_files_util.h"

namespace shapes {

int made = 0;

namespace {

class Square : public Shape {
 public:
  explicit Square(double side) : side_(side) {}
  double area() override { return side_ * side_; }

 private:
  double side_;
};

class Circle : public Shape {
 public:
  explicit Circle(double radius) : radius_(radius) {}
  double area() override { return 3 * radius_ * radius_; }

 private:
  double radius_;
};

}  // namespace

weft::Str Shape::describe() { return "area " + weft::format_double(clamp(area(), 0.0, 10.0)); }

Shape* make_square(double side) {
  made++;
  return new Square(side);
}

Shape* make_circle(double radius) {
  made++;
  return new Circle(radius);
}

}  // namespace shapes
