// 64-bit arithmetic wraps around at both ends.

#include "tests/battery/show.h"

using namespace weft;

static int64_t top = INT64_MAX;
static int64_t bottom = INT64_MIN;

// Where the factor is known only to a translator that looks into it.
static int64_t times(int64_t a, int64_t b) { return a * b; }

int run(Array<Str>) {
  int64_t one = 1;
  show("max + 1", top + one);
  show("min - 1", bottom - one);
  show("max * 2", top * 2);
  show("max * max", top * top);
  show("-min", -bottom);
  // A factor that is 2^31 in 32 bits, and is not in 64.
  for (int64_t x = -3; x < 4; x += 3) {
    show("times -2^31", x * INT32_MIN);
    show("-2^31 times", int64_t{INT32_MIN} * (x + top));
    show("by a function", times(x, INT32_MIN));
    show("too large", mul_overflows<int64_t>(top - x - 3, INT32_MIN));
  }
  uint64_t u = 0;
  u--;
  show("0 - 1", u);
  show("squared", u * u);
  uint64_t hash = 14695981039346656037u;
  for (uint64_t i = 0; i < 5; i++) hash = (hash ^ i) * 1099511628211u;
  show("hash", hash);
  return 0;
}

WEFT_MAIN(run)

//| max + 1 -9223372036854775808
//| min - 1 9223372036854775807
//| max * 2 -2
//| max * max 1
//| -min -9223372036854775808
//| times -2^31 6442450944
//| -2^31 times 8589934592
//| by a function 6442450944
//| too large true
//| times -2^31 0
//| -2^31 times 2147483648
//| by a function 0
//| too large true
//| times -2^31 -6442450944
//| -2^31 times -4294967296
//| by a function -6442450944
//| too large true
//| 0 - 1 18446744073709551615
//| squared 1
//| hash 3708964778940489647
