#ifndef WEFT_DSL_NUMBER_PARSE_H_
#define WEFT_DSL_NUMBER_PARSE_H_

// Text as numbers.

#include <cstdint>

#include "dsl/intrinsics.h"
#include "dsl/str.h"

namespace weft {

// The value of a digit in bases up to 36, or 36 when the byte is none.
inline uint32_t digit_value(uint8_t byte) {
  if (byte >= '0' && byte <= '9') return byte - '0';
  if (byte >= 'a' && byte <= 'z') return byte - 'a' + 10;
  if (byte >= 'A' && byte <= 'Z') return byte - 'A' + 10;
  return 36;
}

// Reads all of `text` as an integer in a base from 2 to 36, with a sign before it or not. Whether
// it is one that fits; if so, it goes to `value`.
inline bool parse_int(Str text, int64_t& value, uint32_t base = 10) {
  int64_t start = 0;
  bool negative = false;
  if (text.length() > 0 && (text[0] == '-' || text[0] == '+')) {
    negative = text[0] == '-';
    start = 1;
  }
  if (start == text.length()) return false;
  // Counted downwards, as the smallest integer has no positive counterpart.
  int64_t result = 0;
  for (int64_t i = start; i < text.length(); i++) {
    uint32_t digit = digit_value(text[i]);
    if (digit >= base) return false;
    int64_t scale = static_cast<int64_t>(base);
    if (mul_overflows(result, scale)) return false;
    result *= scale;
    if (sub_overflows(result, static_cast<int64_t>(digit))) return false;
    result -= static_cast<int64_t>(digit);
  }
  if (!negative && result == INT64_MIN) return false;
  value = negative ? result : -result;
  return true;
}

}  // namespace weft

#endif  // WEFT_DSL_NUMBER_PARSE_H_
