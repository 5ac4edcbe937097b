// A field of null.
// battery: exit=134 check stderr="fatal error: null dereference"

#include "tests/battery/show.h"

using namespace weft;

class Node : public Object {
 public:
  int value = 1;
  Node* next = nullptr;
};
static int second(Node* node) { return node->next->value; }

int run(Array<Str>) {
  Node* node = new Node();
  node->next = new Node();
  show("fine", second(node));
  println("before");
  show("not here", second(node->next));
  return 0;
}

WEFT_MAIN(run)

//| fine 1
//| before
