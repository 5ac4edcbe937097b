// The shortest text that reads back as the same double.

#include "tests/battery/show.h"

using namespace weft;

int run(Array<Str>) {
  Array<double> values(24);
  int n = 0;
  values[n++] = 0.0;
  values[n++] = -0.0;
  values[n++] = 1;
  values[n++] = -1.5;
  values[n++] = 0.1;
  values[n++] = 0.1 + 0.2;
  values[n++] = 1.0 / 3;
  values[n++] = 2.0 / 3;
  values[n++] = 100;
  values[n++] = 123456.789;
  values[n++] = 1e15;
  values[n++] = 1e16;
  values[n++] = 1e21;
  values[n++] = 1e23;
  values[n++] = 0.0001;
  values[n++] = 0.00001;
  values[n++] = 5e-324;
  values[n++] = 2.2250738585072014e-308;
  values[n++] = 1.7976931348623157e308;
  values[n++] = 9007199254740993.0;
  values[n++] = 4.35;
  values[n++] = 299792458.0;
  values[n++] = kInfinity;
  values[n++] = kNaN;
  for (double value : values) println(format_double(value));
  // Each reads back as itself.
  uint64_t seed = 1;
  int bad = 0;
  for (int i = 0; i < 300; i++) {
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    double value = f64_from_bits(seed);
    double back = 0;
    if (!is_finite(value)) continue;
    if (!parse_double(format_double(value), back) || back != value) bad++;
  }
  show("bad", bad);
  return 0;
}

WEFT_MAIN(run)

//| 0
//| -0
//| 1
//| -1.5
//| 0.1
//| 0.30000000000000004
//| 0.3333333333333333
//| 0.6666666666666666
//| 100
//| 123456.789
//| 1000000000000000
//| 1e+16
//| 1e+21
//| 1e+23
//| 0.0001
//| 1e-05
//| 5e-324
//| 2.2250738585072014e-308
//| 1.7976931348623157e+308
//| 9007199254740992
//| 4.35
//| 299792458
//| inf
//| nan
//| bad 0
