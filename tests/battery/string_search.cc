// find, find_byte, regions, bytes to strings and back.

#include "tests/battery/show.h"

using namespace weft;

int run(Array<Str>) {
  Str s = "the quick brown the fox";
  show("find", find(s, "the"));
  show("find after", find(s, "the", 1));
  show("find missing", find(s, "cat"));
  show("find empty", find(s, ""));
  show("find at the end", find(s, "fox"));
  show("find too long", find("a", "aa"));
  show("find_byte", find_byte(s, 'q'));
  show("find_byte after", find_byte(s, 'q', 5));
  show("region equal", str_region_equal(s, 0, s, 16, 3));
  show("region differs", str_region_equal(s, 0, s, 4, 3));
  show("region compare", str_region_compare(s, 4, s, 10, 5));
  show("empty region", str_region_equal(s, 0, "x", 1, 0));
  Array<uint8_t> bytes = str_to_bytes("abcdef");
  bytes[0] = 'A';
  bytes[5] = 0;
  Str back = str_from_bytes(bytes);
  show("back", back.length());
  show("its last byte", back[5]);
  println(str_from_bytes(bytes, 0, 3));
  Str all = str_new(256);
  for (int i = 0; i < 256; i++) str_set_item(all, i, static_cast<uint8_t>(i));
  int sum = 0;
  for (uint8_t b : all) sum += b;
  show("all bytes", sum);
  Str copied = str_new(6);
  str_copy(copied, 0, "xyz", 0, 3);
  str_copy(copied, 3, "uvw", 0, 3);
  println(copied);
  Array<uint8_t> target(6);
  str_to_bytes_copy(target, 1, "hello", 1, 4);
  show("target", target[0] * 1000 + target[1]);
  List<Str> parts;
  int64_t start = 0;
  while (true) {
    int64_t space = find_byte(s, ' ', start);
    if (space < 0) break;
    parts.append(substr(s, start, space - start));
    start = space + 1;
  }
  parts.append(substr(s, start));
  for (Str part : parts) print("[" + part + "]");
  println("");
  return 0;
}

WEFT_MAIN(run)

//| find 0
//| find after 16
//| find missing -1
//| find empty 0
//| find at the end 20
//| find too long -1
//| find_byte 4
//| find_byte after -1
//| region equal true
//| region differs false
//| region compare 1
//| empty region true
//| back 6
//| its last byte 0
//| Abc
//| all bytes 32640
//| xyzuvw
//| target 101
//| [the][quick][brown][the][fox]
