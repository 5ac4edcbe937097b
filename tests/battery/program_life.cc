// Conway's game of life on a torus.

#include "tests/battery/show.h"

using namespace weft;

class Life : public Object {
 public:
  Life(int width, int height) : width_(width), height_(height), cells_(width * height) {}
  void set(int x, int y) { cells_[y * width_ + x] = true; }
  bool get(int x, int y) {
    return cells_[(y + height_) % height_ * width_ + (x + width_) % width_];
  }
  void step() {
    Array<bool> next(cells_.length());
    for (int y = 0; y < height_; y++) {
      for (int x = 0; x < width_; x++) {
        int n = 0;
        for (int dy = -1; dy <= 1; dy++) {
          for (int dx = -1; dx <= 1; dx++) n += (dx != 0 || dy != 0) && get(x + dx, y + dy);
        }
        next[y * width_ + x] = n == 3 || (n == 2 && get(x, y));
      }
    }
    cells_ = next;
  }
  void show() {
    for (int y = 0; y < height_; y++) {
      for (int x = 0; x < width_; x++) print(get(x, y) ? Str("#") : Str("."));
      println("");
    }
  }

 private:
  int width_;
  int height_;
  Array<bool> cells_;
};

int run(Array<Str>) {
  Life* life = new Life(9, 6);
  life->set(1, 0);
  life->set(2, 1);
  life->set(0, 2);
  life->set(1, 2);
  life->set(2, 2);
  for (int i = 0; i < 12; i++) life->step();
  life->show();
  return 0;
}

WEFT_MAIN(run)

//| .........
//| .........
//| .........
//| ....#....
//| .....#...
//| ...###...
