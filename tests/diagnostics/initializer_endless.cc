// weft: check FILE --step-limit=100000
// An initialiser that does not end is stopped.

#include "dsl/weft.h"

uint64_t collatz(uint64_t start) {
  uint64_t n = start;
  while (n != 0) {
    n = n % 2 == 0 ? n / 2 : 3 * n + 1;  //! W0402: did not end within 100000 steps
  }
  return n;
}

uint64_t end = collatz(27);

int run(weft::Array<weft::Str> args) { return end == 0 ? 0 : 1; }

WEFT_MAIN(run)
