// Functions and methods that give references to places that outlive them.

#include "tests/battery/show.h"

using namespace weft;

struct Grid {
  Array<int> cells;
  int width;

  explicit Grid(int width) : cells(width * width), width(width) {}
  int& at(int x, int y) { return cells[y * width + x]; }
  int& operator[](int i) { return cells[i]; }
};

class Counter : public Object {
 public:
  int& count() { return count_; }
  const int& peek() const { return count_; }

 private:
  int count_ = 0;
};

static int& larger(int& a, int& b) { return a > b ? a : b; }
static int global = 3;
static int& global_place() { return global; }

int run(Array<Str>) {
  Grid grid(3);
  grid.at(1, 2) = 7;
  grid.at(1, 2) += 5;
  show("grid", grid[7]);
  grid[0] = 4;
  int& corner = grid.at(0, 0);
  corner++;
  show("corner", grid[0]);
  Counter* counter = new Counter();
  counter->count() = 10;
  counter->count()++;
  show("count", counter->peek());
  int a = 1;
  int b = 2;
  larger(a, b) = 50;
  show("a", a);
  show("b", b);
  int& same = larger(larger(a, b), global_place());
  same -= 1;
  show("b", b);
  global_place() = 8;
  show("global", global);
  int copy = global_place();
  copy++;
  show("global", global);
  return 0;
}

WEFT_MAIN(run)

//| grid 12
//| corner 5
//| count 11
//| a 1
//| b 50
//| b 49
//| global 8
//| global 8
