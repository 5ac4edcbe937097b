// Endless recursion throws StackOverflowError, again and again, of all kinds of functions.
// battery: heavy

#include "tests/battery/show.h"

using namespace weft;

class Node : public Object {
 public:
  int value = 1;
  virtual int64_t walk(int64_t n) { return n < 0 ? 0 : walk(n + 1) + value; }
};
static int64_t endless(int64_t n) { return n < 0 ? 0 : endless(n + 1) + 1; }
static int64_t ping(int64_t n);
static int64_t pong(int64_t n) { return n < 0 ? 0 : ping(n + 1) + 1; }
static int64_t ping(int64_t n) { return n < 0 ? 0 : pong(n + 2) + 1; }
struct Big {
  int64_t a, b, c, d, e, f;
};
static int64_t with_values(Big big, int64_t n) {
  if (n < 0) return big.a;
  big.a += n;
  big.f ^= big.a;
  return with_values(big, n + 1) + big.f;
}
static void allocating(int64_t n) {
  if (n < 0) return;
  Node* node = new Node();
  allocating(n + 1);
  node->value++;
}

template <class F>
static void attempt(Str name, F f) {
  try {
    f();
    println(name + " ended");
  } catch (StackOverflowError* e) {
    println(name + ": " + e->message);
  }
}

int run(Array<Str>) {
  Node* node = new Node();
  for (int i = 0; i < 2; i++) {
    attempt("direct", [] { endless(1); });
    attempt("mutual", [] { ping(1); });
    attempt("virtual", [node] { node->walk(1); });
    attempt("values", [] { with_values(Big{}, 1); });
    attempt("allocating", [] { allocating(1); });
  }
  try {
    endless(5);
  } catch (Exception* e) {
    show("the same one", e == stack_overflow_instance);
  }
  show("shallow", endless(-1));
  return 0;
}

WEFT_MAIN(run)

//| direct: stack overflow
//| mutual: stack overflow
//| virtual: stack overflow
//| values: stack overflow
//| allocating: stack overflow
//| direct: stack overflow
//| mutual: stack overflow
//| virtual: stack overflow
//| values: stack overflow
//| allocating: stack overflow
//| the same one true
//| shallow 0
