// Types narrower than int are promoted for arithmetic and cut when they are stored.

#include "tests/battery/show.h"

using namespace weft;

int run(Array<Str>) {
  int8_t a = 100;
  int8_t b = 100;
  show("a + b", a + b);
  int8_t sum = static_cast<int8_t>(a + b);
  show("stored", sum);
  a += b;
  show("a += b", a);
  uint8_t u = 250;
  u += 10;
  show("u += 10", u);
  u = 0;
  u--;
  show("u--", u);
  show("~u", ~u);
  show("u << 4", u << 4);
  int16_t s = 32767;
  s++;
  show("s++", s);
  show("-s", -s);
  uint16_t w = 65535;
  show("w * w as unsigned", static_cast<uint32_t>(w) * w);
  w *= 2;
  show("w *= 2", w);
  s = static_cast<int16_t>(0x12345678);
  show("cut to 16 bits", s);
  int8_t c = static_cast<int8_t>(0x80);
  show("sign extended", static_cast<int64_t>(c));
  show("zero extended", static_cast<uint8_t>(c));
  show("through unsigned", static_cast<uint32_t>(c));
  return 0;
}

WEFT_MAIN(run)

//| a + b 200
//| stored -56
//| a += b -56
//| u += 10 4
//| u-- 255
//| ~u -256
//| u << 4 4080
//| s++ -32768
//| -s 32768
//| w * w as unsigned 4294836225
//| w *= 2 65534
//| cut to 16 bits 22136
//| sign extended -128
//| zero extended 128
//| through unsigned 4294967168
