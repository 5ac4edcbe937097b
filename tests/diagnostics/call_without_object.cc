// weft: print FILE --stage=annotated --function=weft_entry_
// exit: 0
// A virtual call whose receiver is always null, because nothing ever makes an object.

#include "dsl/weft.h"

class Shape : public weft::Object {
 public:
  virtual int area() = 0;
};

class Square : public Shape {
 public:
  int area() override { return 4; }
};

static Shape* shape = nullptr;

int run(weft::Array<weft::Str> args) {
  if (args.length() > 5) shape = weft::cast<Shape>(shape);
  return shape->area();  //! W0301: 'Shape::area' is called, but never on an object
}

WEFT_MAIN(run)
