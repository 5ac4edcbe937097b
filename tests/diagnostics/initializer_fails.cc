// A check that fails in an initialiser fails at translation time.

#include "dsl/weft.h"

weft::Array<int64_t> primes() {
  weft::Array<int64_t> result(3);
  result[0] = 2;
  result[1] = 3;
  result[2] = 5;
  return result;
}

weft::Array<int64_t> table = primes();

int64_t item(int64_t index) { return table[index]; }  //! W0404: index 7 is out of range for length 3

int64_t eighth = item(7);

int run(weft::Array<weft::Str> args) { return eighth == 19 ? 0 : 1; }

WEFT_MAIN(run)
