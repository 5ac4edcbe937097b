// Lambdas as values: in structs, in templates' fields, capturing objects, handles and structs.

#include "tests/battery/show.h"

using namespace weft;

struct Point {
  int x;
  int y;
};

template <class F>
class Lazy {
 public:
  explicit Lazy(F compute) : compute_(compute) {}
  int get() {
    if (!known_) {
      value_ = compute_();
      known_ = true;
    }
    return value_;
  }

 private:
  F compute_;
  bool known_ = false;
  int value_ = 0;
};

class Account : public Object {
 public:
  int balance = 0;
};

int run(Array<Str>) {
  int calls = 0;
  Lazy lazy([&calls] {
    calls++;
    return 99;
  });
  show("lazy", lazy.get() + lazy.get());
  show("calls", calls);
  Point p{1, 2};
  auto norm = [p] { return p.x * p.x + p.y * p.y; };
  p.x = 100;
  show("struct by value", norm());
  auto norm_now = [&p] { return p.x * p.x + p.y * p.y; };
  show("struct by reference", norm_now());
  Account* account = new Account();
  auto deposit = [account](int amount) { account->balance += amount; };
  deposit(5);
  deposit(10);
  show("object", account->balance);
  List<Str> log;
  auto note = [log](Str line) { log.append(line); };
  note("a");
  note("b");
  show("handle", log.length());
  auto pair = [norm, deposit](int x) {
    deposit(x);
    return norm() + x;
  };
  show("lambdas in a lambda", pair(1));
  show("balance", account->balance);
  auto change = [p](int dx) mutable {
    p.x += dx;
    return p.x;
  };
  change(1);
  show("own struct", change(1));
  show("outer struct", p.x);
  return 0;
}

WEFT_MAIN(run)

//| lazy 198
//| calls 1
//| struct by value 5
//| struct by reference 10004
//| object 15
//| handle 2
//| lambdas in a lambda 6
//| balance 16
//| own struct 102
//| outer struct 100
