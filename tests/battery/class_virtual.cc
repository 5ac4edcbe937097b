// Virtual methods: pure ones, defaults, overloads, deep hierarchies, calls from base methods.

#include "tests/battery/show.h"

using namespace weft;

class Node : public Object {
 public:
  virtual int64_t evaluate() = 0;
  virtual Str show() = 0;
  virtual bool is_constant() { return false; }
  virtual int depth(int so_far = 1) { return so_far; }
};

class Number : public Node {
 public:
  int64_t value;
  explicit Number(int64_t value) : value(value) {}
  int64_t evaluate() override { return value; }
  Str show() override { return format_int(value); }
  bool is_constant() override { return true; }
};

class Binary : public Node {
 public:
  Node* left;
  Node* right;
  Binary(Node* left, Node* right) : left(left), right(right) {}
  virtual int64_t apply(int64_t a, int64_t b) = 0;
  virtual Str sign() = 0;
  int64_t evaluate() override { return apply(left->evaluate(), right->evaluate()); }
  Str show() override { return "(" + left->show() + sign() + right->show() + ")"; }
  bool is_constant() override { return left->is_constant() && right->is_constant(); }
  int depth(int so_far) override {
    int l = left->depth(so_far + 1);
    int r = right->depth(so_far + 1);
    return l > r ? l : r;
  }
};

class Add : public Binary {
 public:
  using Binary::Binary;
  int64_t apply(int64_t a, int64_t b) override { return a + b; }
  Str sign() override { return "+"; }
};
class Multiply : public Binary {
 public:
  using Binary::Binary;
  int64_t apply(int64_t a, int64_t b) override { return a * b; }
  Str sign() override { return "*"; }
};
class Variable : public Node {
 public:
  static int64_t value;
  int64_t evaluate() override { return value; }
  Str show() override { return "x"; }
};
int64_t Variable::value = 1;

int run(Array<Str>) {
  Node* e = new Add(new Multiply(new Number(2), new Variable()),
                    new Add(new Number(3), new Multiply(new Number(4), new Number(5))));
  println(e->show());
  for (int64_t x = 0; x < 3; x++) {
    Variable::value = x;
    show("value", e->evaluate());
  }
  show("constant", e->is_constant());
  show("constant part", cast<Binary>(e)->right->is_constant());
  show("depth", e->depth());
  Node* chain = new Number(0);
  for (int i = 1; i <= 100; i++) chain = new Add(chain, new Number(i));
  show("chain", chain->evaluate());
  show("its depth", chain->depth());
  return 0;
}

WEFT_MAIN(run)

//| ((2*x)+(3+(4*5)))
//| value 23
//| value 25
//| value 27
//| constant false
//| constant part true
//| depth 4
//| chain 5050
//| its depth 101
