// Value classes with reference fields: guards that restore a variable, views, pairs of places.

#include "tests/battery/show.h"

using namespace weft;

struct Restore {
  explicit Restore(int& place, int value) : place_(place), old_(place) { place_ = value; }
  Restore(const Restore&) = delete;
  ~Restore() { place_ = old_; }

 private:
  int& place_;
  int old_;
};
struct Increment {
  int& depth;
  explicit Increment(int& d) : depth(d) { ++depth; }
  Increment(const Increment&) = delete;
  ~Increment() { --depth; }
};
struct Pair {
  int& first;
  int& second;
  void swap() {
    int t = first;
    first = second;
    second = t;
  }
  int sum() const { return first + second; }
};
struct Reader {
  const Str& text;
  int64_t at = 0;
  uint8_t next() { return text[at++]; }
};
class Box : public Object {
 public:
  int value = 1;
};
static int depth = 0;
static int deepest = 0;

static void descend(int n) {
  Increment increment(depth);
  if (depth > deepest) deepest = depth;
  if (n > 0) descend(n - 1);
  if (n == 3) throw new ValueError("three");
}
static int total(Pair pair) { return pair.sum(); }
static Pair make(int& a, int& b) { return Pair{a, b}; }

int run(Array<Str>) {
  int x = 1;
  {
    Restore restore(x, 50);
    show("inside", x);
    x = 60;
  }
  show("restored", x);
  try {
    descend(5);
  } catch (ValueError*) {
    show("depth", depth);
  }
  show("deepest", deepest);
  int a = 3;
  int b = 4;
  Pair pair{a, b};
  pair.swap();
  show("swapped", a * 10 + b);
  Box* box = new Box();
  Array<int> items(3);
  items[1] = 20;
  Pair places = make(box->value, items[1]);
  places.swap();
  show("places", box->value * 100 + items[1]);
  show("by value", total(places));
  Pair copy = places;
  copy.first = 7;
  show("a copy names the same", box->value);
  Str text = "ab";
  Reader reader{text};
  show("read", reader.next());
  show("read", reader.next());
  {
    Restore outer(box->value, 100);
    Restore inner(box->value, 200);
    show("nested", box->value);
  }
  show("after both", box->value);
  return 0;
}

WEFT_MAIN(run)

//| inside 50
//| restored 1
//| depth 0
//| deepest 6
//| swapped 43
//| places 2001
//| by value 21
//| a copy names the same 7
//| read 97
//| read 98
//| nested 200
//| after both 7
