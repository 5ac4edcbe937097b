// The first definitions of what tests/diagnostics/defined_twice.cc defines again.
#include "dsl/weft.h"

struct Pair {
  int first;
};

int twice(int n) { return 2 * n; }

int sum(weft::Array<int> numbers) {
  Pair pair{numbers[0]};
  return pair.first;
}
