// Lambdas: captures by value and by reference, mutable ones, initialisers, generic ones.

#include "tests/battery/show.h"

using namespace weft;

struct Scale {
  int factor;
  int apply(List<int> items) const {
    int total = 0;
    auto add = [this, &total](int x) { total += factor * x; };
    for (int item : items) add(item);
    return total;
  }
};

template <class F>
static int twice(F f, int x) {
  return f(f(x));
}

template <class F>
static void for_each(List<int> items, F f) {
  for (int item : items) f(item);
}

static auto adder(int n) {
  return [n](int x) { return x + n; };
}

int run(Array<Str>) {
  auto plain = [](int x) { return x * 2; };
  show("plain", plain(21));
  int base = 10;
  auto by_value = [base](int x) { return base + x; };
  base = 20;
  show("by value", by_value(1));
  auto by_reference = [&base](int x) { return base + x; };
  base = 30;
  show("by reference", by_reference(1));
  auto change = [&base] { base++; };
  change();
  change();
  show("changed", base);
  int counter = 0;
  auto count = [counter]() mutable { return ++counter; };
  count();
  show("mutable", count());
  show("outside", counter);
  auto copy = count;
  show("a copy goes on by itself", copy() * 10 + count());
  auto with_init = [next = base * 2, text = Str("n")] { return text + format_int(next); };
  println(with_init());
  auto all = [=] { return base + counter; };
  show("all by value", all());
  auto all_references = [&] { counter = base; };
  all_references();
  show("all by reference", counter);
  auto generic = [](auto a, auto b) { return a + b; };
  show("generic", generic(1, 2));
  show("generic", generic(0.5, 2));
  println(generic(Str("a"), Str("b")));
  show("twice", twice([](int x) { return x * 3; }, 2));
  List<int> items;
  for (int i = 1; i <= 4; i++) items.append(i);
  int total = 0;
  for_each(items, [&total](int x) { total += x * x; });
  show("for_each", total);
  show("this", Scale{5}.apply(items));
  show("immediately", [](int x) { return x - 1; }(43));
  auto add_five = adder(5);
  show("returned", add_five(1));
  auto outer = [](int x) {
    auto inner = [x](int y) { return x * y; };
    return inner(x + 1);
  };
  show("nested", outer(6));
  auto explicit_result = [](int x) -> double { return x / 2; };
  show("result type", explicit_result(5) + 0.25);
  auto recursive = [](auto self, int n) -> int { return n <= 1 ? 1 : n * self(self, n - 1); };
  show("recursive", recursive(recursive, 6));
  return 0;
}

WEFT_MAIN(run)

//| plain 42
//| by value 11
//| by reference 31
//| changed 32
//| mutable 2
//| outside 0
//| a copy goes on by itself 33
//| n64
//| all by value 32
//| all by reference 32
//| generic 3
//| generic 2.5
//| ab
//| twice 18
//| for_each 30
//| this 50
//| immediately 42
//| returned 6
//| nested 42
//| result type 2.25
//| recursive 720
