// What handlers see of variables that the try block changed.

#include "tests/battery/show.h"

using namespace weft;

class Cell : public Object {
 public:
  int n = 0;
};

static void maybe_throw(bool yes) {
  if (yes) throw new ValueError("");
}

static int track(int stop) {
  int step = 0;
  Str text = "";
  Cell* cell = nullptr;
  double d = 0;
  try {
    step = 1;
    text = text + "a";
    maybe_throw(stop == 1);
    cell = new Cell();
    cell->n = 5;
    step = 2;
    maybe_throw(stop == 2);
    d = 2.5;
    text = text + "b";
    step = 3;
    maybe_throw(stop == 3);
    step = 4;
  } catch (ValueError*) {
    step = -step;
  }
  int n = cell == nullptr ? 0 : cell->n;
  return step * 1000 + n * 100 + static_cast<int>(text.length()) * 10 + static_cast<int>(d * 2);
}

struct Pair {
  int a;
  int b;
};

int run(Array<Str>) {
  for (int i = 0; i < 4; i++) show("track", track(i));
  Pair pair{1, 2};
  for (int i = 0; i < 3; i++) {
    try {
      pair.a = i * 10;
      maybe_throw(i == 1);
      pair.b = i * 10;
    } catch (ValueError*) {
      pair.b = -1;
    }
    show("pair", pair.a * 100 + pair.b);
  }
  int tries = 0;
  int result = 0;
  while (result == 0) {
    try {
      tries++;
      maybe_throw(tries < 4);
      result = tries * 11;
    } catch (ValueError*) {
    }
  }
  show("result", result);
  return 0;
}

WEFT_MAIN(run)

//| track 4525
//| track -990
//| track -1490
//| track -2475
//| pair 0
//| pair 999
//| pair 2020
//| result 44
