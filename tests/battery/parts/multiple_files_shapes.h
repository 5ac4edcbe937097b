#ifndef WEFT_TESTS_BATTERY_PARTS_MULTIPLE_FILES_SHAPES_H_
#define WEFT_TESTS_BATTERY_PARTS_MULTIPLE_FILES_SHAPES_H_

#include "dsl/weft.h"

namespace shapes {

class Shape : public weft::Object {
 public:
  virtual double area() = 0;
  weft::Str describe();
};

extern int made;

Shape* make_square(double side);
Shape* make_circle(double radius);

}  // namespace shapes

#endif  // WEFT_TESTS_BATTERY_PARTS_MULTIPLE_FILES_SHAPES_H_
