#ifndef WEFT_DSL_NUMBER_FORMAT_H_
#define WEFT_DSL_NUMBER_FORMAT_H_

// Numbers as text. format_double is the shortest text that reads back as the same double;
// format_fixed, format_exponent and format_general give what printf gives for %.Nf, %.Ne and %.Ng,
// exactly rounded. Infinities are "inf" and "-inf"; every NaN is "nan".
//
// The shortest digits are found as in Raffaello Giulietti's "The Schubfach way to render doubles":
// the number and the two ends of the interval that rounds to it are scaled by a power of ten, taken
// from a table of 128-bit approximations, such that the interval is between 2 and 20 wide; the
// scaled values are cut to integers with a sticky lowest bit, which is proven to be enough to
// compare with the one or two candidates. The other formats write out every digit of the double,
// which is a finite number (at most 767 digits), and round that.

#include <cstdint>

#include "dsl/array.h"
#include "dsl/bits.h"
#include "dsl/intrinsics.h"
#include "dsl/natural.h"
#include "dsl/number_tables.h"
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

// The number digits * 10^exponent.
struct Decimal {
  uint64_t digits;
  int32_t exponent;
};

namespace number {

constexpr int32_t kFractionBits = 52;
constexpr uint64_t kHiddenBit = uint64_t{1} << kFractionBits;
constexpr uint64_t kFractionMask = kHiddenBit - 1;
constexpr uint64_t kSignBit = uint64_t{1} << 63;
// What is subtracted from the exponent field when the fraction is read as an integer.
constexpr int32_t kExponentBias = 1023 + kFractionBits;

inline int32_t exponent_field(uint64_t bits) {
  return static_cast<int32_t>((bits >> kFractionBits) & 0x7ff);
}

// The top of factor * 10^k, scaled as in the table, with its lowest bit set when anything was cut.
inline uint64_t scale_to_odd(int32_t k, uint64_t factor) {
  int32_t row = 2 * (k - kFirstPower);
  uint64_t high = kPowers[row];
  uint64_t low = kPowers[row + 1];
  uint64_t middle = high * factor;
  uint64_t sum = middle + multiply_high(low, factor);
  uint64_t top = multiply_high(high, factor) + (sum < middle ? 1 : 0);
  return top | (sum > 1 ? 1 : 0);
}

}  // namespace number

// The shortest decimal number that rounds to `value`, and the one closest to it among those.
// `value` is finite and positive.
inline Decimal shortest_decimal(double value) {
  uint64_t bits = f64_bits(value);
  uint64_t fraction = bits & number::kFractionMask;
  int32_t field = number::exponent_field(bits);
  // value = c * 2^q
  uint64_t c = field != 0 ? fraction | number::kHiddenBit : fraction;
  int32_t q = (field != 0 ? field : 1) - number::kExponentBias;
  if (q <= 0 && q > -53 && (c & ((uint64_t{1} << -q) - 1)) == 0) {
    return Decimal{c >> -q, 0};
  }

  bool is_even = (c & 1) == 0;
  // Below a power of two, doubles stand twice as close.
  bool lower_is_closer = fraction == 0 && field > 1;
  int32_t k = (q * 1262611 - (lower_is_closer ? 524031 : 0)) >> 22;
  int32_t shift = q + number::log2_of_power(-k) + 1;
  uint64_t lower =
      number::scale_to_odd(-k, (4 * c - (lower_is_closer ? 1 : 2)) << shift) + (is_even ? 0 : 1);
  uint64_t middle = number::scale_to_odd(-k, (4 * c) << shift);
  uint64_t upper = number::scale_to_odd(-k, (4 * c + 2) << shift) - (is_even ? 0 : 1);

  uint64_t digits = middle / 4;
  if (digits >= 10) {
    // One digit less, if just one of the two neighbours with one digit less is inside.
    uint64_t fewer = digits / 10;
    bool below_is_inside = lower <= 40 * fewer;
    bool above_is_inside = 40 * fewer + 40 <= upper;
    if (below_is_inside != above_is_inside) {
      return Decimal{fewer + (above_is_inside ? 1 : 0), k + 1};
    }
  }
  bool below_is_inside = lower <= 4 * digits;
  bool above_is_inside = 4 * digits + 4 <= upper;
  if (below_is_inside != above_is_inside) {
    return Decimal{digits + (above_is_inside ? 1 : 0), k};
  }
  uint64_t half = 4 * digits + 2;
  bool round_up = middle > half || (middle == half && (digits & 1) == 1);
  return Decimal{digits + (round_up ? 1 : 0), k};
}

namespace number {

// Digits from 0 to 9 without zeros at either end, and the power of ten of the first one.
struct Digits {
  Array<uint8_t> values;
  int32_t exponent;
};

inline Digits digits_of(Decimal decimal) {
  uint64_t rest = decimal.digits;
  int32_t exponent = decimal.exponent;
  while (rest % 10 == 0) {
    rest /= 10;
    exponent++;
  }
  int32_t count = 1;
  for (uint64_t r = rest / 10; r != 0; r /= 10) count++;
  Array<uint8_t> values(count);
  for (int32_t i = count - 1; i >= 0; i--) {
    values[i] = static_cast<uint8_t>(rest % 10);
    rest /= 10;
  }
  return Digits{values, exponent + count - 1};
}

inline int64_t without_trailing_zeros(Array<uint8_t> values) {
  int64_t length = values.length();
  while (length > 1 && values[length - 1] == 0) length--;
  return length;
}

// Every digit of a finite positive double.
inline Digits exact_digits(double value) {
  uint64_t bits = f64_bits(value);
  int32_t field = exponent_field(bits);
  uint64_t c = bits & kFractionMask;
  if (field != 0) c |= kHiddenBit;
  int32_t q = (field != 0 ? field : 1) - kExponentBias;
  int32_t twos = ctz(c);
  c >>= twos;
  q += twos;
  // c * 2^q is either an integer or, for a negative q, c * 5^-q * 10^q.
  Natural* natural = new Natural(c);
  if (q >= 0) {
    natural->shift_left(q);
    q = 0;
  } else {
    natural->multiply_by_power(5, -q);
  }
  Array<uint8_t> values = natural->take_digits();
  int32_t exponent = static_cast<int32_t>(values.length()) - 1 + q;
  return Digits{resized(values, without_trailing_zeros(values)), exponent};
}

// The first `count` digits, correctly rounded (ties to even), with zeros behind them if need be.
// For a count of 0 or less the result is empty, or the one digit 1 if the number rounds up to it.
inline Digits rounded(Digits digits, int64_t count) {
  int64_t length = digits.values.length();
  if (count >= length) return Digits{resized(digits.values, count), digits.exponent};
  if (count < 0) return Digits{Array<uint8_t>(0), digits.exponent};
  Array<uint8_t> values(count);
  array_copy(values, 0, digits.values, 0, count);
  uint8_t next = digits.values[count];
  bool round_up = next > 5;
  if (next == 5) {
    // The last digit of an exact number is not 0, so whatever follows makes it more than a half.
    round_up = length > count + 1 || (count > 0 && (values[count - 1] & 1) == 1);
  }
  if (!round_up) return Digits{values, digits.exponent};
  int64_t i = count - 1;
  while (i >= 0 && values[i] == 9) {
    values[i] = 0;
    i--;
  }
  if (i >= 0) {
    values[i]++;
    return Digits{values, digits.exponent};
  }
  // All nines, or no digits at all: a one in front.
  Array<uint8_t> carried(count == 0 ? 1 : count);
  carried[0] = 1;
  return Digits{carried, digits.exponent + 1};
}

inline uint8_t digit_at(Array<uint8_t> values, int64_t index) {
  bool known = index >= 0 && index < values.length();
  return static_cast<uint8_t>('0' + (known ? values[index] : 0));
}

// The digits in positional notation with `decimals` digits behind the point.
inline void append_fixed(StrBuilder out, Digits digits, int64_t decimals) {
  int64_t first = digits.exponent < 0 ? 0 : digits.exponent;
  for (int64_t power = first; power >= 0; power--) {
    out.append_byte(digit_at(digits.values, digits.exponent - power));
  }
  if (decimals > 0) out.append_byte('.');
  for (int64_t power = -1; power >= -decimals; power--) {
    out.append_byte(digit_at(digits.values, digits.exponent - power));
  }
}

// The digits as d.ddde+XX, with `decimals` digits behind the point.
inline void append_exponent(StrBuilder out, Digits digits, int64_t decimals) {
  out.append_byte(digit_at(digits.values, 0));
  if (decimals > 0) out.append_byte('.');
  for (int64_t i = 1; i <= decimals; i++) out.append_byte(digit_at(digits.values, i));
  int32_t exponent = digits.exponent;
  out.append(exponent < 0 ? Str("e-") : Str("e+"));
  if (exponent < 0) exponent = -exponent;
  if (exponent < 10) out.append_byte('0');
  out.append(format_int(exponent));
}

// Writes what needs no digits. Whether there was nothing more to write.
inline bool append_special(StrBuilder out, double value) {
  if (value != value) {
    out.append("nan");
    return true;
  }
  if ((f64_bits(value) & kSignBit) != 0) out.append_byte('-');
  if (value - value != 0.0) {
    out.append("inf");
    return true;
  }
  return false;
}

inline double magnitude(double value) { return f64_from_bits(f64_bits(value) & ~kSignBit); }

}  // namespace number

// The shortest text that reads back as the same double: 0.1, 100, 1e+21, 5e-324. Numbers from 1e-4
// up to 1e16 are written without an exponent.
inline Str format_double(double value) {
  StrBuilder out;
  if (number::append_special(out, value)) return out.build();
  value = number::magnitude(value);
  if (value == 0.0) {
    out.append_byte('0');
    return out.build();
  }
  number::Digits digits = number::digits_of(shortest_decimal(value));
  int64_t length = digits.values.length();
  if (digits.exponent < -4 || digits.exponent >= 16) {
    number::append_exponent(out, digits, length - 1);
  } else {
    number::append_fixed(out, digits, length - 1 - digits.exponent);
  }
  return out.build();
}

// As printf's %.*f.
inline Str format_fixed(double value, int32_t decimals) {
  StrBuilder out;
  if (number::append_special(out, value)) return out.build();
  value = number::magnitude(value);
  number::Digits digits = number::Digits{Array<uint8_t>(0), 0};
  if (value != 0.0) {
    digits = number::exact_digits(value);
    digits = number::rounded(digits, int64_t{digits.exponent} + 1 + decimals);
  }
  number::append_fixed(out, digits, decimals);
  return out.build();
}

// As printf's %.*e.
inline Str format_exponent(double value, int32_t decimals) {
  StrBuilder out;
  if (number::append_special(out, value)) return out.build();
  value = number::magnitude(value);
  number::Digits digits = number::Digits{Array<uint8_t>(0), 0};
  if (value != 0.0) digits = number::rounded(number::exact_digits(value), int64_t{decimals} + 1);
  number::append_exponent(out, digits, decimals);
  return out.build();
}

// As printf's %.*g: `precision` significant digits without zeros at the end.
inline Str format_general(double value, int32_t precision) {
  StrBuilder out;
  if (number::append_special(out, value)) return out.build();
  value = number::magnitude(value);
  if (value == 0.0) {
    out.append_byte('0');
    return out.build();
  }
  if (precision < 1) precision = 1;
  // Most numbers that are printed are small integers.
  if (value < 100000.0 && precision >= 6 &&
      value == static_cast<double>(static_cast<int64_t>(value))) {
    out.append(format_int(static_cast<int64_t>(value)));
    return out.build();
  }
  number::Digits digits = number::rounded(number::exact_digits(value), precision);
  int64_t length = number::without_trailing_zeros(digits.values);
  if (digits.exponent < -4 || digits.exponent >= precision) {
    number::append_exponent(out, digits, length - 1);
  } else {
    number::append_fixed(out, digits, length - 1 - digits.exponent);
  }
  return out.build();
}

}  // namespace weft

#endif  // WEFT_DSL_NUMBER_FORMAT_H_
