// Exceptions with loops, returns, recursion, virtual calls, lambdas and constructors.

#include "tests/battery/show.h"

using namespace weft;

class Source : public Object {
 public:
  virtual int next() = 0;
};
class CountDown : public Source {
 public:
  int left;
  explicit CountDown(int left) : left(left) {
    if (left < 0) throw new ValueError("negative");
  }
  int next() override {
    if (left == 0) throw new LookupError("end");
    return left--;
  }
};

static int sum(Source* source) {
  int total = 0;
  try {
    while (true) total += source->next();
  } catch (LookupError*) {
  }
  return total;
}

static int deep(int n) {
  if (n == 0) throw new ValueError("bottom");
  return deep(n - 1) + 1;
}

static int from_try(int x) {
  for (int i = 0;; i++) {
    try {
      if (i == x) return i * 100;
      if (i > 5) throw new ValueError("too far");
      continue;
    } catch (ValueError*) {
      return -1;
    }
  }
}

static int from_handler() {
  try {
    throw new ValueError("x");
  } catch (ValueError*) {
    return 7;
  }
  return 8;
}

struct Checked {
  int value;
  explicit Checked(int v) : value(v) {
    if (v > 10) throw new OverflowError("large");
  }
  Checked operator+(Checked o) const { return Checked(value + o.value); }
};

int run(Array<Str>) {
  show("sum", sum(new CountDown(10)));
  try {
    sum(new CountDown(-1));
  } catch (ValueError* e) {
    println(e->message);
  }
  try {
    deep(50);
  } catch (ValueError* e) {
    println(e->message);
  }
  show("return in a try", from_try(3));
  show("throw in a loop", from_try(100));
  show("return in a handler", from_handler());
  auto thrower = [](int x) {
    if (x > 2) throw new ValueError(format_int(x));
    return x;
  };
  int good = 0;
  for (int i = 0; i < 5; i++) {
    try {
      good += thrower(i);
    } catch (ValueError* e) {
      println("caught " + e->message);
      continue;
    }
    good += 100;
  }
  show("good", good);
  try {
    Checked c = Checked(5) + Checked(4);
    show("checked", c.value);
    c = c + Checked(2);
    println("not here");
  } catch (OverflowError* e) {
    println(e->message);
  }
  // A value that is half computed is not assigned.
  int x = 1;
  try {
    x = deep(3) + 5;
  } catch (ValueError*) {
  }
  show("x", x);
  Array<int> a(2);
  try {
    a[0] = 1;
    a[1] = deep(1);
  } catch (ValueError*) {
    a[0] += 10;
  }
  show("a", a[0] + a[1]);
  while (true) {
    try {
      throw new ValueError("out");
    } catch (ValueError*) {
      break;
    }
  }
  println("left the loop");
  return 0;
}

WEFT_MAIN(run)

//| sum 55
//| negative
//| bottom
//| return in a try 300
//| throw in a loop -1
//| return in a handler 7
//| caught 3
//| caught 4
//| good 303
//| checked 9
//| large
//| x 1
//| a 11
//| left the loop
