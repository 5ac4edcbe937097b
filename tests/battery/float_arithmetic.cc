// Doubles: IEEE 754 binary64, rounded to nearest even, no excess precision.

#include "tests/battery/show.h"

using namespace weft;

int run(Array<Str>) {
  double a = 0.1;
  double b = 0.2;
  show("0.1 + 0.2", a + b);
  show("0.3 - 0.1", 0.3 - a);
  show("0.1 * 3", a * 3);
  show("1 / 3", 1.0 / 3.0);
  show("-a", -a);
  double large = 9007199254740992.0;
  show("2^53 + 1", large + 1);
  show("2^53 + 2", large + 2);
  show("overflow", 1e308 * 10);
  show("underflow", 1e-308 / 1e10);
  show("to zero", 5e-324 / 2);
  double sum = 0;
  for (int i = 0; i < 10; i++) sum += 0.1;
  show("ten tenths", sum);
  show("equal to one", sum == 1.0);
  // No fused multiply and add: the product is rounded first.
  double x = 1.0 + 0x1p-27;
  show("x * x - 1", x * x - 1.0 - 0x1p-26);
  return 0;
}

WEFT_MAIN(run)

//| 0.1 + 0.2 0.30000000000000004
//| 0.3 - 0.1 0.19999999999999998
//| 0.1 * 3 0.30000000000000004
//| 1 / 3 0.3333333333333333
//| -a -0.1
//| 2^53 + 1 9007199254740992
//| 2^53 + 2 9007199254740994
//| overflow inf
//| underflow 1e-318
//| to zero 0
//| ten tenths 0.9999999999999999
//| equal to one false
//| x * x - 1 0
