// A very long list and a deep tree: the collector must not need the stack for them.
// battery: heavy

#include "tests/battery/show.h"

using namespace weft;

class Cell : public Object {
 public:
  Cell* next;
  int value;
  Cell(Cell* next, int value) : next(next), value(value) {}
};

int run(Array<Str>) {
  Cell* chain = nullptr;
  for (int i = 0; i < 300000; i++) chain = new Cell(chain, i);
  gc::collect();
  int64_t sum = 0;
  int length = 0;
  for (Cell* c = chain; c != nullptr; c = c->next) {
    sum += c->value;
    length++;
  }
  show("length", length);
  show("sum", sum);
  // A cycle of all of them.
  Cell* last = chain;
  while (last->next != nullptr) last = last->next;
  last->next = chain;
  gc::collect();
  int steps = 0;
  Cell* at = chain;
  do {
    at = at->next;
    steps++;
  } while (at != chain);
  show("cycle", steps);
  return 0;
}

WEFT_MAIN(run)

//| length 300000
//| sum 44999850000
//| cycle 300000
