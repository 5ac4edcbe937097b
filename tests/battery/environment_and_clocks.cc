// The environment, clocks, and what goes to standard error.
// battery: env="WEFT_BATTERY=some_value"

#include "tests/battery/show.h"

using namespace weft;

int run(Array<Str>) {
  println(environment("WEFT_BATTERY"));
  show("missing", environment("WEFT_NO_SUCH_NAME") == nullptr);
  double cpu = os::cpu_seconds();
  int64_t start = os::monotonic_nanoseconds();
  double wall = os::wall_seconds();
  uint64_t x = 1;
  for (int i = 0; i < 10000; i++) x = x * 3 + 1;
  show("x", x);
  show("cpu goes on", os::cpu_seconds() >= cpu);
  show("time goes on", os::monotonic_nanoseconds() >= start);
  show("after 2020", wall > 1577836800.0);
  eprintln("this goes to standard error");
  flush();
  return 0;
}

WEFT_MAIN(run)

//| some_value
//| missing true
//| x 10395312455573013729
//| cpu goes on true
//| time goes on true
//| after 2020 true
