// Null of each kind: tested, passed, returned, stored and compared.

#include "tests/battery/show.h"

using namespace weft;

class Node : public Object {
 public:
  Node* next = nullptr;
  Str name = nullptr;
  Array<int> items;
  List<int> list = nullptr;
  Closure<int()> action;
  int (*function)(int) = nullptr;
};
static Node* maybe(bool b) { return b ? new Node() : nullptr; }
static int depth(Node* node) { return node == nullptr ? 0 : 1 + depth(node->next); }
static bool is_null(Object* o) { return !o; }

int run(Array<Str>) {
  Node* node = maybe(true);
  show("made", node != nullptr);
  show("not made", maybe(false) == nullptr);
  show("string", node->name == nullptr);
  show("array", node->items == nullptr && node->items.is_null());
  show("list", node->list == nullptr);
  show("closure", node->action == nullptr);
  show("function", node->function == nullptr);
  node->next = maybe(true);
  node->next->next = maybe(false);
  show("depth", depth(node));
  show("null argument", is_null(nullptr) && !is_null(node));
  node->name = "n";
  node->items = Array<int>(0);
  node->list = List<int>();
  show("no longer", node->name != nullptr && node->items != nullptr && node->list != nullptr);
  node->name = nullptr;
  node->items = nullptr;
  node->list = nullptr;
  show("null again", node->name == nullptr && node->items == nullptr && node->list == nullptr);
  Array<Node*> nodes(3);
  nodes[1] = node;
  int count = 0;
  for (Node* n : nodes) count += n == nullptr;
  show("null elements", count);
  Node* a = nullptr;
  Node* b = nullptr;
  show("nulls are equal", a == b);
  if (a) println("not here");
  a = node;
  if (a && !b) println("tested");
  Str s;
  show("empty is not null", !s.is_null());
  return 0;
}

WEFT_MAIN(run)

//| made true
//| not made true
//| string true
//| array true
//| list true
//| closure true
//| function true
//| depth 2
//| null argument true
//| no longer true
//| null again true
//| null elements 2
//| nulls are equal true
//| tested
//| empty is not null true
