// Static locals: one variable for all calls, in functions, methods, lambdas and templates.

#include "tests/battery/show.h"

using namespace weft;

static int next_id() {
  static int id = 10;
  return id++;
}
static bool first_time() {
  static bool first = true;
  bool result = first;
  first = false;
  return result;
}
template <class T>
static int calls_for(T) {
  static int calls = 0;
  return ++calls;
}
class Counter : public Object {
 public:
  int bump() {
    static int total = 100;
    total += step;
    return total;
  }
  int step = 1;
};
static double table(int i) {
  static constexpr double kValues[] = {0.5, 1.5, 2.5};
  return kValues[i];
}

int run(Array<Str>) {
  next_id();
  next_id();
  show("id", next_id());
  show("first", first_time());
  show("second", first_time());
  calls_for(1);
  calls_for(2);
  show("for double", calls_for(0.5));
  show("for int", calls_for(3));
  Counter* a = new Counter();
  Counter* b = new Counter();
  b->step = 10;
  a->bump();
  show("shared by objects", b->bump());
  show("table", table(2));
  for (int i = 0; i < 3; i++) {
    static int rounds = 0;
    rounds += i;
    if (i == 2) show("rounds", rounds);
  }
  return 0;
}

WEFT_MAIN(run)

//| id 12
//| first true
//| second false
//| for double 1
//| for int 3
//| shared by objects 111
//| table 2.5
//| rounds 3
