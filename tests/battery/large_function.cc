// A function with many variables, branches and values that live across all of it.

#include "tests/battery/show.h"

using namespace weft;

static int64_t mix(int64_t seed) {
  int64_t a = seed, b = seed + 1, c = seed + 2, d = seed + 3, e = seed + 4;
  int64_t f = seed * 3, g = seed * 5, h = seed * 7, i = seed * 11, j = seed * 13;
  int64_t k = a ^ b, l = c ^ d, m = e ^ f, n = g ^ h, o = i ^ j;
  int64_t p = a & f, q = b | g, r = c & h, s = d | i, t = e & j;
  for (int round = 0; round < 10; round++) {
    if ((a & 1) != 0) {
      b += c;
      d ^= e;
      if ((b & 2) != 0) {
        f -= g;
        h += i;
      } else {
        j ^= k;
      }
    } else if ((l & 4) != 0) {
      m += n;
      o -= p;
    } else {
      q ^= r;
      s += t;
    }
    switch (round % 4) {
      case 0:
        a += t;
        break;
      case 1:
        c ^= s;
        [[fallthrough]];
      case 2:
        l += q;
        break;
      default:
        r -= a;
    }
    int64_t swap = a;
    a = m;
    m = k;
    k = swap + round;
  }
  return a + b * 3 + c * 5 + d * 7 + e * 9 + f * 11 + g * 13 + h * 15 + i * 17 + j * 19 + k * 21 +
         l * 23 + m * 25 + n * 27 + o * 29 + p * 31 + q * 33 + r * 35 + s * 37 + t * 39;
}

int run(Array<Str>) {
  for (int64_t seed = 1; seed < 10; seed++) show("mix", mix(seed * 12345));
  return 0;
}

WEFT_MAIN(run)

//| mix 32243471
//| mix 50870418
//| mix 73476361
//| mix 146343941
//| mix 125672011
//| mix 153593134
//| mix 310444913
//| mix 292687493
//| mix 223503663
