// Functions with many parameters of all kinds, and large structs by value.

#include "tests/battery/show.h"

using namespace weft;

struct Large {
  int64_t a, b, c, d;
  double e, f;
  Str g;
  Array<int> h;
};
static double add(int a, int64_t b, uint8_t c, double d, float e, bool f, Str g, int h, int i,
                  int j, int k, int l, double m, double n, double o, double p, double q, double r,
                  double s, int16_t t, Object* u, Array<int> v, uint64_t w) {
  return a + static_cast<double>(b) + c + d + e + f + static_cast<double>(g.length()) + h + i + j +
         k + l + m + n + o + p + q + r + s + t + (u == nullptr ? 0.5 : 0) + v[0] +
         static_cast<double>(w);
}
static Large make(int64_t x) {
  Large large{x, x + 1, x + 2, x + 3, x * 0.5, x * 0.25, format_int(x), Array<int>(2)};
  large.h[1] = static_cast<int>(x);
  return large;
}
static Large combine(Large x, Large y, bool swap) {
  if (swap) return combine(y, x, false);
  x.a += y.a;
  x.g = x.g + y.g;
  x.e += y.f;
  return x;
}
static int64_t sum(Large x) {
  return x.a + x.b + x.c + x.d + static_cast<int64_t>(x.e * 4 + x.f * 4) + x.g.length() + x.h[1];
}

int run(Array<Str>) {
  Array<int> v(1);
  v[0] = 1000;
  show("added", add(1, 2, 3, 4, 5, true, "abc", 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, -18,
                    nullptr, v, 100000));
  Large a = make(10);
  Large b = make(200);
  show("sum", sum(a));
  Large c = combine(a, b, true);
  show("combined", sum(c));
  println(c.g);
  show("unchanged", sum(a) + sum(b));
  a = combine(a, a, false);
  show("with itself", a.a);
  return 0;
}

WEFT_MAIN(run)

//| added 101139.5
//| sum 88
//| combined 1631
//| 20010
//| unchanged 1697
//| with itself 20
