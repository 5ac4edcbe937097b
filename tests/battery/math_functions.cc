// The C library's functions, where their results are exact or well rounded.

#include "tests/battery/show.h"

using namespace weft;

int run(Array<Str>) {
  show("sqrt", sqrt(2.0));
  show("sqrt of a square", sqrt(144.0));
  show("floor", floor(-2.5));
  show("ceil", ceil(-2.5));
  show("trunc", trunc(-2.5));
  show("round", round(2.5));
  show("round negative", round(-2.5));
  show("fabs", fabs(-3.25));
  show("fmod", fmod(7.5, 2.0));
  show("fmod negative", fmod(-7.5, 2.0));
  show("pow", pow(2.0, 10.0));
  show("pow half", pow(9.0, 0.5));
  show("exp 0", exp(0.0));
  show("log 1", log(1.0));
  show("log2", log2(1024.0));
  show("log10", log10(1000.0));
  show("sin 0", sin(0.0));
  show("cos 0", cos(0.0));
  show("atan2", format_fixed(atan2(1.0, 1.0) * 4, 10));
  show("hypot", hypot(3.0, 4.0));
  show("sqrt of -1", is_nan(sqrt(-1.0)));
  show("log of 0", log(0.0));
  show("pi", kPi);
  show("sin pi/6", format_fixed(sin(kPi / 6), 12));
  show("tanh", tanh(0.0));
  return 0;
}

WEFT_MAIN(run)

//| sqrt 1.4142135623730951
//| sqrt of a square 12
//| floor -3
//| ceil -2
//| trunc -2
//| round 3
//| round negative -3
//| fabs 3.25
//| fmod 1.5
//| fmod negative -1.5
//| pow 1024
//| pow half 3
//| exp 0 1
//| log 1 0
//| log2 10
//| log10 3
//| sin 0 0
//| cos 0 1
//| atan2 3.1415926536
//| hypot 5
//| sqrt of -1 true
//| log of 0 -inf
//| pi 3.141592653589793
//| sin pi/6 0.500000000000
//| tanh 0
