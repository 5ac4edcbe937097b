// Operators as members and as functions: arithmetic, comparison, index, call, conversion,
// increment.

#include "tests/battery/show.h"

using namespace weft;

struct Fraction {
  int64_t top;
  int64_t bottom;

  Fraction operator+(Fraction o) const {
    return Fraction{top * o.bottom + o.top * bottom, bottom * o.bottom};
  }
  Fraction operator-() const { return Fraction{-top, bottom}; }
  Fraction& operator+=(Fraction o) {
    top = top * o.bottom + o.top * bottom;
    bottom *= o.bottom;
    return *this;
  }
  Fraction& operator++() {
    top += bottom;
    return *this;
  }
  Fraction operator++(int) {
    Fraction old{top, bottom};
    top += bottom;
    return old;
  }
  bool operator==(const Fraction& o) const { return top * o.bottom == o.top * bottom; }
  bool operator<(const Fraction& o) const { return top * o.bottom < o.top * bottom; }
  explicit operator bool() const { return top != 0; }
  operator double() const { return static_cast<double>(top) / static_cast<double>(bottom); }
  int64_t operator()(int64_t n) const { return n * top / bottom; }
  int64_t operator[](int i) const { return i == 0 ? top : bottom; }
  bool operator!() const { return top == 0; }
};

static Fraction operator*(Fraction a, Fraction b) {
  return Fraction{a.top * b.top, a.bottom * b.bottom};
}
static Str to_str(Fraction f) { return format_int(f.top) + "/" + format_int(f.bottom); }

struct Point {
  int x;
  int y;
  bool operator==(const Point&) const = default;
};

struct Position {
  int value;
  friend Position operator-(Position a, int b) { return Position{a.value - b}; }
};

int run(Array<Str>) {
  Fraction half{1, 2};
  Fraction third{1, 3};
  println(to_str(half + third));
  println(to_str(-half));
  println(to_str(half * third));
  Fraction sum{0, 1};
  sum += half;
  sum += third;
  println(to_str(sum));
  (sum += half) += half;
  println(to_str(sum));
  println(to_str(++half));
  println(to_str(half++));
  println(to_str(half));
  show("equal", Fraction{1, 2} == Fraction{2, 4});
  show("different", third != Fraction{2, 6});
  show("less", third < Fraction{1, 2});
  show("bool", third ? 1 : 0);
  show("not", !Fraction{0, 5});
  double d = third;
  show("double", d);
  show("call", third(30));
  show("index", third[0] * 10 + third[1]);
  show("default ==", Point{1, 2} == Point{1, 2});
  show("default !=", Point{1, 2} != Point{1, 2});
  show("default == differs", Point{1, 2} == Point{2, 2});
  show("friend", (Position{10} - 3).value);
  return 0;
}

WEFT_MAIN(run)

//| 5/6
//| -1/2
//| 1/6
//| 5/6
//| 44/24
//| 3/2
//| 3/2
//| 5/2
//| equal true
//| different false
//| less true
//| bool 1
//| not true
//| double 0.3333333333333333
//| call 10
//| index 13
//| default == true
//| default != false
//| default == differs false
//| friend 7
