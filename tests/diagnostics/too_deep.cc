// An expression of absurd depth is a diagnostic, not a crash.
#include "dsl/weft.h"

#define X10(x) -(1 + -(1 + -(1 + -(1 + -(1 + -(1 + -(1 + -(1 + -(1 + -(1 + x))))))))))

int deep(int n) {
  return X10(n);
}
