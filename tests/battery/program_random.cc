// A xorshift generator, shuffling, and a histogram.

#include "tests/battery/show.h"

using namespace weft;

class Random : public Object {
 public:
  uint64_t state;
  explicit Random(uint64_t seed) : state(seed) {}
  uint64_t next() {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
  }
  int below(int n) { return static_cast<int>(next() % static_cast<uint64_t>(n)); }
  double unit() { return static_cast<double>(next() >> 11) * 0x1p-53; }
  template <class T>
  void shuffle(List<T> items) {
    for (int64_t i = items.length() - 1; i > 0; i--) {
      int64_t j = below(static_cast<int>(i + 1));
      T t = items[i];
      items[i] = items[j];
      items[j] = t;
    }
  }
};

int run(Array<Str>) {
  Random* random = new Random(88172645463325252u);
  show("first", random->next());
  show("second", random->next());
  List<int> items;
  for (int i = 0; i < 12; i++) items.append(i);
  random->shuffle(items);
  show_all("shuffled", items);
  Array<int> counts(5);
  for (int i = 0; i < 5000; i++) counts[random->below(5)]++;
  show_all("counts", counts);
  int inside = 0;
  for (int i = 0; i < 10000; i++) {
    double x = random->unit();
    double y = random->unit();
    if (x * x + y * y < 1) inside++;
  }
  show("inside", inside);
  return 0;
}

WEFT_MAIN(run)

//| first 8748534153485358512
//| second 3040900993826735515
//| shuffled 11 2 9 7 8 0 10 1 5 6 3 4
//| counts 951 1014 995 999 1041
//| inside 7810
