// Pointers to functions: variables, parameters, results, tables, comparison with null.

#include "tests/battery/show.h"

using namespace weft;

using Operation = int (*)(int, int);

static int add(int a, int b) { return a + b; }
static int subtract(int a, int b) { return a - b; }
static int multiply(int a, int b) { return a * b; }

static int apply(Operation f, int a, int b) { return f(a, b); }
static Operation choose(char c) {
  switch (c) {
    case '+':
      return add;
    case '-':
      return &subtract;
    case '*':
      return multiply;
    default:
      return nullptr;
  }
}

struct Command {
  char name;
  Operation run;
};

static constexpr Operation kOperations[] = {add, subtract, multiply};

class Button : public Object {
 public:
  void (*on_press)(Button*) = nullptr;
  int presses = 0;
  void press() {
    if (on_press != nullptr) on_press(this);
  }
};
static void count_press(Button* button) { button->presses++; }

template <class T>
static T square(T x) {
  return x * x;
}

int run(Array<Str>) {
  Operation f = add;
  show("call", f(3, 4));
  f = subtract;
  show("call", (*f)(3, 4));
  show("apply", apply(multiply, 6, 7));
  show("chosen", choose('+')(1, 2) + choose('*')(3, 4));
  show("null", choose('?') == nullptr);
  show("equal", choose('-') == subtract);
  for (Operation operation : kOperations) show("table", operation(10, 3));
  show("indexed", kOperations[2](5, 5));
  Button* button = new Button();
  button->press();
  button->on_press = count_press;
  button->press();
  button->press();
  show("presses", button->presses);
  Array<Operation> array(2);
  show("zeroed", array[0] == nullptr);
  array[1] = add;
  show("array", array[1](20, 22));
  Command command{'-', subtract};
  show("in a struct", command.run(9, 4));
  double (*g)(double) = square<double>;
  show("template", g(1.5));
  int (*h)(int) = [](int x) { return x + 1; };
  show("lambda", h(41));
  return 0;
}

WEFT_MAIN(run)

//| call 7
//| call -1
//| apply 42
//| chosen 15
//| null true
//| equal true
//| table 13
//| table 7
//| table 30
//| indexed 25
//| presses 2
//| zeroed true
//| array 42
//| in a struct 5
//| template 2.25
//| lambda 42
