// Fields and elements of every width keep their neighbours intact.

#include "tests/battery/show.h"

using namespace weft;

struct Packed {
  int8_t a;
  uint8_t b;
  int16_t c;
  bool d;
  int32_t e;
  uint16_t f;
  int64_t g;
  float h;
  double i;
  char j;
  uint32_t k;
};
class Holder : public Object {
 public:
  uint8_t first = 1;
  Packed packed{};
  bool flag = true;
  int64_t wide = -1;
  uint8_t last = 255;
};

static Str text(const Packed& p) {
  return text_of(p.a) + " " + text_of(p.b) + " " + text_of(p.c) + " " + text_of(p.d) + " " +
         text_of(p.e) + " " + text_of(p.f) + " " + text_of(p.g) + " " + text_of(p.h) + " " +
         text_of(p.i) + " " + text_of(p.j) + " " + text_of(p.k);
}

int run(Array<Str>) {
  Packed p{-1, 200, -300, true, 1 << 30, 65535, int64_t{1} << 60, 0.5f, -0.125, 'x', 4000000000u};
  println(text(p));
  p.a++;
  p.b += 100;
  p.c = static_cast<int16_t>(p.c * 200);
  p.d = !p.d;
  p.e *= 4;
  p.f++;
  p.g <<= 3;
  p.h /= 4;
  p.i -= 1;
  p.j++;
  p.k += 500000000;
  println(text(p));
  Holder* holder = new Holder();
  println(text(holder->packed));
  holder->packed = p;
  holder->packed.b = 7;
  println(text(holder->packed));
  show("neighbours", holder->first + holder->last + holder->wide + holder->flag);
  holder->first--;
  holder->last++;
  show("first", holder->first);
  show("last", holder->last);
  Array<Packed> array(3);
  array[1] = p;
  println(text(array[0]));
  println(text(array[1]));
  array[1].a = 55;
  array[2] = array[1];
  println(text(array[2]));
  return 0;
}

WEFT_MAIN(run)

//| -1 200 -300 true 1073741824 65535 1152921504606846976 0.5 -0.125 120 4000000000
//| 0 44 5536 false 0 0 -9223372036854775808 0.125 -1.125 121 205032704
//| 0 0 0 false 0 0 0 0 0 0 0
//| 0 7 5536 false 0 0 -9223372036854775808 0.125 -1.125 121 205032704
//| neighbours 256
//| first 0
//| last 0
//| 0 0 0 false 0 0 0 0 0 0 0
//| 0 44 5536 false 0 0 -9223372036854775808 0.125 -1.125 121 205032704
//| 55 44 5536 false 0 0 -9223372036854775808 0.125 -1.125 121 205032704
