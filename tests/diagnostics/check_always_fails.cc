// weft: print FILE --stage=annotated --function=weft_entry_
// exit: 0
// What can be proven to fail wherever it is reached.

#include "dsl/weft.h"

class Node : public weft::Object {
 public:
  int value = 1;
  Node* next = nullptr;
};

static int last(weft::Array<int> items) {
  if (items.length() > 2) return 0;
  return items[4];  //! W0303: the index is always out of range
}

static int divide(int a, int b) {
  if (b > 0 || b < 0) return 1;
  return a / b;  //! W0303: the divisor is always zero
}

int run(weft::Array<weft::Str> args) {
  int n = static_cast<int>(args.length());
  weft::Array<int> items(args.length());
  int sum = last(items) + divide(7, n);
  Node* node = new Node();
  return sum + node->next->value;  //! W0303: the reference is always null
}

WEFT_MAIN(run)
