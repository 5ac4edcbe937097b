// Array: length, zeroed elements of each type, sharing, copies, identity, arrays of arrays.

#include "tests/battery/show.h"

using namespace weft;

static void fill_with(Array<int> a, int x) {
  for (int& item : a) item = x;
}
static Array<int> made(int n) { return Array<int>(n); }

int run(Array<Str>) {
  Array<int> a(5);
  show("length", a.length());
  show("zeroed", a[0] + a[4]);
  a[2] = 7;
  a[2] += 3;
  a[3] = a[2]++;
  show_all("items", a);
  Array<int> b = a;
  b[0] = 100;
  show("shared", a[0]);
  fill_with(a, 4);
  show_all("filled", b);
  Array<int> null;
  show("null", null == nullptr);
  show("is_null", null.is_null() && !a.is_null());
  null = a;
  show("same", null == a);
  show("another", made(5) == a);
  show("empty", Array<int>(0).length());
  Array<Array<int>> rows(3);
  show("row is null", rows[1] == nullptr);
  for (int i = 0; i < 3; i++) {
    rows[i] = Array<int>(i + 1);
    for (int j = 0; j <= i; j++) rows[i][j] = i * 10 + j;
  }
  show("nested", rows[2][1] + rows[1][1]);
  rows[0] = rows[2];
  rows[0][0] = -1;
  show("shared row", rows[2][0]);
  Array<bool> flags(3);
  flags[1] = true;
  show("bools", !flags[0] && flags[1]);
  Array<uint8_t> bytes(2);
  bytes[0] = 255;
  bytes[0]++;
  show("bytes", bytes[0]);
  Array<int16_t> shorts(2);
  shorts[1] = -300;
  show("shorts", shorts[1]);
  Array<double> doubles(2);
  doubles[0] -= 0.5;
  show("doubles", doubles[0] + doubles[1]);
  Array<Str> texts(2);
  texts[0] = "t";
  show("texts", texts[0].length() + (texts[1] == nullptr ? 10 : 0));
  Array<Object*> objects(2);
  objects[0] = new Object();
  show("objects", objects[0] != nullptr && objects[1] == nullptr);
  uint8_t small_index = 2;
  int64_t wide_index = 3;
  show("index types", a[small_index] + a[wide_index] + a[static_cast<size_t>(1)]);
  return 0;
}

WEFT_MAIN(run)

//| length 5
//| zeroed 0
//| items 0 0 11 10 0
//| shared 100
//| filled 4 4 4 4 4
//| null true
//| is_null true
//| same true
//| another false
//| empty 0
//| row is null true
//| nested 32
//| shared row -1
//| bools true
//| bytes 0
//| shorts -300
//| doubles -0.5
//| texts 11
//| objects true
//| index types 12
