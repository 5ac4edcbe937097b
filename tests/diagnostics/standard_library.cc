// The standard library is for compile time only.
#include <algorithm>
#include <initializer_list>

#include "dsl/weft.h"

using namespace weft;

int largest(int a, int b) {
  return std::max(a, b);  //! W0114: 'std::max
}

int count(std::initializer_list<int> list) { return 1; }

int counted() {
  return count({1, 2, 3});  //! W0138: std::initializer_list
}

int run(Array<Str> args) { return 0; }
WEFT_MAIN(run)
