// clz, ctz, popcount, rotations and what bits.h builds on them.

#include "tests/battery/show.h"

using namespace weft;

int run(Array<Str>) {
  show("clz 32", clz(uint32_t{1}));
  show("clz 64", clz(uint64_t{1}));
  show("clz 0", clz(uint32_t{0}) * 100 + clz(uint64_t{0}));
  show("ctz", ctz(uint32_t{40}));
  show("ctz 64", ctz(uint64_t{1} << 63));
  show("ctz 0", ctz(uint32_t{0}) * 100 + ctz(uint64_t{0}));
  show("popcount", popcount(uint32_t{0xf0f0f0f0}));
  show("popcount 64", popcount(UINT64_MAX));
  println(format_uint(rotate_left(uint32_t{0x80000001}, 4), 16));
  println(format_uint(rotate_left(uint64_t{0x8000000000000001}, 1), 16));
  println(format_uint(rotate_right(uint32_t{0x12345678}, 8), 16));
  println(format_uint(rotate_left(uint32_t{5}, 0), 16));
  show("bit_width", bit_width(0) * 10000 + bit_width(255) * 100 + bit_width(256));
  show("power of two", is_power_of_two(64) && !is_power_of_two(65) && !is_power_of_two(0));
  show("rounded up", round_up_to_power_of_two(1000));
  println(format_uint(multiply_high(UINT64_MAX, UINT64_MAX), 16));
  println(format_uint(multiply_high(0x123456789abcdef0, 0xfedcba9876543210), 16));
  int bits = 0;
  for (uint64_t x = 0x1234567890; x != 0; x &= x - 1) bits++;
  show("counted", bits);
  show("hash", static_cast<int32_t>(mix_hash(12345) & 0xffff));
  return 0;
}

WEFT_MAIN(run)

//| clz 32 31
//| clz 64 63
//| clz 0 3264
//| ctz 3
//| ctz 64 63
//| ctz 0 3264
//| popcount 16
//| popcount 64 64
//| 18
//| 3
//| 78123456
//| 5
//| bit_width 809
//| power of two true
//| rounded up 1024
//| fffffffffffffffe
//| 121fa00ad77d7422
//| counted 15
//| hash 20356
