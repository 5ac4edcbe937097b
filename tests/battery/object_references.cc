// References to objects and to pointers to objects: `*p`, `T&` parameters, `*this`.

#include "tests/battery/show.h"

using namespace weft;

class Counter : public Object {
 public:
  int count = 0;
  Counter& bump() {
    count++;
    return *this;
  }
  Counter* pointer() { return this; }
};
class Special : public Counter {
 public:
  int extra = 5;
};
static void twice(Counter& counter) { counter.bump().bump(); }
static int read(const Counter& counter) { return counter.count; }
static void replace(Counter*& place) { place = new Special(); }

int run(Array<Str>) {
  Counter* counter = new Counter();
  twice(*counter);
  show("bumped", read(*counter));
  Counter& same = *counter;
  same.count += 10;
  show("through a reference", counter->count);
  show("chain", counter->bump().bump().count);
  show("pointer", counter->bump().pointer() == counter);
  Counter* other = counter;
  replace(other);
  show("replaced", isa<Special>(other) && !isa<Special>(counter));
  twice(*other);
  show("special", (*other).count + cast<Special>(other)->extra);
  Counter* const& fixed = counter;
  counter = other;
  show("reference to the variable", fixed == other);
  return 0;
}

WEFT_MAIN(run)

//| bumped 2
//| through a reference 12
//| chain 14
//| pointer true
//| replaced true
//| special 7
//| reference to the variable true
