// Function templates: deduction, explicit arguments, values as parameters, overloads, recursion.

#include "tests/battery/show.h"

using namespace weft;

template <class T>
static T largest(T a, T b) {
  return a < b ? b : a;
}
template <class To, class From>
static To convert(From from) {
  return static_cast<To>(from);
}
template <int N>
static int times(int x) {
  return N * x;
}
template <int N>
constexpr int factorial() {
  if constexpr (N <= 1) {
    return 1;
  } else {
    return N * factorial<N - 1>();
  }
}
template <class T>
static Str kind(T) {
  return "something";
}
template <class T>
static Str kind(T*) {
  return "pointer";
}
template <class T>
static Str kind(List<T>) {
  return "list";
}
template <>
Str kind<double>(double) {
  return "double";
}
template <class T, class F>
static List<T> filter(List<T> items, F keep) {
  List<T> result;
  for (T item : items) {
    if (keep(item)) result.append(item);
  }
  return result;
}
template <class R, class T, class F>
static List<R> map(List<T> items, F f) {
  List<R> result;
  for (T item : items) result.append(f(item));
  return result;
}
template <class First, class... Rest>
static int count_all(First, Rest... rest) {
  if constexpr (sizeof...(rest) == 0) {
    return 1;
  } else {
    return 1 + count_all(rest...);
  }
}
template <class... T>
static auto sum(T... values) {
  return (values + ... + 0);
}
template <class... T>
static void print_all(T... values) {
  (print(text_of(values) + ";"), ...);
  println("");
}
template <bool Loud>
static Str greet() {
  if constexpr (Loud) return "HEY";
  return "hey";
}
static auto deduced(int x) { return x * 0.5; }
static void abbreviated(auto x) { println("auto " + text_of(x)); }

int run(Array<Str>) {
  show("ints", largest(3, 9));
  show("doubles", largest(2.5, 1.5));
  show("strings", largest(Str("a"), Str("b")));
  show("explicit", largest<double>(1, 2.5));
  show("convert", convert<int8_t>(300));
  show("times", times<7>(6));
  show("factorial", factorial<10>());
  Object* o = nullptr;
  println(kind(1) + " " + kind(1.5) + " " + kind(o) + " " + kind(List<int>()));
  List<int> numbers;
  for (int i = 0; i < 10; i++) numbers.append(i);
  List<int> even = filter(numbers, [](int x) { return x % 2 == 0; });
  show_all("even", even);
  show_all("halves", map<double>(even, [](int x) { return x / 4.0; }));
  show("count", count_all(1, Str("a"), 2.5));
  show("sum", sum(1, 2, 3.5));
  show("empty sum", sum());
  print_all(1, true, 2.5);
  println(greet<true>() + greet<false>());
  show("deduced", deduced(5));
  abbreviated(1.25);
  abbreviated(uint8_t{7});
  return 0;
}

WEFT_MAIN(run)

//| ints 9
//| doubles 2.5
//| strings b
//| explicit 2.5
//| convert 44
//| times 42
//| factorial 3628800
//| something double pointer list
//| even 0 2 4 6 8
//| halves 0 0.5 1 1.5 2
//| count 3
//| sum 6.5
//| empty sum 0
//| 1;true;2.5;
//| HEYhey
//| deduced 2.5
//| auto 1.25
//| auto 7
