#ifndef WEFT_DSL_STR_H_
#define WEFT_DSL_STR_H_

// Str: an immutable sequence of bytes that remembers its hash. Passed by value; copying shares.
// `Str()` is the empty string; a null Str (`Str(nullptr)`, an element of a new Array<Str>) is not a
// string and may only be compared.

#include <cstddef>
#include <cstdint>

#include "dsl/array.h"
#include "dsl/intrinsics.h"
#include "dsl/macros.h"
#ifndef __WEFT__
#include <unordered_map>

#include "dsl/direct.h"
#endif

namespace weft {

#ifdef __WEFT__

class WEFT_CORE("str") Str {
 public:
  WEFT_INTRINSIC("str_empty") Str();
  // `nullptr` is a null string; a template, because 0 would do as one otherwise.
  template <class N>
    requires std::is_same_v<N, std::nullptr_t>
  WEFT_INTRINSIC("str_null")
  Str(N);
  template <size_t N>
  WEFT_INTRINSIC("str_literal")
  Str(const char (&literal)[N]);

  WEFT_INTRINSIC("is_null") bool is_null() const;
  WEFT_INTRINSIC("str_length") int64_t length() const;
  WEFT_INTRINSIC("str_item") uint8_t operator[](int64_t index) const;
  WEFT_INTRINSIC("str_hash") int64_t hash() const;

 private:
  // Never used: it makes sizeof what it is in the direct build.
  [[maybe_unused]] void* word_;
};

// A string of `length` zero bytes, which its maker fills with str_set_item and the copies before
// anyone else sees it.
WEFT_INTRINSIC("str_new")
Str str_new(int64_t length);
WEFT_INTRINSIC("str_set_item")
void str_set_item(Str str, int64_t index, uint8_t byte);
// Copy `length` bytes. Regions outside either side are a fatal error where checks are on.
WEFT_INTRINSIC("str_copy")
void str_copy(Str to, int64_t to_offset, Str from, int64_t from_offset, int64_t length);
WEFT_INTRINSIC("str_from_bytes_copy")
void str_from_bytes_copy(Str to, int64_t to_offset, Array<uint8_t> from, int64_t from_offset,
                         int64_t length);
WEFT_INTRINSIC("str_to_bytes_copy")
void str_to_bytes_copy(Array<uint8_t> to, int64_t to_offset, Str from, int64_t from_offset,
                       int64_t length);
WEFT_INTRINSIC("str_region_equal")
bool str_region_equal(Str a, int64_t a_offset, Str b, int64_t b_offset, int64_t length);
// Negative, zero or positive, by the first bytes that differ, as unsigned numbers.
WEFT_INTRINSIC("str_region_compare")
int32_t str_region_compare(Str a, int64_t a_offset, Str b, int64_t b_offset, int64_t length);
// Whether both are one object (or both null), whatever they hold.
WEFT_INTRINSIC("same_ref")
bool same_ref(Str a, Str b);

#else

namespace direct {

struct StrData {
  int64_t length;
  int64_t hash;
  uint8_t bytes[];
};

// Zeroed, which is a StrData of length 0.
alignas(StrData) inline uint8_t empty_str[sizeof(StrData) + 1] = {};

inline StrData* new_str(int64_t length) {
  if (length < 0 || length > (int64_t{1} << 40)) throw_memory_error();
  auto* data =
      static_cast<StrData*>(allocate_or_throw(sizeof(StrData) + static_cast<uint64_t>(length) + 1));
  data->length = length;
  return data;
}

inline StrData* str_of_bytes(const void* bytes, int64_t length) {
  StrData* data = new_str(length);
  if (length > 0) std::memcpy(data->bytes, bytes, static_cast<size_t>(length));
  return data;
}

// One StrData for each literal of the program, however often control passes over it.
inline StrData* str_of_literal(const char* literal, int64_t length) {
  static auto* known = new std::unordered_map<uint64_t, StrData*>;
  uint64_t key = reinterpret_cast<uint64_t>(literal) ^ (static_cast<uint64_t>(length) << 48);
  StrData*& data = (*known)[key];
  if (data == nullptr) {
    data = static_cast<StrData*>(std::calloc(1, sizeof(StrData) + static_cast<size_t>(length) + 1));
    data->length = length;
    std::memcpy(data->bytes, literal, static_cast<size_t>(length));
  }
  return data;
}

// The hash that every executor computes: FNV-1a over the bytes, finished by a multiplication that
// spreads its high bits into the low ones. Never 0.
inline int64_t hash_bytes(const uint8_t* bytes, int64_t length) {
  uint64_t hash = 14695981039346656037u;
  for (int64_t i = 0; i < length; i++) {
    hash ^= bytes[i];
    hash *= 1099511628211u;
  }
  hash ^= hash >> 32;
  hash *= 0xd6e8feb86659fd93u;
  hash ^= hash >> 32;
  return hash == 0 ? 1 : static_cast<int64_t>(hash);
}

inline void check_region(int64_t offset, int64_t length, int64_t total, const char* file,
                         int line) {
  if (offset < 0 || length < 0 || offset > total - length) [[unlikely]] {
    fatal(file, line, "a copied or compared region is out of range");
  }
}

}  // namespace direct

class Str {
 public:
  Str() : data_(reinterpret_cast<direct::StrData*>(direct::empty_str)) {}
  // NOLINTBEGIN(google-explicit-constructor): literals are strings.
  template <class N>
    requires std::is_same_v<N, std::nullptr_t>
  Str(N) : data_(nullptr) {}
  template <size_t N>
  Str(const char (&literal)[N]) : data_(direct::str_of_literal(literal, N - 1)) {}
  // NOLINTEND(google-explicit-constructor)

  bool is_null() const { return data_ == nullptr; }

  int64_t length(WEFT_DIRECT_HERE) const {
    direct::check_nonnull(data_, file, line);
    return data_->length;
  }

  uint8_t operator[](Index index) const {
    direct::check_nonnull(data_, index.file, index.line);
    direct::check_index(index.value, data_->length, index.file, index.line);
    return data_->bytes[index.value];
  }

  int64_t hash(WEFT_DIRECT_HERE) const {
    direct::check_nonnull(data_, file, line);
    if (data_->hash == 0) data_->hash = direct::hash_bytes(data_->bytes, data_->length);
    return data_->hash;
  }

  // The direct build only: for the core's own functions.
  explicit Str(direct::StrData* data) : data_(data) {}
  direct::StrData* data() const { return data_; }

 private:
  direct::StrData* data_;
};

inline Str str_new(int64_t length) { return Str(direct::new_str(length)); }

inline void str_set_item(Str str, Index index, uint8_t byte) {
  direct::check_nonnull(str.data(), index.file, index.line);
  direct::check_index(index.value, str.length(), index.file, index.line);
  str.data()->bytes[index.value] = byte;
}

inline void str_copy(Str to, int64_t to_offset, Str from, int64_t from_offset, int64_t length,
                     WEFT_DIRECT_HERE) {
  direct::check_region(to_offset, length, to.length(file, line), file, line);
  direct::check_region(from_offset, length, from.length(file, line), file, line);
  std::memmove(to.data()->bytes + to_offset, from.data()->bytes + from_offset,
               static_cast<size_t>(length));
}

inline void str_from_bytes_copy(Str to, int64_t to_offset, Array<uint8_t> from, int64_t from_offset,
                                int64_t length, WEFT_DIRECT_HERE) {
  direct::check_region(to_offset, length, to.length(file, line), file, line);
  direct::check_region(from_offset, length, from.length(file, line), file, line);
  std::memcpy(to.data()->bytes + to_offset, from.data()->items() + from_offset,
              static_cast<size_t>(length));
}

inline void str_to_bytes_copy(Array<uint8_t> to, int64_t to_offset, Str from, int64_t from_offset,
                              int64_t length, WEFT_DIRECT_HERE) {
  direct::check_region(to_offset, length, to.length(file, line), file, line);
  direct::check_region(from_offset, length, from.length(file, line), file, line);
  std::memcpy(to.data()->items() + to_offset, from.data()->bytes + from_offset,
              static_cast<size_t>(length));
}

inline int32_t str_region_compare(Str a, int64_t a_offset, Str b, int64_t b_offset, int64_t length,
                                  WEFT_DIRECT_HERE) {
  direct::check_region(a_offset, length, a.length(file, line), file, line);
  direct::check_region(b_offset, length, b.length(file, line), file, line);
  int difference = std::memcmp(a.data()->bytes + a_offset, b.data()->bytes + b_offset,
                               static_cast<size_t>(length));
  return (difference > 0) - (difference < 0);
}

inline bool str_region_equal(Str a, int64_t a_offset, Str b, int64_t b_offset, int64_t length,
                             WEFT_DIRECT_HERE) {
  return str_region_compare(a, a_offset, b, b_offset, length, file, line) == 0;
}

inline bool same_ref(Str a, Str b) { return a.data() == b.data(); }

[[noreturn]] inline void fatal(Str text, WEFT_DIRECT_HERE) {
  direct::fatal(file, line, reinterpret_cast<const char*>(text.data()->bytes));
}

#endif

// From here on: library, one face.

inline bool operator==(Str a, std::nullptr_t) { return a.is_null(); }
inline bool operator!=(Str a, std::nullptr_t) { return !a.is_null(); }

// Equal bytes. A null string equals a null string only.
inline bool operator==(Str a, Str b) {
  if (same_ref(a, b)) return true;
  if (a.is_null() || b.is_null()) return false;
  int64_t length = a.length();
  return length == b.length() && str_region_equal(a, 0, b, 0, length);
}
inline bool operator!=(Str a, Str b) { return !(a == b); }

// Negative, zero or positive: the order of the bytes as unsigned numbers, a prefix before what it
// begins.
inline int32_t compare(Str a, Str b) {
  int64_t a_length = a.length();
  int64_t b_length = b.length();
  int32_t order = str_region_compare(a, 0, b, 0, a_length < b_length ? a_length : b_length);
  if (order != 0 || a_length == b_length) return order;
  return a_length < b_length ? -1 : 1;
}
inline bool operator<(Str a, Str b) { return compare(a, b) < 0; }
inline bool operator>(Str a, Str b) { return compare(a, b) > 0; }
inline bool operator<=(Str a, Str b) { return compare(a, b) <= 0; }
inline bool operator>=(Str a, Str b) { return compare(a, b) >= 0; }

inline Str operator+(Str a, Str b) {
  int64_t a_length = a.length();
  int64_t b_length = b.length();
  if (a_length == 0) return b;
  if (b_length == 0) return a;
  Str result = str_new(a_length + b_length);
  str_copy(result, 0, a, 0, a_length);
  str_copy(result, a_length, b, 0, b_length);
  return result;
}

// The bytes from `start` on, `length` of them.
inline Str substr(Str s, int64_t start, int64_t length) {
  if (start == 0 && length == s.length()) return s;
  Str result = str_new(length);
  str_copy(result, 0, s, start, length);
  return result;
}
inline Str substr(Str s, int64_t start) { return substr(s, start, s.length() - start); }

inline Str str_from_byte(uint8_t byte) {
  Str result = str_new(1);
  str_set_item(result, 0, byte);
  return result;
}

inline Str str_from_bytes(Array<uint8_t> bytes, int64_t start, int64_t length) {
  Str result = str_new(length);
  str_from_bytes_copy(result, 0, bytes, start, length);
  return result;
}
inline Str str_from_bytes(Array<uint8_t> bytes) { return str_from_bytes(bytes, 0, bytes.length()); }

inline Array<uint8_t> str_to_bytes(Str s) {
  Array<uint8_t> result(s.length());
  str_to_bytes_copy(result, 0, s, 0, s.length());
  return result;
}

inline bool starts_with(Str s, Str prefix) {
  return s.length() >= prefix.length() && str_region_equal(s, 0, prefix, 0, prefix.length());
}

inline bool ends_with(Str s, Str suffix) {
  int64_t start = s.length() - suffix.length();
  return start >= 0 && str_region_equal(s, start, suffix, 0, suffix.length());
}

// The first place at or after `start` where `byte` or `part` stands, or -1.
inline int64_t find_byte(Str s, uint8_t byte, int64_t start = 0) {
  for (int64_t i = start; i < s.length(); i++) {
    if (s[i] == byte) return i;
  }
  return -1;
}

inline int64_t find(Str s, Str part, int64_t start = 0) {
  int64_t last = s.length() - part.length();
  for (int64_t i = start; i <= last; i++) {
    if (str_region_equal(s, i, part, 0, part.length())) return i;
  }
  return -1;
}

// `s` written `count` times; nothing for a count below one.
inline Str repeat(Str s, int64_t count) {
  if (count <= 0) return "";
  int64_t length = s.length();
  Str result = str_new(length * count);
  for (int64_t i = 0; i < count; i++) str_copy(result, i * length, s, 0, length);
  return result;
}

// Range-for over the bytes of a string: `for (uint8_t byte : s)`.
struct StrEnd {};

class StrIterator {
 public:
  explicit StrIterator(Str str) : str_(str), index_(0) {}
  uint8_t operator*() const { return str_[index_]; }
  void operator++() { index_++; }
  bool operator!=(StrEnd) const { return index_ < str_.length(); }

 private:
  Str str_;
  int64_t index_;
};

inline StrIterator begin(Str s) { return StrIterator(s); }
inline StrEnd end(Str) { return StrEnd(); }

}  // namespace weft

#endif  // WEFT_DSL_STR_H_
