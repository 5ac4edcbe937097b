// A hash table of one's own over the hash of strings and an array of structs.

#include "tests/battery/show.h"

using namespace weft;

struct Slot {
  Str key;
  int value;
};
class Table : public Object {
 public:
  int64_t count = 0;

  int& at(Str key) {
    if ((count + 1) * 4 > slots_.length() * 3) grow();
    Slot& slot = find(slots_, key);
    if (slot.key == nullptr) {
      slot.key = key;
      count++;
    }
    return slot.value;
  }
  bool has(Str key) const { return find(slots_, key).key != nullptr; }

 private:
  static Slot& find(Array<Slot> slots, Str key) {
    int64_t mask = slots.length() - 1;
    int64_t i = key.hash() & mask;
    while (slots[i].key != nullptr && slots[i].key != key) i = (i + 1) & mask;
    return slots[i];
  }
  void grow() {
    Array<Slot> larger(slots_.length() * 2);
    for (const Slot& slot : slots_) {
      if (slot.key != nullptr) find(larger, slot.key) = slot;
    }
    slots_ = larger;
  }
  Array<Slot> slots_ = Array<Slot>(8);
};

int run(Array<Str>) {
  Table* table = new Table();
  for (int i = 0; i < 500; i++) table->at("key" + format_int(i * 13 % 101)) += i;
  show("count", table->count);
  show("value", table->at("key42"));
  show("has", table->has("key100") && !table->has("key101"));
  int64_t sum = 0;
  for (int i = 0; i < 101; i++) sum += table->at("key" + format_int(i)) * (i + 1);
  show("sum", sum);
  return 0;
}

WEFT_MAIN(run)

//| count 101
//| value 1065
//| has true
//| sum 6369370
