// Parameters, results, early returns, default arguments, overloads and recursion.

#include "tests/battery/show.h"

using namespace weft;

static int add(int a, int b = 10, int c = 100) { return a + b + c; }

static Str describe(int x) { return "int " + format_int(x); }
static Str describe(double x) { return "double " + format_double(x); }
static Str describe(Str x) { return "Str " + x; }
static Str describe(bool x) { return x ? Str("true") : Str("false"); }
static Str describe(int x, int y) { return "pair " + format_int(x * y); }

static int64_t fibonacci(int64_t n) { return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2); }

static bool is_odd(int n);
static bool is_even(int n) { return n == 0 ? true : is_odd(n - 1); }
static bool is_odd(int n) { return n == 0 ? false : is_even(n - 1); }

static int ackermann(int m, int n) {
  if (m == 0) return n + 1;
  if (n == 0) return ackermann(m - 1, 1);
  return ackermann(m - 1, ackermann(m, n - 1));
}

static void nothing() {}
static void leave_early(int x) {
  if (x > 5) return;
  show("stayed", x);
}
[[nodiscard]] static int unused_argument([[maybe_unused]] int a, int) { return 7; }
static int changes_its_parameter(int x) {
  x += 5;
  x *= 2;
  return x;
}
static int next_default = 5;
static int computed_default(int x = next_default * 2) { return x; }

int run(Array<Str>) {
  show("add", add(1));
  show("add", add(1, 2));
  show("add", add(1, 2, 3));
  println(describe(5));
  println(describe(2.5));
  println(describe(Str("text")));
  println(describe(true));
  println(describe(6, 7));
  show("fibonacci", fibonacci(20));
  show("even", is_even(100));
  show("odd", is_odd(100));
  show("ackermann", ackermann(2, 3));
  nothing();
  leave_early(9);
  leave_early(3);
  show("unused", unused_argument(1, 2));
  int mine = 1;
  show("parameter", changes_its_parameter(mine));
  show("mine", mine);
  show("default", computed_default());
  next_default = 6;
  show("default again", computed_default());
  return 0;
}

WEFT_MAIN(run)

//| add 111
//| add 103
//| add 6
//| int 5
//| double 2.5
//| Str text
//| true
//| pair 42
//| fibonacci 6765
//| even true
//| odd false
//| ackermann 9
//| stayed 3
//| unused 7
//| parameter 12
//| mine 1
//| default 10
//| default again 12
