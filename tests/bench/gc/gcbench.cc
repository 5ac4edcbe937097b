// The allocation benchmark of Ellis, Kovac and Boehm: complete binary trees, built from the root
// and from the leaves, beside a long-lived tree and a long-lived array of numbers.

#include "dsl/weft.h"

using namespace weft;

static constexpr int kStretchDepth = 18;
static constexpr int kLongLivedDepth = 16;
static constexpr int kArrayLength = 500000;
static constexpr int kMinDepth = 4;
static constexpr int kMaxDepth = 16;

class Node : public Object {
 public:
  Node* left;
  Node* right;
  int i;
  int j;
  Node() {}
  Node(Node* left, Node* right) : left(left), right(right) {}
};

static int tree_size(int depth) { return (1 << (depth + 1)) - 1; }

static int iterations(int depth) { return 2 * tree_size(kStretchDepth) / tree_size(depth); }

static void populate(int depth, Node* node) {
  if (depth <= 0) return;
  node->left = new Node();
  node->right = new Node();
  populate(depth - 1, node->left);
  populate(depth - 1, node->right);
}

static Node* make_tree(int depth) {
  if (depth <= 0) return new Node();
  Node* left = make_tree(depth - 1);
  Node* right = make_tree(depth - 1);
  return new Node(left, right);
}

static int count(Node* node) {
  return node == nullptr ? 0 : 1 + count(node->left) + count(node->right);
}

static int64_t construct(int depth) {
  int64_t checked = 0;
  int n = iterations(depth);
  for (int i = 0; i < n; i++) {
    Node* tree = new Node();
    populate(depth, tree);
    checked += tree->left != nullptr;
  }
  for (int i = 0; i < n; i++) {
    Node* tree = make_tree(depth);
    checked += tree->right != nullptr;
  }
  return checked;
}

int run(Array<Str> args) {
  int64_t rounds = 1;
  if (args.length() > 1 && !parse_int(args[1], rounds)) return 2;
  int64_t checked = 0;
  for (int64_t round = 0; round < rounds; round++) {
    Node* stretch = make_tree(kStretchDepth);
    checked += count(stretch);
    stretch = nullptr;
    Node* long_lived = new Node();
    populate(kLongLivedDepth, long_lived);
    Array<double> numbers(kArrayLength);
    for (int i = 1; i < kArrayLength / 2; i++) numbers[i] = 1.0 / i;
    for (int depth = kMinDepth; depth <= kMaxDepth; depth += 2) checked += construct(depth);
    if (numbers[1000] != 1.0 / 1000) return 1;
    checked += count(long_lived);
  }
  println(format_int(checked));
  return 0;
}

WEFT_MAIN(run)
