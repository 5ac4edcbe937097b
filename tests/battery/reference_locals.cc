// Local references: aliasing, references to fields and elements, const references to temporaries.

#include "tests/battery/show.h"

using namespace weft;

struct Pair {
  int a;
  int b;
};

class Node : public Object {
 public:
  Pair pair{1, 2};
  Node* next = nullptr;
};

int run(Array<Str>) {
  int x = 1;
  int& r = x;
  r = 5;
  x += 2;
  show("alias", r);
  int& rr = r;
  rr *= 10;
  show("alias of an alias", x);
  Node* node = new Node();
  Pair& pair = node->pair;
  pair.a = 11;
  int& b = pair.b;
  b = 22;
  show("through references", node->pair.a * 100 + node->pair.b);
  Pair copy = pair;
  copy.a = 0;
  show("a copy is apart", node->pair.a);
  Array<int> array(5);
  int& third = array[2];
  third = 9;
  array[2]++;
  show("element", third);
  const int& constant = 42;
  show("temporary", constant);
  const Str& text = Str("a") + "b";
  println(text);
  Node*& next = node->next;
  next = new Node();
  next->pair.a = 33;
  show("reference to a pointer", node->next->pair.a);
  // What a reference names is fixed: assigning to the variable does not move it.
  Node* walker = node;
  int& first = walker->pair.a;
  walker = walker->next;
  first = 1;
  show("first", node->pair.a);
  show("second", walker->pair.a);
  for (int i = 0; i < 3; i++) {
    int& item = array[i];
    item += i;
  }
  show("loop", array[0] + array[1] * 10 + array[2] * 100);
  return 0;
}

WEFT_MAIN(run)

//| alias 7
//| alias of an alias 70
//| through references 1122
//| a copy is apart 11
//| element 10
//| temporary 42
//| ab
//| reference to a pointer 33
//| first 1
//| second 33
//| loop 1210
