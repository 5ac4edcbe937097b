// Natural numbers of any size as a value class over an array: factorials and Fibonacci numbers.

#include "tests/battery/show.h"

using namespace weft;

struct Big {
  List<uint32_t> limbs;

  explicit Big(uint32_t x) { limbs.append(x); }

  Big operator+(const Big& o) const {
    Big result(0);
    result.limbs.clear();
    uint64_t carry = 0;
    for (int64_t i = 0; i < max(limbs.length(), o.limbs.length()) || carry != 0; i++) {
      carry += (i < limbs.length() ? limbs[i] : 0u);
      carry += (i < o.limbs.length() ? o.limbs[i] : 0u);
      result.limbs.append(static_cast<uint32_t>(carry));
      carry >>= 32;
    }
    return result;
  }
  Big operator*(uint32_t factor) const {
    Big result(0);
    result.limbs.clear();
    uint64_t carry = 0;
    for (uint32_t limb : limbs) {
      carry += static_cast<uint64_t>(limb) * factor;
      result.limbs.append(static_cast<uint32_t>(carry));
      carry >>= 32;
    }
    if (carry != 0) result.limbs.append(static_cast<uint32_t>(carry));
    return result;
  }
  Str text() const {
    List<uint32_t> rest = limbs.copy();
    Str digits = "";
    while (!rest.is_empty()) {
      uint64_t remainder = 0;
      for (int64_t i = rest.length() - 1; i >= 0; i--) {
        remainder = remainder << 32 | rest[i];
        rest[i] = static_cast<uint32_t>(remainder / 10);
        remainder %= 10;
      }
      digits = format_uint(remainder) + digits;
      while (!rest.is_empty() && rest.last() == 0) rest.pop();
    }
    return digits;
  }
};

int run(Array<Str>) {
  Big factorial(1);
  for (uint32_t i = 2; i <= 50; i++) factorial = factorial * i;
  println(factorial.text());
  Big a(0);
  Big b(1);
  for (int i = 0; i < 300; i++) {
    Big next = a + b;
    a = b;
    b = next;
  }
  println(a.text());
  return 0;
}

WEFT_MAIN(run)

//| 30414093201713378043612608166064768844377641568960512000000000000
//| 222232244629420445529739893461909967206666939096499764990979600
