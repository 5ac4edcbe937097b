// And, or, exclusive or and complement.

#include "tests/battery/show.h"

using namespace weft;

int run(Array<Str>) {
  uint32_t a = 0xff00ff00u;
  uint32_t b = 0x0ff00ff0u;
  println(format_uint(a & b, 16) + " " + format_uint(a | b, 16) + " " + format_uint(a ^ b, 16));
  println(format_uint(~a, 16));
  int32_t s = -2;
  show("s & 0xff", s & 0xff);
  show("s | 1", s | 1);
  show("s ^ s", s ^ s);
  show("~s", ~s);
  int64_t wide = -1;
  show("mask", wide & 0xffffffff);
  uint64_t c = 1;
  c |= 6;
  show("|=", c);
  c &= 5;
  show("&=", c);
  c ^= UINT64_MAX;
  show("^=", c);
  bool p = true;
  bool q = false;
  show("p & q", p & q);
  show("p | q", p | q);
  show("p ^ q", p ^ q);
  p ^= true;
  show("p ^= true", p);
  q |= true;
  show("q |= true", q);
  return 0;
}

WEFT_MAIN(run)

//| f000f00 fff0fff0 f0f0f0f0
//| ff00ff
//| s & 0xff 254
//| s | 1 -1
//| s ^ s 0
//| ~s 1
//| mask 4294967295
//| |= 7
//| &= 5
//| ^= 18446744073709551610
//| p & q 0
//| p | q 1
//| p ^ q 1
//| p ^= true false
//| q |= true true
