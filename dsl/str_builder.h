#ifndef WEFT_DSL_STR_BUILDER_H_
#define WEFT_DSL_STR_BUILDER_H_

// StrBuilder: gathers bytes and makes one Str of them. A handle: shared by its copies.

#include <cstdint>

#include "dsl/array.h"
#include "dsl/intrinsics.h"
#include "dsl/macros.h"
#include "dsl/object.h"
#include "dsl/str.h"

namespace weft {

class StrBuilderData : public Object {
 public:
  Array<uint8_t> bytes;
  int64_t length;

  explicit StrBuilderData(int64_t capacity) : bytes(capacity), length(0) {}

  // Makes room for `count` more bytes.
  void reserve(int64_t count) {
    if (length + count > bytes.length()) {
      int64_t capacity = bytes.length() * 2;
      bytes = resized(bytes, capacity < length + count ? length + count : capacity);
    }
  }
};

class WEFT_HANDLE StrBuilder {
 public:
  StrBuilder() : data_(new StrBuilderData(32)) {}

  int64_t length() const { return data_->length; }

  void append(Str s) const {
    int64_t length = s.length();
    data_->reserve(length);
    str_to_bytes_copy(data_->bytes, data_->length, s, 0, length);
    data_->length += length;
  }

  void append_byte(uint8_t byte) const {
    data_->reserve(1);
    data_->bytes[data_->length] = byte;
    data_->length++;
  }

  // `length` bytes of `s` from `start` on.
  void append_part(Str s, int64_t start, int64_t length) const {
    data_->reserve(length);
    str_to_bytes_copy(data_->bytes, data_->length, s, start, length);
    data_->length += length;
  }

  void append_bytes(Array<uint8_t> bytes, int64_t start, int64_t length) const {
    data_->reserve(length);
    array_copy(data_->bytes, data_->length, bytes, start, length);
    data_->length += length;
  }

  // The bytes so far. The builder can go on.
  Str build() const { return str_from_bytes(data_->bytes, 0, data_->length); }

  void clear() const { data_->length = 0; }

 private:
  StrBuilderData* data_;
};

}  // namespace weft

#endif  // WEFT_DSL_STR_BUILDER_H_
