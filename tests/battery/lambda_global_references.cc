// A lambda that names a local reference which is bound to a global: C++ does not capture it.

#include "tests/battery/show.h"

using namespace weft;

struct Pair {
  int32_t first;
  int64_t second;
};
int64_t total = 5;
Pair pair{1, 3};

WEFT_NOINLINE static void add(int64_t n) {
  int64_t& sum = total;
  auto grow = [&](int64_t by) {
    sum += by;
    return sum;
  };
  show("sum", grow(n));
  show("again", grow(sum));
}
WEFT_NOINLINE static void change() {
  Pair& p = pair;
  int64_t& part = pair.second;
  p.second = p.second * 5;
  auto swap = [&] {
    int32_t old = p.first;
    p.first = static_cast<int32_t>(part);
    part = old;
    auto twice = [&] { p.first *= 2; };
    twice();
  };
  swap();
}

int run(Array<Str>) {
  add(7);
  show("total", total);
  change();
  show("first", pair.first);
  show("second", pair.second);
  return 0;
}

WEFT_MAIN(run)

//| sum 12
//| again 24
//| total 24
//| first 30
//| second 1
