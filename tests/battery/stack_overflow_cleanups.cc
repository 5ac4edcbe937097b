// Every function that a stack overflow leaves runs its destructors, also where its handlers run for
// the first time then: several functions and methods call each other, with handlers of other
// exceptions, nested scopes, loops, and callers that catch the overflow and raise another one.
// battery: heavy

#include "tests/battery/show.h"

using namespace weft;

static int64_t held = 0;
static int64_t most = 0;
static int64_t scopes = 0;
static int64_t stopped = 0;

class Guard {
 public:
  Guard() {
    held++;
    if (held > most) most = held;
  }
  Guard(const Guard&) = delete;
  ~Guard() { held--; }
};

class Scope {
 public:
  explicit Scope(int64_t weight) : weight_(weight) { scopes += weight_; }
  Scope(const Scope&) = delete;
  ~Scope() { scopes -= weight_; }

 private:
  int64_t weight_;
};

class TooDeep final : public Exception {
 public:
  explicit TooDeep(Str message) : Exception(message) {}
};

class Node : public Object {
 public:
  virtual int64_t walk(int64_t n) = 0;
};

static int64_t walk_all(Array<Node*> nodes, int64_t n);

class Plain final : public Node {
 public:
  explicit Plain(Array<Node*> nodes) : nodes_(nodes) {}
  int64_t walk(int64_t n) override {
    Guard guard;
    return walk_all(nodes_, n + 1) + 1;
  }

 private:
  Array<Node*> nodes_;
};

class Handling final : public Node {
 public:
  explicit Handling(Array<Node*> nodes) : nodes_(nodes) {}
  int64_t walk(int64_t n) override {
    Guard guard;
    try {
      Scope scope(n % 7);
      return walk_all(nodes_, n + 1) + 1;
    } catch (ValueError* e) {
      return e->message.length();
    } catch (TooDeep* e) {
      stopped++;
      throw;
    }
  }

 private:
  Array<Node*> nodes_;
};

static int64_t walk_all(Array<Node*> nodes, int64_t n) {
  Guard guard;
  int64_t sum = 0;
  for (int64_t i = 0; i < nodes.length(); i++) {
    Scope scope(i + 1);
    sum += nodes[(n + i) % nodes.length()]->walk(n);
  }
  return sum;
}

static int64_t even(int64_t n);
static int64_t odd(int64_t n) {
  Guard first;
  try {
    Guard second;
    return even(n + 1) + 1;
  } catch (LookupError*) {
    return 0;
  }
}
static int64_t even(int64_t n) {
  Scope scope(3);
  return n < 0 ? 0 : odd(n + 1) + 1;
}

static int64_t raising(int64_t n) {
  Guard guard;
  if (n % 500 != 0) return raising(n + 1) + 1;
  try {
    return raising(n + 1) + 1;
  } catch (StackOverflowError*) {
    throw new TooDeep("too deep");
  }
}

static void left(Str what) {
  println(what + ": guards " + format_int(held) + ", scopes " + format_int(scopes));
  show("deep enough", most > 1000);
  most = 0;
}

int run(Array<Str>) {
  Array<Node*> nodes(3);
  nodes[0] = new Plain(nodes);
  nodes[1] = new Handling(nodes);
  nodes[2] = new Plain(nodes);
  try {
    walk_all(nodes, 0);
  } catch (StackOverflowError*) {
    left("methods");
  }
  try {
    odd(1);
  } catch (StackOverflowError*) {
    left("functions");
  }
  try {
    raising(1);
  } catch (TooDeep* e) {
    left(e->message);
  }
  show("stopped by a handler of another exception", stopped);
  return 0;
}

WEFT_MAIN(run)

//| methods: guards 0, scopes 0
//| deep enough true
//| functions: guards 0, scopes 0
//| deep enough true
//| too deep: guards 0, scopes 0
//| deep enough true
//| stopped by a handler of another exception 0
