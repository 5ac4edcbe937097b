// array_copy with overlap, resized, fill, and int64 elements.

#include "tests/battery/show.h"

using namespace weft;

int run(Array<Str>) {
  Array<int64_t> a(10);
  for (int i = 0; i < 10; i++) a[i] = i;
  array_copy(a, 2, a, 0, 5);
  show_all("forwards", a);
  array_copy(a, 0, a, 3, 6);
  show_all("backwards", a);
  array_copy(a, 5, a, 5, 0);
  array_copy(a, 10, a, 0, 0);
  Array<int64_t> b = resized(a, 4);
  show_all("shorter", b);
  b = resized(b, 6);
  show_all("longer", b);
  fill(b, int64_t{-3});
  show_all("filled", b);
  Array<Str> texts(3);
  fill(texts, Str("x"));
  Array<Str> more = resized(texts, 5);
  show("texts", more[2] == "x" && more[4] == nullptr);
  Array<uint8_t> bytes(1000);
  for (int i = 0; i < 1000; i++) bytes[i] = static_cast<uint8_t>(i);
  array_copy(bytes, 1, bytes, 0, 999);
  show("bytes", bytes[1] + bytes[999]);
  return 0;
}

WEFT_MAIN(run)

//| forwards 0 1 0 1 2 3 4 7 8 9
//| backwards 1 2 3 4 7 8 4 7 8 9
//| shorter 1 2 3 4
//| longer 1 2 3 4 0 0
//| filled -3 -3 -3 -3 -3 -3
//| texts true
//| bytes 230
