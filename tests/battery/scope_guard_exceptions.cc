// Guards during unwinding: they may call, loop and catch exceptions of their own.

#include "tests/battery/show.h"

using namespace weft;

static Str journal = "";

class Cleanup {
 public:
  explicit Cleanup(Str name) : name_(name) {}
  Cleanup(const Cleanup&) = delete;
  ~Cleanup() {
    try {
      work();
    } catch (LookupError* e) {
      journal = journal + "(" + e->message + ")";
    }
    journal = journal + name_;
  }

 private:
  void work() {
    if (name_ == "b") throw new LookupError("inner");
  }
  Str name_;
};

static void fail() {
  Cleanup a("a");
  Cleanup b("b");
  throw new ValueError("outer");
}

static int value() {
  Cleanup c("c");
  journal = journal + "v";
  return 5;
}

static int lock_depth = 0;
class Lock {
 public:
  Lock() { lock_depth++; }
  Lock(const Lock&) = delete;
  ~Lock() { lock_depth--; }
};

static int recursive(int n) {
  Lock lock;
  if (n == 0) throw new ValueError(format_int(lock_depth));
  return recursive(n - 1);
}

int run(Array<Str>) {
  try {
    fail();
  } catch (ValueError* e) {
    journal = journal + ":" + e->message;
  }
  println(journal);
  journal = "";
  show("value", value());
  println(journal);
  try {
    recursive(9);
  } catch (ValueError* e) {
    println(e->message);
  }
  show("depth", lock_depth);
  // A guard in a handler, and one around a rethrow.
  journal = "";
  try {
    try {
      fail();
    } catch (ValueError*) {
      Cleanup h("h");
      throw;
    }
  } catch (Exception* e) {
    journal = journal + ":" + e->message;
  }
  println(journal);
  for (int i = 0; i < 3; i++) {
    try {
      Lock lock;
      if (i == 1) continue;
      if (i == 2) break;
    } catch (Exception*) {
    }
  }
  show("depth", lock_depth);
  return 0;
}

WEFT_MAIN(run)

//| (inner)ba:outer
//| value 5
//| vc
//| 10
//| depth 0
//| (inner)bah:outer
//| depth 0
