// Machines with stacks of a constant length that is large: collectors may look at such an array as
// a whole instead of being told of each store. Some are in fields that hold other arrays, too.
// battery: heavy

#include "tests/battery/show.h"

using namespace weft;

namespace {

constexpr int64_t kStackSize = 4096;

class Item : public Object {
 public:
  explicit Item(int64_t number) : number(number) {}
  const int64_t number;
};

struct Frame {
  Item* owner = nullptr;
  int64_t start = 0;
};

class Machine : public Object {
 public:
  Machine() : stack_(kStackSize), frames_(kStackSize) {}

  // The stack is a variable while objects are made.
  int64_t Fill(int64_t rounds) {
    const Array<Item*> stack = stack_;
    for (int64_t i = 0; i < rounds; i++) {
      int64_t at = (i * 37) % kStackSize;
      stack[at] = new Item(i);
      frames_[at].owner = stack[at];
      frames_[at].start = i;
      if (i % 3 == 0) stack[(at + 1) % kStackSize] = nullptr;
    }
    return Sum();
  }

  int64_t Sum() const {
    int64_t sum = 0;
    for (int64_t i = 0; i < kStackSize; i++) {
      if (stack_[i] != nullptr) sum += stack_[i]->number;
      if (frames_[i].owner != nullptr) sum += 10000 * frames_[i].owner->number - frames_[i].start;
    }
    return sum;
  }

  // Moves the upper half down.
  void Shift() { array_copy(stack_, 0, stack_, kStackSize / 2, kStackSize / 2); }

  Array<Item*> stack() const { return stack_; }

 private:
  const Array<Item*> stack_;
  const Array<Frame> frames_;
};

// The same, but the stack grows.
class Growing : public Object {
 public:
  void Push(Item* item) {
    if (count_ == stack_.length()) {
      Array<Item*> more(count_ < 1000 ? 5000 : 2 * count_);
      array_copy(more, 0, stack_, 0, count_);
      stack_ = more;
    }
    stack_[count_++] = item;
  }
  int64_t Sum() const {
    int64_t sum = 0;
    for (int64_t i = 0; i < count_; i++) sum += stack_[i]->number;
    return sum;
  }

 private:
  Array<Item*> stack_ = Array<Item*>(10);
  int64_t count_ = 0;
};

// The array arrives as an argument.
void Overwrite(Array<Item*> items, int64_t step) {
  for (int64_t i = 0; i < items.length(); i += step) items[i] = new Item(i);
}

}  // namespace

int run(Array<Str>) {
  Machine* first = new Machine();
  Machine* second = new Machine();
  show("first", first->Fill(9000));
  show("second", second->Fill(500));
  first->Shift();
  show("shifted", first->Sum());
  Overwrite(second->stack(), 100);
  show("overwritten", second->Sum());
  // Machines come and go.
  int64_t sum = 0;
  for (int64_t i = 0; i < 20; i++) sum += (new Machine())->Fill(50 + i);
  show("others", sum);
  show("first again", first->Sum());
  Growing* growing = new Growing();
  for (int64_t i = 0; i < 12000; i++) growing->Push(new Item(i));
  show("growing", growing->Sum());
  return 0;
}

WEFT_MAIN(run)

//| first 284727068090
//| second 1247500000
//| shifted 284727024140
//| overwritten 1247580952
//| others 351400000
//| first again 284727024140
//| growing 71994000
