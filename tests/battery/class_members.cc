// Static members, nested classes, access, friends, hiding, const and overloaded methods.

#include "tests/battery/show.h"

using namespace weft;

class Bank : public Object {
 public:
  class Account : public Object {
   public:
    int balance() const { return balance_; }

   private:
    friend class Bank;
    int balance_ = 0;
  };

  static constexpr int kFee = 2;
  static inline int transfers = 0;
  using Money = int;

  Account* open(Money start) {
    Account* account = new Account();
    account->balance_ = start;
    return account;
  }
  void transfer(Account* from, Account* to, Money amount) {
    from->balance_ -= amount + kFee;
    to->balance_ += amount;
    transfers++;
  }
  Str describe(int x) { return "int " + format_int(x); }
  Str describe(Str x) { return "str " + x; }
  int value() { return 1; }
  int value() const { return 2; }
};

class Base : public Object {
 public:
  int x = 1;
  Str f(int) { return "Base int"; }
  Str f(Str) { return "Base str"; }
};
class Derived : public Base {
 public:
  int x = 2;
  using Base::f;
  Str f(double) { return "Derived double"; }
};

int run(Array<Str>) {
  Bank* bank = new Bank();
  Bank::Account* a = bank->open(100);
  Bank::Account* b = bank->open(50);
  bank->transfer(a, b, 30);
  show("a", a->balance());
  show("b", b->balance());
  show("transfers", Bank::transfers);
  println(bank->describe(5) + ", " + bank->describe("x"));
  const Bank* constant = bank;
  show("const overload", bank->value() * 10 + constant->value());
  Derived* d = new Derived();
  println(d->f(1) + ", " + d->f("s") + ", " + d->f(1.5));
  show("hidden field", d->x * 10 + d->Base::x);
  Base* base = d;
  show("through the base", base->x);
  struct Local {
    int n;
    int square() const { return n * n; }
  };
  show("local struct", Local{7}.square());
  class LocalObject : public Object {
   public:
    int n = 3;
  };
  show("local class", (new LocalObject())->n);
  return 0;
}

WEFT_MAIN(run)

//| a 68
//| b 80
//| transfers 1
//| int 5, str x
//| const overload 12
//| Base int, Base str, Derived double
//| hidden field 21
//| through the base 1
//| local struct 49
//| local class 3
