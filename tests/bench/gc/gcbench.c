// gcbench.cc with malloc and free: every tree is freed node by node once it is done with.

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum {
  kStretchDepth = 18,
  kLongLivedDepth = 16,
  kArrayLength = 500000,
  kMinDepth = 4,
  kMaxDepth = 16
};

typedef struct Node {
  struct Node* left;
  struct Node* right;
  int i;
  int j;
} Node;

static Node* new_node(Node* left, Node* right) {
  Node* node = malloc(sizeof(Node));
  if (node == NULL) abort();
  node->left = left;
  node->right = right;
  node->i = 0;
  node->j = 0;
  return node;
}

static void free_tree(Node* node) {
  if (node == NULL) return;
  free_tree(node->left);
  free_tree(node->right);
  free(node);
}

static int tree_size(int depth) { return (1 << (depth + 1)) - 1; }

static int iterations(int depth) { return 2 * tree_size(kStretchDepth) / tree_size(depth); }

static void populate(int depth, Node* node) {
  if (depth <= 0) return;
  node->left = new_node(NULL, NULL);
  node->right = new_node(NULL, NULL);
  populate(depth - 1, node->left);
  populate(depth - 1, node->right);
}

static Node* make_tree(int depth) {
  if (depth <= 0) return new_node(NULL, NULL);
  Node* left = make_tree(depth - 1);
  Node* right = make_tree(depth - 1);
  return new_node(left, right);
}

static int count(Node* node) {
  return node == NULL ? 0 : 1 + count(node->left) + count(node->right);
}

static int64_t construct(int depth) {
  int64_t checked = 0;
  int n = iterations(depth);
  for (int i = 0; i < n; i++) {
    Node* tree = new_node(NULL, NULL);
    populate(depth, tree);
    checked += tree->left != NULL;
    free_tree(tree);
  }
  for (int i = 0; i < n; i++) {
    Node* tree = make_tree(depth);
    checked += tree->right != NULL;
    free_tree(tree);
  }
  return checked;
}

int main(int argc, char** argv) {
  int rounds = argc > 1 ? atoi(argv[1]) : 1;
  int64_t checked = 0;
  for (int round = 0; round < rounds; round++) {
    Node* stretch = make_tree(kStretchDepth);
    checked += count(stretch);
    free_tree(stretch);
    Node* long_lived = new_node(NULL, NULL);
    populate(kLongLivedDepth, long_lived);
    double* numbers = calloc(kArrayLength, sizeof(double));
    for (int i = 1; i < kArrayLength / 2; i++) numbers[i] = 1.0 / i;
    for (int depth = kMinDepth; depth <= kMaxDepth; depth += 2) checked += construct(depth);
    if (numbers[1000] != 1.0 / 1000) return 1;
    checked += count(long_lived);
    free_tree(long_lived);
    free(numbers);
  }
  printf("%lld\n", (long long)checked);
  return 0;
}
