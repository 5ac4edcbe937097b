// A class with a field that is an array of the class itself, seen through such an array first.

#include "tests/battery/show.h"

using namespace weft;

class Node : public Object {
 public:
  int id;
  Array<Node*> links;
  explicit Node(int id) : id(id), links(2) {}
};
class Tree;
struct Branch {
  int weight;
  Array<Branch> twigs;
  Tree* tree;
};
class Tree : public Object {
 public:
  Array<Array<Tree*>> rows;
  Branch branch;
};

int run(Array<Str>) {
  Array<Node*> nodes(3);
  for (int i = 0; i < 3; i++) nodes[i] = new Node(i);
  for (int i = 0; i < 3; i++) {
    Node* node = nodes[i];
    node->links[0] = nodes[(i + 1) % 3];
    node->links[1] = nullptr;
  }
  show("next", nodes[2]->links[0]->links[0]->id);
  show("none", nodes[1]->links[1] == nullptr);
  Array<Branch> branches(2);
  branches[0].twigs = Array<Branch>(1);
  branches[0].twigs[0].weight = 7;
  branches[0].twigs[0].tree = new Tree();
  Tree* tree = branches[0].twigs[0].tree;
  tree->rows = Array<Array<Tree*>>(1);
  tree->rows[0] = Array<Tree*>(1);
  tree->rows[0][0] = tree;
  tree->branch.twigs = branches;
  show("weight", tree->rows[0][0]->branch.twigs[0].twigs[0].weight);
  return 0;
}

WEFT_MAIN(run)

//| next 1
//| none true
//| weight 7
