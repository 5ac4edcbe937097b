// Lists of every kind of item: structs, strings, objects, lists, bools, bytes, doubles.

#include "tests/battery/show.h"

using namespace weft;

struct Point {
  int x;
  int y;
  bool operator==(const Point& o) const = default;
};
class Thing : public Object {
 public:
  int id;
  explicit Thing(int id) : id(id) {}
};

int run(Array<Str>) {
  List<Point> points;
  for (int i = 0; i < 5; i++) points.append(Point{i, -i});
  points[2].x = 50;
  show("point", points[2].x + points[2].y);
  show("found", points.index_of(Point{3, -3}));
  Point popped = points.pop();
  show("popped", popped.x);
  List<Str> words;
  words.append("a");
  words.append(words[0] + "b");
  words.append(words[1] + "c");
  println(words[2]);
  show("word", words.index_of("ab"));
  List<Thing*> things;
  for (int i = 0; i < 30; i++) things.append(new Thing(i));
  show("thing", things[29]->id + things.remove_at(0)->id);
  show("by identity", things.index_of(things[7]));
  List<List<int>> table;
  for (int i = 0; i < 4; i++) {
    table.append(List<int>());
    for (int j = 0; j < i; j++) table[i].append(i * j);
  }
  show("nested", table[3][2]);
  show("rows", table[0].length() + table[3].length());
  List<bool> flags;
  flags.append(true);
  flags.append(false);
  show("flags", flags[0] && !flags[1]);
  List<uint8_t> bytes;
  for (int i = 0; i < 300; i++) bytes.append(static_cast<uint8_t>(i));
  show("bytes", bytes[299]);
  List<double> doubles;
  doubles.append(0.5);
  doubles[0] *= 3;
  show("doubles", doubles.last());
  List<int64_t> large = List<int64_t>::with_capacity(1000);
  for (int64_t i = 0; i < 2000; i++) large.append(i << 32);
  int64_t sum = 0;
  for (int64_t x : large) sum += x >> 32;
  show("large", sum);
  return 0;
}

WEFT_MAIN(run)

//| point 48
//| found 3
//| popped 4
//| abc
//| word 1
//| thing 29
//| by identity 7
//| nested 6
//| rows 3
//| flags true
//| bytes 43
//| doubles 1.5
//| large 1999000
