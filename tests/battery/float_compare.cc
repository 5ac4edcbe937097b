// Comparisons with NaN are false but for !=; zero equals minus zero.

#include "tests/battery/show.h"

using namespace weft;

static void compare_all(Str name, double a, double b) {
  print(name + ":");
  if (a < b) print(" <");
  if (a <= b) print(" <=");
  if (a == b) print(" ==");
  if (a != b) print(" !=");
  if (a >= b) print(" >=");
  if (a > b) print(" >");
  if (!(a < b)) print(" !<");
  if (!(a >= b)) print(" !>=");
  println("");
}

int run(Array<Str>) {
  compare_all("1 2", 1, 2);
  compare_all("2 1", 2, 1);
  compare_all("1 1", 1, 1);
  compare_all("0 -0", 0.0, -0.0);
  compare_all("nan nan", kNaN, kNaN);
  compare_all("nan 1", kNaN, 1);
  compare_all("inf 1", kInfinity, 1);
  compare_all("-inf inf", -kInfinity, kInfinity);
  compare_all("inf nan", kInfinity, kNaN);
  show("nan as a condition", kNaN ? 1 : 2);
  double minus_zero = -0.0;
  show("zero as a condition", minus_zero ? 1 : 2);
  show("min", min(2.5, -1.0));
  show("max", max(2.5, -1.0));
  return 0;
}

WEFT_MAIN(run)

//| 1 2: < <= != !>=
//| 2 1: != >= > !<
//| 1 1: <= == >= !<
//| 0 -0: <= == >= !<
//| nan nan: != !< !>=
//| nan 1: != !< !>=
//| inf 1: != >= > !<
//| -inf inf: < <= != !>=
//| inf nan: != !< !>=
//| nan as a condition 1
//| zero as a condition 2
//| min -1
//| max 2.5
