// Dict with a key of one's own: a specialisation of Hasher.
// battery: solo

#include "tests/battery/show.h"

using namespace weft;

struct Point {
  int x;
  int y;
};

namespace weft {
template <>
struct Hasher<Point> {
  static uint64_t hash(Point p) {
    return combine_hash(static_cast<uint64_t>(p.x), static_cast<uint64_t>(p.y));
  }
  static bool equal(Point a, Point b) { return a.x == b.x && a.y == b.y; }
};
}  // namespace weft

int run(Array<Str>) {
  Dict<Point, Str> names;
  for (int x = 0; x < 20; x++) {
    for (int y = 0; y < 20; y++) names[Point{x, y}] = format_int(x) + "," + format_int(y);
  }
  println(names[Point{3, 17}]);
  show("length", names.length());
  show("contains", names.contains(Point{19, 19}) && !names.contains(Point{20, 0}));
  for (int x = 0; x < 20; x += 2) {
    for (int y = 0; y < 20; y++) names.remove(Point{x, y});
  }
  show("removed", names.length());
  int sum = 0;
  for (auto [point, name] : names) sum += point.x * 100 + point.y;
  show("sum", sum);
  return 0;
}

WEFT_MAIN(run)

//| 3,17
//| length 400
//| contains true
//| removed 200
//| sum 201900
