// Eight queens by backtracking, with and without objects.

#include "tests/battery/show.h"

using namespace weft;

class Board : public Object {
 public:
  explicit Board(int size)
      : size_(size), columns_(size), up_(2 * size), down_(2 * size), rows_(size) {}
  int solve(int row) {
    if (row == size_) {
      if (first == nullptr) first = resized(rows_, size_);
      return 1;
    }
    int count = 0;
    for (int column = 0; column < size_; column++) {
      if (columns_[column] || up_[row + column] || down_[row - column + size_]) continue;
      place(row, column, true);
      rows_[row] = column;
      count += solve(row + 1);
      place(row, column, false);
    }
    return count;
  }
  Array<int> first;

 private:
  void place(int row, int column, bool value) {
    columns_[column] = value;
    up_[row + column] = value;
    down_[row - column + size_] = value;
  }
  int size_;
  Array<bool> columns_;
  Array<bool> up_;
  Array<bool> down_;
  Array<int> rows_;
};

static int bits(uint32_t all, uint32_t columns, uint32_t left, uint32_t right) {
  if (columns == all) return 1;
  int count = 0;
  uint32_t free = all & ~(columns | left | right);
  while (free != 0) {
    uint32_t bit = free & -free;
    free ^= bit;
    count += bits(all, columns | bit, (left | bit) << 1, (right | bit) >> 1);
  }
  return count;
}

int run(Array<Str>) {
  Board* board = new Board(8);
  show("solutions", board->solve(0));
  show_all("first", board->first);
  show("with bits", bits(255, 0, 0, 0));
  return 0;
}

WEFT_MAIN(run)

//| solutions 92
//| first 0 4 7 5 2 6 1 3
//| with bits 92
