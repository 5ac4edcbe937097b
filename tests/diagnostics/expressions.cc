// Expressions outside the language.
#include "dsl/weft.h"

using namespace weft;

struct Point {
  int x;
  int y;
};

class Node : public Object {
 public:
  Node* next = nullptr;
  int value = 0;
};

void make_and_free() {
  Node* node = new Node();
  delete node;             //! W0105: 'delete' is not in the language
  new Point();             //! W0106: 'Point' is none
  new Node[3];             //! W0107: 'new' of an array
}

int take_address(int n) {
  return &n ? 1 : 0;  //! W0108: the address of 'n'
}

void walk(Node* node) {
  node = node + 1;  //! W0109: arithmetic on pointers
  node++;           //! W0109: arithmetic on pointers
  if (node < node->next) node->value = 1;  //! W0129: pointers have no order
}

void casts(Node* node, double d) {
  auto n = reinterpret_cast<uint64_t>(node);  //! W0110: no cast from 'Node *'
  auto o = dynamic_cast<Node*>(static_cast<Object*>(node));  //! W0111: 'dynamic_cast'
}

void strings() {
  // Both the type and the value are wrong.
  //! W0202 at 42: a pointer to 'const char'
  const char* text = "abc";  //! W0112: a string literal
}

int sum(int count, ...) { return count; }  //! W0113: '...' parameters

int builtin(int n) {
  return __builtin_parity(n);  //! W0115: '__builtin_parity'
}

WEFT_INTRINSIC("no_such_thing") int no_such_thing(int n);

int intrinsic(int n) {
  return no_such_thing(n);  //! W0134: 'no_such_thing'
}

constexpr int kTable[] = {1, 2, 3};

template <class T>
int size_of(const T& t) {  //! W0210: the C array
  return sizeof(T);
}

int table() {
  return size_of(kTable);  //! W0137: can only be indexed
}

int middle(int n) {
  return n ?: 3;  //! W0104: '?:' without a middle operand
}

int statement_expression(int n) {
  return ({ n + 1; });  //! W0104: a statement expression
}

void copies(Node* a, Node* b) {
  *a = *b;  //! W0128: 'Node' is a garbage-collected class
}

int nowhere(int n);

int undefined() {
  return nowhere(1);  //! W0116: 'nowhere' is used
}

int run(Array<Str> args) { return 0; }
WEFT_MAIN(run)
