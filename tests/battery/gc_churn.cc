// Much garbage with a structure that lives on: the live objects stay whole.
// battery: heavy

#include "tests/battery/show.h"

using namespace weft;

class Tree : public Object {
 public:
  Tree* left = nullptr;
  Tree* right = nullptr;
  int64_t value;
  explicit Tree(int64_t value) : value(value) {}
};

static Tree* build(int depth) {
  Tree* tree = new Tree(depth);
  if (depth > 0) {
    tree->left = build(depth - 1);
    tree->right = build(depth - 1);
  }
  return tree;
}
static int64_t sum(Tree* tree) {
  return tree == nullptr ? 0 : tree->value + sum(tree->left) + sum(tree->right);
}

int run(Array<Str>) {
  Tree* kept = build(10);
  int64_t expected = sum(kept);
  int64_t total = 0;
  for (int i = 0; i < 200; i++) {
    total += sum(build(7));
    if (sum(kept) != expected) println("broken");
  }
  show("total", total);
  show("kept", sum(kept));
  List<Str> texts;
  for (int i = 0; i < 2000; i++) texts.append("text " + format_int(i));
  int good = 0;
  for (int i = 0; i < 2000; i++) good += texts[i] == "text " + format_int(i);
  show("good", good);
  return 0;
}

WEFT_MAIN(run)

//| total 49400
//| kept 2036
//| good 2000
