#ifndef WEFT_DSL_NUMBER_FORMAT_H_
#define WEFT_DSL_NUMBER_FORMAT_H_

// Numbers as text.

#include <cstdint>

#include "dsl/array.h"
#include "dsl/bits.h"
#include "dsl/str.h"
#include "dsl/str_builder.h"

namespace weft {

// `value` in a base from 2 to 36, with lower-case letters.
inline Str format_uint(uint64_t value, uint32_t base = 10) {
  int64_t length = 1;
  for (uint64_t rest = value / base; rest != 0; rest /= base) length++;
  Str result = str_new(length);
  for (int64_t i = length - 1; i >= 0; i--) {
    uint8_t digit = static_cast<uint8_t>(value % base);
    str_set_item(result, i, static_cast<uint8_t>(digit < 10 ? '0' + digit : 'a' + digit - 10));
    value /= base;
  }
  return result;
}

inline Str format_int(int64_t value, uint32_t base = 10) {
  if (value >= 0) return format_uint(static_cast<uint64_t>(value), base);
  return "-" + format_uint(0 - static_cast<uint64_t>(value), base);
}

}  // namespace weft

#endif  // WEFT_DSL_NUMBER_FORMAT_H_
