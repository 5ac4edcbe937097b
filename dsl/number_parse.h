#ifndef WEFT_DSL_NUMBER_PARSE_H_
#define WEFT_DSL_NUMBER_PARSE_H_

// Text as numbers. parse_double gives the double nearest to what is written, ties to even, however
// many digits there are. Three ways, the first one that is sure of its result:
//   1. up to 2^53 times or divided by a power of ten up to 10^22: both are exact doubles, and one
//      operation rounds once;
//   2. the first 19 digits times a 64-bit approximation of the power of ten, with a bound for the
//      error: right unless the result is too near to the middle between two doubles;
//   3. exactly, as a fraction of two natural numbers.

#include <cstdint>

#include "dsl/bits.h"
#include "dsl/intrinsics.h"
#include "dsl/natural.h"
#include "dsl/number_tables.h"
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

namespace number {

// A decimal number as it stands in a text: its digits are those of text[start, end), without the
// point if there is one, and its last digit counts 10^exponent.
struct Scanned {
  Str text;
  int64_t start;
  int64_t end;
  int64_t exponent;
  bool negative;
};

// Whether all of `text` is a decimal number.
inline bool scan_decimal(Str text, Scanned& scanned) {
  int64_t length = text.length();
  int64_t i = 0;
  bool negative = false;
  if (i < length && (text[i] == '-' || text[i] == '+')) {
    negative = text[i] == '-';
    i++;
  }
  int64_t start = i;
  int64_t digits = 0;
  int64_t decimals = 0;
  bool point = false;
  for (; i < length; i++) {
    if (text[i] >= '0' && text[i] <= '9') {
      digits++;
      if (point) decimals++;
    } else if (text[i] == '.' && !point) {
      point = true;
    } else {
      break;
    }
  }
  int64_t end = i;
  if (digits == 0) return false;
  int64_t exponent = 0;
  if (i < length && (text[i] == 'e' || text[i] == 'E')) {
    i++;
    bool exponent_is_negative = false;
    if (i < length && (text[i] == '-' || text[i] == '+')) {
      exponent_is_negative = text[i] == '-';
      i++;
    }
    if (i == length) return false;
    for (; i < length; i++) {
      if (text[i] < '0' || text[i] > '9') return false;
      // Enough to be out of any double's range, with room for what is still added.
      if (exponent < 1000000000000) exponent = exponent * 10 + (text[i] - '0');
    }
    if (exponent_is_negative) exponent = -exponent;
  }
  if (i != length) return false;
  scanned = Scanned{text, start, end, exponent - decimals, negative};
  return true;
}

// The double nearest to (significand + rest) * 2^exponent. The significand's top bit is set;
// `rest`, which is less than 1, is not 0 just when `sticky` is true.
inline double round_to_double(uint64_t significand, int64_t exponent, bool sticky) {
  // The exponent of the top bit; below -1022, doubles have fewer bits.
  int64_t top = exponent + 63;
  if (top > 1023) return f64_from_bits(uint64_t{0x7ff} << 52);
  int64_t drop = top >= -1022 ? 11 : 11 + (-1022 - top);
  if (drop > 64) return 0.0;
  uint64_t half = uint64_t{1} << (drop - 1);
  uint64_t kept = drop == 64 ? 0 : significand >> drop;
  uint64_t cut = drop == 64 ? significand : significand & (half * 2 - 1);
  bool round_up = cut > half || (cut == half && (sticky || (kept & 1) == 1));
  if (round_up) kept++;
  // The hidden bit of a normal number adds one to the exponent field; so does a carry.
  uint64_t field = top >= -1022 ? static_cast<uint64_t>(top + 1022) : 0;
  return f64_from_bits((field << 52) + kept);
}

// Way 2. Whether `result` is sure. `inexact` says that `digits` is what is left of more digits.
inline bool parse_approximately(uint64_t digits, int64_t exponent, bool inexact, double& result) {
  if (exponent < kFirstPower || exponent > kLastPower) return false;
  int32_t power = static_cast<int32_t>(exponent);
  int32_t shift = clz(digits);
  uint64_t factor = kPowers[2 * (power - kFirstPower)];
  uint64_t product = multiply_high(digits << shift, factor);
  int64_t binary = log2_of_power(power) + 1 - shift;
  // In units of the product's last bit: one for the table, one for the half of the product that is
  // cut off, and what a digit more would have added.
  uint64_t error = 2;
  if (inexact) error += (uint64_t{1} << shift);
  if ((product >> 63) == 0) {
    product <<= 1;
    binary--;
    error <<= 1;
  }
  int64_t top = binary + 63;
  if (top < -1022 || top > 1022) return false;
  uint64_t cut = product & 0x7ff;
  if (cut + error >= 0x400 && cut <= 0x400 + error) return false;
  result = round_to_double(product, binary, true);
  return true;
}

// Way 3.
inline double parse_exactly(Scanned scanned) {
  // Digits beyond the 800th cannot move a number across the middle between two doubles, which has
  // at most 767; that there are any that are not 0 can.
  constexpr int64_t kMaxDigits = 800;
  Natural* numerator = new Natural(0);
  int64_t digits = 0;
  int64_t exponent = scanned.exponent;
  bool more = false;
  for (int64_t i = scanned.start; i < scanned.end; i++) {
    uint8_t byte = scanned.text[i];
    if (byte == '.') continue;
    if (digits == 0 && byte == '0') continue;
    digits++;
    if (digits <= kMaxDigits) {
      numerator->multiply_add(10, static_cast<uint32_t>(byte - '0'));
    } else {
      exponent++;
      if (byte != '0') more = true;
    }
  }
  // One more digit stands for all that were left out.
  if (more) {
    numerator->multiply_add(10, 1);
    exponent--;
  }
  Natural* denominator = new Natural(1);
  if (exponent >= 0) {
    numerator->multiply_by_power(10, exponent);
  } else {
    denominator->multiply_by_power(10, -exponent);
  }
  // Scale by powers of two until denominator <= numerator < 2 * denominator.
  int64_t shift = numerator->bit_length() - denominator->bit_length();
  if (shift >= 0) {
    denominator->shift_left(shift);
  } else {
    numerator->shift_left(-shift);
  }
  if (numerator->compare(denominator) < 0) {
    numerator->shift_left(1);
    shift--;
  }
  uint64_t quotient = 0;
  for (int32_t i = 0; i < 64; i++) {
    quotient <<= 1;
    if (numerator->compare(denominator) >= 0) {
      numerator->subtract(denominator);
      quotient |= 1;
    }
    numerator->shift_left(1);
  }
  return round_to_double(quotient, shift - 63, !numerator->is_zero());
}

static constexpr double kExactPowers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                          1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                          1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

inline double parse_scanned(Scanned scanned) {
  uint64_t digits = 0;
  int64_t count = 0;
  int64_t exponent = scanned.exponent;
  bool inexact = false;
  for (int64_t i = scanned.start; i < scanned.end; i++) {
    uint8_t byte = scanned.text[i];
    if (byte == '.') continue;
    if (count == 0 && byte == '0') continue;
    count++;
    if (count <= 19) {
      digits = digits * 10 + static_cast<uint64_t>(byte - '0');
    } else {
      exponent++;
      if (byte != '0') inexact = true;
    }
  }
  if (digits == 0) return 0.0;
  if (exponent + (count < 19 ? count : 19) > 310) return f64_from_bits(uint64_t{0x7ff} << 52);
  if (exponent < -360) return 0.0;
  if (!inexact && digits <= uint64_t{1} << 53 && exponent >= -22 && exponent <= 22) {
    double exact = static_cast<double>(digits);
    return exponent < 0 ? exact / kExactPowers[-exponent] : exact * kExactPowers[exponent];
  }
  double result = 0.0;
  if (parse_approximately(digits, exponent, inexact, result)) return result;
  return parse_exactly(scanned);
}

}  // namespace number

// Reads all of `text` as a decimal number: digits with a point somewhere or not, with a sign before
// and an exponent behind or not. Whether it is one; if so, the nearest double goes to `value`,
// which is an infinity when the number is too large.
inline bool parse_double(Str text, double& value) {
  number::Scanned scanned = number::Scanned{text, 0, 0, 0, false};
  if (!number::scan_decimal(text, scanned)) return false;
  double result = number::parse_scanned(scanned);
  value = scanned.negative ? -result : result;
  return true;
}

}  // namespace weft

#endif  // WEFT_DSL_NUMBER_PARSE_H_
