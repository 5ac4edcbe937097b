// Slots: an array that is an object's fields, in whatever order the collector likes best.

#include "tests/battery/show.h"

using namespace weft;

namespace {

class Node final : public Object {
 public:
  explicit Node(int64_t number) : number(number) {}

  int64_t Sum() const {
    int64_t sum = number;
    for (int64_t i = 0; i < children.length(); i++) {
      if (children[i] != nullptr) sum = sum * 3 + children[i]->Sum();
    }
    return sum;
  }

  const int64_t number;
  Slots<Node*> children;
};

Node* Tree(int depth, int64_t number) {
  Node* node = new Node(number);
  node->children = Slots<Node*>(depth == 0 ? 0 : 4);
  // The last one stays empty.
  for (int64_t i = 0; i < node->children.length() - 1; i++) {
    node->children[i] = Tree(depth - 1, 10 * number + i);
  }
  return node;
}

struct Pair {
  int32_t first;
  Str second;
};

const Slots<int64_t> kFrozen = [] {
  Slots<int64_t> made(3);
  for (int64_t i = 0; i < 3; i++) made[i] = 7 * i + 1;
  return made;
}();

template <class T>
void ShowSlots(Str label, Slots<T> slots) {
  print(label);
  for (int64_t i = 0; i < slots.length(); i++) print(" " + text_of(slots[i]));
  println("");
}

}  // namespace

int run(Array<Str>) {
  Slots<int64_t> none;
  show("null", none == nullptr);
  show("null", Slots<int64_t>(nullptr).is_null());
  Slots<int64_t> some(5);
  show("not null", some != nullptr);
  for (int64_t i = 0; i < some.length(); i++) some[i] = i * i;
  some[2]++;
  int64_t& place = some[4];
  place -= 100;
  ShowSlots("some", some);
  ShowSlots("larger", resized(some, 7));
  ShowSlots("smaller", resized(some, 2));
  ShowSlots("none", resized(some, 0));
  ShowSlots("some", some);
  ShowSlots("frozen", kFrozen);

  Slots<Pair> pairs(2);
  pairs[1] = Pair{3, "three"};
  pairs[0].second = "zero";
  pairs = resized(pairs, 3);
  for (int64_t i = 0; i < 3; i++) {
    show("pair", pairs[i].first);
    show("pair", pairs[i].second == nullptr ? Str("nothing") : pairs[i].second);
  }

  Node* tree = Tree(5, 1);
  int64_t before = tree->Sum();
  gc::collect();
  show("sum", before);
  show("same", before == tree->Sum());
  return 0;
}

//| null true
//| null true
//| not null true
//| some 0 1 5 9 -84
//| larger 0 1 5 9 -84 0 0
//| smaller 0 1
//| none
//| some 0 1 5 9 -84
//| frozen 1 8 15
//| pair 0
//| pair zero
//| pair 3
//| pair three
//| pair 0
//| pair nothing
//| sum 46819324142
//| same true
