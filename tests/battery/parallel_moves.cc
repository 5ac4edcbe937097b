// Loops that rotate and swap their variables: all of them move at once.

#include "tests/battery/show.h"

using namespace weft;

int run(Array<Str>) {
  int a = 1;
  int b = 2;
  int c = 3;
  for (int i = 0; i < 10; i++) {
    int t = a;
    a = b;
    b = c;
    c = t;
  }
  show("rotated", a * 100 + b * 10 + c);
  int64_t f = 0;
  int64_t g = 1;
  for (int i = 0; i < 90; i++) {
    int64_t next = f + g;
    f = g;
    g = next;
  }
  show("fibonacci", f);
  Str s = "s";
  Str t = "t";
  for (int i = 0; i < 3; i++) {
    Str u = s;
    s = t;
    t = u;
  }
  println(s + t);
  int x = 48;
  int y = 180;
  while (y != 0) {
    int rest = x % y;
    x = y;
    y = rest;
  }
  show("gcd", x);
  double p = 1;
  double q = 100;
  for (int i = 0; i < 20; i++) {
    double mean = (p + q) / 2;
    q = sqrt(p * q);
    p = mean;
  }
  show("mean", format_fixed(p, 6));
  int last = 0;
  int before_last = 0;
  for (int i = 1; i < 10; i++) {
    before_last = last;
    last = i;
    if (i == 5) {
      int swap = last;
      last = before_last;
      before_last = swap;
    }
  }
  show("last", last * 10 + before_last);
  return 0;
}

WEFT_MAIN(run)

//| rotated 231
//| fibonacci 2880067194370816120
//| ts
//| gcd 12
//| mean 26.216689
//| last 98
