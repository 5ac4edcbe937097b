// Loops at the ends of their types' ranges, with steps, with exits of several kinds.

#include "tests/battery/show.h"

using namespace weft;

static int find_pair(Array<int> items, int wanted) {
  for (int i = 0; i < items.length(); i++) {
    for (int j = i + 1; j < items.length(); j++) {
      if (items[i] + items[j] == wanted) return i * 100 + j;
    }
  }
  return -1;
}

int run(Array<Str>) {
  int count = 0;
  for (uint8_t i = 250;; i++) {
    count++;
    if (i == 5) break;
  }
  show("bytes", count);
  count = 0;
  for (int32_t i = INT32_MAX - 3; i > 0; i++) count++;
  show("to the end", count);
  count = 0;
  for (int64_t i = INT64_MIN; i < INT64_MIN + 5; i++) count++;
  show("from the start", count);
  for (uint32_t i = 3; i-- > 0;) count += static_cast<int>(i);
  show("down", count);
  count = 0;
  for (int i = 0; i < 100; i += 7) count++;
  for (int i = 100; i > 0; i -= 9) count++;
  for (int i = 1; i < 1000; i *= 3) count++;
  show("steps", count);
  Array<int> items(10);
  for (int i = 0; i < 10; i++) items[i] = i * i;
  show("pair", find_pair(items, 85));
  show("no pair", find_pair(items, 3));
  int i = 0;
  int j = 10;
  while (i < j) {
    if (i == 3) {
      i = 5;
      continue;
    }
    i++;
    j--;
  }
  show("met", i * 100 + j);
  int outer = 0;
  bool done = false;
  while (!done) {
    for (int k = 0;; k++) {
      if (k > outer) break;
      if (outer * k > 20) {
        done = true;
        break;
      }
    }
    outer++;
  }
  show("outer", outer);
  return 0;
}

WEFT_MAIN(run)

//| bytes 12
//| to the end 4
//| from the start 5
//| down 8
//| steps 34
//| pair 209
//| no pair -1
//| met 606
//| outer 6
