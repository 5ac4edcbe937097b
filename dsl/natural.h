#ifndef WEFT_DSL_NATURAL_H_
#define WEFT_DSL_NATURAL_H_

// Natural: a natural number of any size that is changed in place, for exact conversions of floats.
// It does what number_format.h and number_parse.h need and no more.

#include <cstdint>

#include "dsl/array.h"
#include "dsl/bits.h"
#include "dsl/object.h"

namespace weft {

class Natural : public Object {
 public:
  explicit Natural(uint64_t value) : limbs_(4), length_(0) {
    while (value != 0) {
      push(static_cast<uint32_t>(value));
      value >>= 32;
    }
  }

  bool is_zero() const { return length_ == 0; }

  // How many bits it takes to write the number; 0 for 0.
  int64_t bit_length() const {
    if (length_ == 0) return 0;
    return length_ * 32 - clz(limbs_[length_ - 1]);
  }

  // this = this * factor + summand
  void multiply_add(uint32_t factor, uint32_t summand) {
    uint64_t carry = summand;
    for (int64_t i = 0; i < length_; i++) {
      carry += static_cast<uint64_t>(limbs_[i]) * factor;
      limbs_[i] = static_cast<uint32_t>(carry);
      carry >>= 32;
    }
    if (carry != 0) push(static_cast<uint32_t>(carry));
  }

  // this = this * base^exponent, for a base up to 10.
  void multiply_by_power(uint32_t base, int64_t exponent) {
    uint32_t block = 1;
    for (int32_t i = 0; i < 9; i++) block *= base;
    for (; exponent >= 9; exponent -= 9) multiply_add(block, 0);
    for (; exponent > 0; exponent--) multiply_add(base, 0);
  }

  // this = this / divisor; gives the remainder.
  uint32_t divide(uint32_t divisor) {
    uint64_t rest = 0;
    for (int64_t i = length_ - 1; i >= 0; i--) {
      rest = (rest << 32) | limbs_[i];
      limbs_[i] = static_cast<uint32_t>(rest / divisor);
      rest %= divisor;
    }
    trim();
    return static_cast<uint32_t>(rest);
  }

  void shift_left(int64_t count) {
    if (length_ == 0) return;
    int64_t limbs = count / 32;
    int32_t bits = static_cast<int32_t>(count % 32);
    if (limbs > 0) {
      Array<uint32_t> shifted(length_ + limbs + 1);
      array_copy(shifted, limbs, limbs_, 0, length_);
      limbs_ = shifted;
      length_ += limbs;
    }
    if (bits > 0) multiply_add(uint32_t{1} << bits, 0);
  }

  // Negative, zero or positive, as this is less than, equal to or greater than `other`.
  int32_t compare(Natural* other) const {
    if (length_ != other->length_) return length_ < other->length_ ? -1 : 1;
    for (int64_t i = length_ - 1; i >= 0; i--) {
      uint32_t mine = limbs_[i];
      uint32_t its = other->limbs_[i];
      if (mine != its) return mine < its ? -1 : 1;
    }
    return 0;
  }

  // this = this - other, which is not greater.
  void subtract(Natural* other) {
    uint64_t borrow = 0;
    for (int64_t i = 0; i < length_; i++) {
      uint64_t its = i < other->length_ ? other->limbs_[i] : 0;
      uint64_t difference = limbs_[i] - its - borrow;
      limbs_[i] = static_cast<uint32_t>(difference);
      borrow = difference >> 63;
    }
    trim();
  }

  // The decimal digits as values from 0 to 9, the first one not 0; none for 0.
  Array<uint8_t> take_digits() {
    int64_t room = length_ * 10 + 9;
    Array<uint8_t> digits(room);
    int64_t start = room;
    while (length_ > 0) {
      uint32_t block = divide(1000000000);
      for (int32_t i = 0; i < 9; i++) {
        start--;
        digits[start] = static_cast<uint8_t>(block % 10);
        block /= 10;
      }
    }
    while (start < room && digits[start] == 0) start++;
    Array<uint8_t> result(room - start);
    array_copy(result, 0, digits, start, room - start);
    return result;
  }

 private:
  void push(uint32_t limb) {
    if (length_ == limbs_.length()) limbs_ = resized(limbs_, 2 * length_);
    limbs_[length_] = limb;
    length_++;
  }

  void trim() {
    while (length_ > 0 && limbs_[length_ - 1] == 0) length_--;
  }

  // The lowest limb first; the last one is not 0.
  Array<uint32_t> limbs_;
  int64_t length_;
};

}  // namespace weft

#endif  // WEFT_DSL_NATURAL_H_
