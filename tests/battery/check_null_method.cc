// A virtual method of null.
// battery: exit=134 check stderr="fatal error: null dereference"

#include "tests/battery/show.h"

using namespace weft;

class Shape : public Object {
 public:
  virtual int sides() { return 4; }
};
static int sides(Array<Shape*> shapes, int i) { return shapes[i]->sides(); }

int run(Array<Str>) {
  Array<Shape*> shapes(2);
  shapes[0] = new Shape();
  show("fine", sides(shapes, 0));
  show("not here", sides(shapes, 1));
  return 0;
}

WEFT_MAIN(run)

//| fine 4
