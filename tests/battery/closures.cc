// Closure: lambdas kept on the heap, with state, in containers and fields, composed and compared
// with null.

#include "tests/battery/show.h"

using namespace weft;

class Button : public Object {
 public:
  Str label;
  Closure<void()> on_click;
  Button(Str label, Closure<void()> on_click) : label(label), on_click(on_click) {}
};

static Closure<int(int)> compose(Closure<int(int)> f, Closure<int(int)> g) {
  return [f, g](int x) { return f(g(x)); };
}
static Closure<int()> counter(int start) {
  List<int> cell;
  cell.append(start);
  return [cell] { return cell[0]++; };
}
static int twice(int x) { return 2 * x; }

struct Adder {
  int by;
  int operator()(int x) const { return x + by; }
};

int run(Array<Str>) {
  Closure<int(int)> add = [](int x) { return x + 1; };
  Closure<int(int)> triple = [](int x) { return x * 3; };
  show("call", add(1));
  show("composed", compose(add, triple)(5));
  show("other way", compose(triple, add)(5));
  Closure<int()> a = counter(10);
  Closure<int()> b = counter(100);
  a();
  a();
  b();
  show("a", a());
  show("b", b());
  Closure<int()> same = a;
  same();
  show("shared", a());
  Dict<Str, Closure<double(double, double)>> operations;
  operations["+"] = [](double x, double y) { return x + y; };
  operations["-"] = [](double x, double y) { return x - y; };
  for (auto [name, f] : operations) show(name, f(5, 3));
  List<Str> log;
  List<Button*> buttons;
  for (int i = 0; i < 3; i++) {
    buttons.append(new Button(format_int(i), [log, i] { log.append("clicked " + format_int(i)); }));
  }
  buttons[2]->on_click();
  buttons[0]->on_click();
  for (Str line : log) println(line);
  Closure<int(int)> none;
  show("null", none == nullptr);
  none = twice;
  show("function", none(21));
  none = Adder{40};
  show("callable struct", none(2));
  none = nullptr;
  show("null again", none.is_null());
  Closure<Str(Str, int)> repeat_it = [](Str s, int n) { return repeat(s, n); };
  println(repeat_it("ab", 3));
  Closure<void(int&)> change = [](int& x) { x = 99; };
  int value = 1;
  change(value);
  show("by reference", value);
  return 0;
}

WEFT_MAIN(run)

//| call 2
//| composed 16
//| other way 18
//| a 12
//| b 101
//| shared 14
//| + 8
//| - 2
//| clicked 2
//| clicked 0
//| null true
//| function 42
//| callable struct 42
//| null again true
//| ababab
//| by reference 99
