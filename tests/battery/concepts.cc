// Concepts and requires clauses choose overloads and constrain templates.

#include "tests/battery/show.h"

using namespace weft;

template <class T>
concept Number = std::is_arithmetic_v<T>;

template <class T>
concept Shape = requires(T shape) {
  { shape.area() };
  shape.name();
};

template <class T>
concept SignedInteger = std::is_integral_v<T> && std::is_signed_v<T>;

template <Number T>
static Str describe(T) {
  return "number";
}
template <SignedInteger T>
  requires(sizeof(T) == 8)
static Str width(T) {
  return "wide";
}
template <class T>
static Str width(T) {
  return "other";
}
template <Shape T>
static Str describe(T shape) {
  return shape.name() + " " + format_double(shape.area());
}

struct Square {
  double side;
  double area() const { return side * side; }
  Str name() const { return "square"; }
};
struct Circle {
  double radius;
  double area() const { return radius * radius * 3; }
  Str name() const { return "circle"; }
};

static Str total(Shape auto a, Shape auto b) { return format_double(a.area() + b.area()); }

template <class T>
static bool can_be_added() {
  return requires(T a, T b) { a + b; };
}

int run(Array<Str>) {
  println(describe(5) + ", " + describe(2.5));
  println(describe(Square{2}) + ", " + describe(Circle{1}));
  println(width(int64_t{1}) + " " + width(1) + " " + width(uint64_t{1}));
  println(total(Square{1}, Circle{2}));
  show("add ints", can_be_added<int>());
  show("add squares", can_be_added<Square>());
  show("concept as a value", Shape<Circle> && !Shape<int>);
  return 0;
}

WEFT_MAIN(run)

//| number, number
//| square 4, circle 3
//| wide other other
//| 13
//| add ints true
//| add squares false
//| concept as a value true
