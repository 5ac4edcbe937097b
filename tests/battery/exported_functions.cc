// Functions that the host may call are ordinary ones to the program itself, and stay when nothing
// calls them.
#include "tests/battery/show.h"

using weft::Array;
using weft::Str;

class Counter : public weft::Object {
 public:
  int64_t count = 0;
};

static Counter* const shared = new Counter();

WEFT_EXPORT int64_t count_up(int64_t by) {
  shared->count += by;
  return shared->count;
}

WEFT_EXPORT Str greet(Str name, bool loudly) {
  if (name == nullptr) return "hello";
  return loudly ? "HELLO " + name : "hello " + name;
}

WEFT_EXPORT Counter* make_counter() { return new Counter(); }

WEFT_EXPORT double sum(Counter* counter, Array<double> numbers) {
  double total = 0;
  for (int64_t i = 0; i < numbers.length(); i++) total += numbers[i];
  counter->count++;
  return total;
}

WEFT_EXPORT Array<int32_t> squares(int32_t count) {
  if (count < 0) throw new weft::ValueError("a negative count");
  Array<int32_t> result(count);
  for (int32_t i = 0; i < count; i++) result[i] = i * i;
  return result;
}

int run(Array<Str>) {
  show("count up", count_up(2));
  show("count up", count_up(40));
  show("greet", greet("you", true));
  Counter* counter = make_counter();
  Array<double> numbers(2);
  numbers[0] = 1.5;
  show("sum", sum(counter, numbers));
  show("count", counter->count);
  show("squares", squares(4)[3]);
  try {
    squares(-1);
  } catch (weft::ValueError* error) {
    show("error", error->message);
  }
  return 0;
}

WEFT_MAIN(run)

//| count up 2
//| count up 42
//| greet HELLO you
//| sum 1.5
//| count 1
//| squares 9
//| error a negative count
