// The sieve of Eratosthenes.

#include "tests/battery/show.h"

using namespace weft;

int run(Array<Str>) {
  constexpr int kLimit = 10000;
  Array<bool> composite(kLimit + 1);
  List<int> primes;
  for (int i = 2; i <= kLimit; i++) {
    if (composite[i]) continue;
    primes.append(i);
    for (int j = i * i; j <= kLimit; j += i) composite[j] = true;
  }
  show("primes", primes.length());
  show("last", primes.last());
  int64_t sum = 0;
  for (int p : primes) sum += p;
  show("sum", sum);
  return 0;
}

WEFT_MAIN(run)

//| primes 1229
//| last 9973
//| sum 5736396
