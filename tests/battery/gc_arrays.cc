// Arrays of all sizes, from empty ones to large ones, of references and of structs that hold them.
// battery: heavy

#include "tests/battery/show.h"

using namespace weft;

struct Slot {
  int number;
  Str text;
  Array<int> array;
};

int run(Array<Str>) {
  List<Array<Str>> arrays;
  for (int size = 0; size < 3000; size = size * 2 + 1) {
    Array<Str> array(size);
    for (int i = 0; i < size; i++) array[i] = format_int(i);
    arrays.append(array);
  }
  gc::collect();
  int64_t length = 0;
  for (Array<Str> array : arrays) {
    for (Str s : array) length += s.length();
  }
  show("length", length);
  Array<Slot> slots(500);
  for (int i = 0; i < 500; i++) {
    slots[i] = Slot{i, "slot " + format_int(i), Array<int>(i % 7)};
  }
  for (int i = 0; i < 100; i++) Array<double> garbage(1000);
  gc::collect();
  int good = 0;
  for (int i = 0; i < 500; i++) {
    good += slots[i].number == i && slots[i].text == "slot " + format_int(i) &&
            slots[i].array.length() == i % 7;
  }
  show("good", good);
  Array<uint8_t> large(3000000);
  for (int64_t i = 0; i < large.length(); i += 1000) large[i] = 1;
  int64_t sum = 0;
  for (int round = 0; round < 20; round++) {
    Array<uint8_t> copy = resized(large, large.length());
    sum += copy[round * 1000] + copy[round * 1000 + 1];
  }
  show("sum", sum);
  return 0;
}

WEFT_MAIN(run)

//| length 12608
//| good 500
//| sum 20
