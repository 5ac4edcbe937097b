// Recursion that is deep but ends.

#include "tests/battery/show.h"

using namespace weft;

static int64_t count(int64_t n) { return n == 0 ? 0 : count(n - 1) + 1; }
class Cell : public Object {
 public:
  Cell* next;
  explicit Cell(Cell* next) : next(next) {}
  virtual int length() { return next == nullptr ? 1 : next->length() + 1; }
};

int run(Array<Str>) {
  show("count", count(10000));
  Cell* chain = nullptr;
  for (int i = 0; i < 5000; i++) chain = new Cell(chain);
  show("length", chain->length());
  return 0;
}

WEFT_MAIN(run)

//| count 10000
//| length 5000
