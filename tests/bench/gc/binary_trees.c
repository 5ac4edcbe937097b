// binary_trees.cc with malloc and free.

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct Tree {
  struct Tree* left;
  struct Tree* right;
} Tree;

static Tree* new_tree(Tree* left, Tree* right) {
  Tree* tree = malloc(sizeof(Tree));
  if (tree == NULL) abort();
  tree->left = left;
  tree->right = right;
  return tree;
}

static Tree* make(int depth) {
  if (depth == 0) return new_tree(NULL, NULL);
  Tree* left = make(depth - 1);
  return new_tree(left, make(depth - 1));
}

static int check(Tree* tree) {
  return tree->left == NULL ? 1 : 1 + check(tree->left) + check(tree->right);
}

static void free_tree(Tree* tree) {
  if (tree->left != NULL) {
    free_tree(tree->left);
    free_tree(tree->right);
  }
  free(tree);
}

static int check_and_free(Tree* tree) {
  int result = check(tree);
  free_tree(tree);
  return result;
}

int main(int argc, char** argv) {
  int max_depth = argc > 1 ? atoi(argv[1]) : 16;
  printf("%d\n", check_and_free(make(max_depth + 1)));
  Tree* long_lived = make(max_depth);
  for (int depth = 4; depth <= max_depth; depth += 2) {
    int n = 1 << (max_depth - depth + 4);
    int64_t sum = 0;
    for (int i = 0; i < n; i++) sum += check_and_free(make(depth));
    printf("%lld\n", (long long)sum);
  }
  printf("%d\n", check_and_free(long_lived));
  return 0;
}
