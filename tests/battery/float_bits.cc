// The bits of doubles, signed zero and NaN.

#include "tests/battery/show.h"

using namespace weft;

int run(Array<Str>) {
  println(format_uint(f64_bits(1.0), 16));
  println(format_uint(f64_bits(-2.5), 16));
  println(format_uint(f64_bits(0.0), 16));
  println(format_uint(f64_bits(-0.0), 16));
  println(format_uint(f64_bits(kInfinity), 16));
  println(format_uint(f64_bits(5e-324), 16));
  show("from bits", f64_from_bits(0x400921fb54442d18));
  show("nan from bits", is_nan(f64_from_bits(0x7ff8000000000001)));
  double zero = 0.0;
  show("-zero", -zero);
  show("zero * -1", zero * -1);
  show("0 - zero", 0 - zero);
  show("1 / -zero", 1 / -zero);
  show("is_nan", is_nan(zero / zero));
  show("is_infinite", is_infinite(-1 / zero));
  show("is_finite", is_finite(1e308));
  show("inf - inf", is_nan(kInfinity - kInfinity));
  return 0;
}

WEFT_MAIN(run)

//| 3ff0000000000000
//| c004000000000000
//| 0
//| 8000000000000000
//| 7ff0000000000000
//| 1
//| from bits 3.141592653589793
//| nan from bits true
//| -zero -0
//| zero * -1 -0
//| 0 - zero 0
//| 1 / -zero -inf
//| is_nan true
//| is_infinite true
//| is_finite true
//| inf - inf true
