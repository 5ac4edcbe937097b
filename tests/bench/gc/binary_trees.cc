// Many short-lived binary trees of growing depth beside one that lives on, as in the Computer
// Language Benchmarks Game.

#include "dsl/weft.h"

using namespace weft;

class Tree : public Object {
 public:
  Tree* left;
  Tree* right;
  Tree(Tree* left, Tree* right) : left(left), right(right) {}
};

static Tree* make(int depth) {
  if (depth == 0) return new Tree(nullptr, nullptr);
  Tree* left = make(depth - 1);
  return new Tree(left, make(depth - 1));
}

static int check(Tree* tree) {
  return tree->left == nullptr ? 1 : 1 + check(tree->left) + check(tree->right);
}

int run(Array<Str> args) {
  int64_t argument = 16;
  if (args.length() > 1 && !parse_int(args[1], argument)) return 2;
  int max_depth = static_cast<int>(argument);
  println(format_int(check(make(max_depth + 1))));
  Tree* long_lived = make(max_depth);
  for (int depth = 4; depth <= max_depth; depth += 2) {
    int n = 1 << (max_depth - depth + 4);
    int64_t sum = 0;
    for (int i = 0; i < n; i++) sum += check(make(depth));
    println(format_int(sum));
  }
  println(format_int(check(long_lived)));
  return 0;
}

WEFT_MAIN(run)
