// auto [a, b] = ...: copies, references, const references, from functions and in loops.

#include "tests/battery/show.h"

using namespace weft;

struct Point {
  int x;
  int y;
};
struct Person {
  Str name;
  int age;
  Point home;
};

static Point make(int x) { return Point{x, x * 2}; }

int run(Array<Str>) {
  auto [a, b] = make(5);
  show("a", a);
  show("b", b);
  a++;
  show("own copy", a);
  Point p{1, 2};
  auto& [x, y] = p;
  x = 10;
  y += 5;
  show("p.x", p.x);
  show("p.y", p.y);
  const auto& [cx, cy] = p;
  p.x = 11;
  show("const reference", cx * 100 + cy);
  Person person{"Ann", 30, {3, 4}};
  auto [name, age, home] = person;
  home.x = 99;
  show(name, age);
  show("home is a copy", person.home.x);
  auto& [n2, a2, h2] = person;
  n2 = "Bob";
  h2.y = 44;
  a2--;
  show(person.name, person.age * 100 + person.home.y);
  Array<Point> points(3);
  int i = 0;
  for (auto& [px, py] : points) {
    px = i++;
    py = px * px;
  }
  int total = 0;
  for (auto [px, py] : points) total += px * 10 + py;
  show("total", total);
  if (auto [q, r] = Point{17 / 5, 17 % 5}; r != 0) show("in an if", q * 10 + r);
  auto sum = [&x = x, y = y] { return x + y; };
  show("captured", sum());
  return 0;
}

WEFT_MAIN(run)

//| a 5
//| b 10
//| own copy 6
//| p.x 10
//| p.y 7
//| const reference 1107
//| Ann 30
//| home is a copy 3
//| Bob 2944
//| total 35
//| in an if 32
//| captured 18
