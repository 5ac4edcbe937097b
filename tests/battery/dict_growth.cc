// Dicts that grow, shrink and are changed while they are walked over.

#include "tests/battery/show.h"

using namespace weft;

int run(Array<Str>) {
  Dict<int, int> d;
  for (int i = 0; i < 5000; i++) d[i * 7919 % 10007] = i;
  show("length", d.length());
  int wrong = 0;
  for (int i = 0; i < 5000; i++) wrong += d[i * 7919 % 10007] != i;
  show("wrong", wrong);
  int expected = 0;
  int disorder = 0;
  for (auto [key, value] : d) disorder += value != expected++;
  show("disorder", disorder);
  for (int i = 0; i < 5000; i += 2) d.remove(i * 7919 % 10007);
  show("after removals", d.length());
  expected = 1;
  for (auto [key, value] : d) {
    disorder += value != expected;
    expected += 2;
  }
  show("disorder", disorder);
  // A queue: keys leave at the front and come at the back.
  Dict<int, int> queue;
  int64_t sum = 0;
  for (int i = 0; i < 3000; i++) {
    queue[i] = i;
    if (i >= 10) queue.remove(i - 10);
    sum += queue.length();
  }
  show("sum", sum);
  for (auto [key, value] : queue) {
    if (key % 2 == 0) queue.remove(key);
  }
  for (auto [key, value] : queue) print(format_int(key) + " ");
  println("|");
  Dict<int, int> copy = queue.copy();
  copy[1] = 1;
  show("copy", copy.length() * 10 + queue.length());
  queue.update(copy);
  show("updated", queue.length());
  show("same", queue == queue && queue != copy);
  int64_t total = 0;
  for (const auto& item : d) total += item.key * 3 + item.value;
  show("total", total);
  return 0;
}

WEFT_MAIN(run)

//| length 5000
//| wrong 0
//| disorder 0
//| after removals 2500
//| disorder 0
//| sum 29955
//| 2991 2993 2995 2997 2999 |
//| copy 65
//| updated 6
//| same true
//| total 43772077
