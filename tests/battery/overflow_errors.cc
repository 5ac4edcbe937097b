// ovf_add and its family give the result or throw OverflowError.

#include "tests/battery/show.h"

using namespace weft;

template <class F>
static void attempt(Str name, F compute) {
  try {
    show(name, compute());
  } catch (OverflowError* e) {
    println(name + ": " + e->message);
  }
}

int run(Array<Str>) {
  attempt("add", [] { return ovf_add<int64_t>(40, 2); });
  attempt("add max", [] { return ovf_add<int64_t>(INT64_MAX, 1); });
  attempt("sub", [] { return ovf_sub<int32_t>(-40, 2); });
  attempt("sub min", [] { return ovf_sub<int32_t>(INT32_MIN, 1); });
  attempt("mul", [] { return ovf_mul<int64_t>(-3000000000, 3); });
  attempt("mul large", [] { return ovf_mul<int64_t>(4000000000, 4000000000); });
  attempt("neg", [] { return ovf_neg<int32_t>(7); });
  attempt("neg min", [] { return ovf_neg<int32_t>(INT32_MIN); });
  attempt("unsigned", [] { return ovf_sub<uint32_t>(1, 2); });
  int64_t factorial = 1;
  int64_t n = 1;
  try {
    while (true) {
      factorial = ovf_mul(factorial, n);
      n++;
    }
  } catch (OverflowError*) {
    show("factorials that fit", n - 1);
    show("the last one", factorial);
  }
  return 0;
}

WEFT_MAIN(run)

//| add 42
//| add max: integer overflow in addition
//| sub -42
//| sub min: integer overflow in subtraction
//| mul -9000000000
//| mul large: integer overflow in multiplication
//| neg -7
//| neg min: integer overflow in subtraction
//| unsigned: integer overflow in subtraction
//| factorials that fit 20
//| the last one 2432902008176640000
