// Prints docs/operations.md.

#include <cstdio>

#include "flowgraph/operations_page.h"

int main() {
  std::fputs(weft::flowgraph::OperationsPage().c_str(), stdout);
  return 0;
}
