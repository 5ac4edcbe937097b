// Doubles as printf's %f, %e and %g write them.

#include "tests/battery/show.h"

using namespace weft;

int run(Array<Str>) {
  Array<double> values(9);
  values[0] = 0;
  values[1] = 1;
  values[2] = 3.14159265358979;
  values[3] = -2.5;
  values[4] = 1234567.891;
  values[5] = 0.000012345;
  values[6] = 1e100;
  values[7] = 999999.5;
  values[8] = 0.5;
  for (double value : values) {
    print(format_fixed(value, 0) + " " + format_fixed(value, 3) + " ");
    print(format_exponent(value, 0) + " " + format_exponent(value, 4) + " ");
    println(format_general(value, 6) + " " + format_general(value, 3) + " " +
            format_general(value, 17));
  }
  println(format_fixed(kInfinity, 2) + " " + format_exponent(-kInfinity, 2) + " " +
          format_general(kNaN, 2));
  return 0;
}

WEFT_MAIN(run)

//| 0 0.000 0e+00 0.0000e+00 0 0 0
//| 1 1.000 1e+00 1.0000e+00 1 1 1
//| 3 3.142 3e+00 3.1416e+00 3.14159 3.14 3.14159265358979
//| -2 -2.500 -2e+00 -2.5000e+00 -2.5 -2.5 -2.5
//| 1234568 1234567.891 1e+06 1.2346e+06 1.23457e+06 1.23e+06 1234567.8910000001
//| 0 0.000 1e-05 1.2345e-05 1.2345e-05 1.23e-05 1.2345e-05
//| 10000000000000000159028911097599180468360808563945281389781327557747838772170381060813469985856815104 10000000000000000159028911097599180468360808563945281389781327557747838772170381060813469985856815104.000 1e+100 1.0000e+100 1e+100 1e+100 1e+100
//| 1000000 999999.500 1e+06 1.0000e+06 1e+06 1e+06 999999.5
//| 0 0.500 5e-01 5.0000e-01 0.5 0.5 0.5
//| inf -inf nan
