#ifndef WEFT_DSL_ARRAY_H_
#define WEFT_DSL_ARRAY_H_

// Array<T>: a fixed number of elements, shared by all its copies. `Array<T>(n)` holds n zeroed
// elements (0, false, null; no constructor runs); `Array<T>()` is null. `a[i]` is a place: it can
// be read, assigned to and referred to.

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "dsl/intrinsics.h"
#include "dsl/macros.h"
#ifndef __WEFT__
#include "dsl/direct.h"
#endif

namespace weft {

struct ArrayEnd {};

#ifdef __WEFT__

template <class T>
class ArrayIterator;

template <class T>
class WEFT_CORE("array") Array {
 public:
  WEFT_INTRINSIC("array_null") Array();
  // `nullptr` is a null array; a template, because 0 would do as one otherwise.
  template <class N>
    requires std::is_same_v<N, std::nullptr_t>
  WEFT_INTRINSIC("array_null")
  Array(N);
  // A length that is negative or for which there is no memory throws MemoryError.
  WEFT_INTRINSIC("array_new") explicit Array(int64_t length);

  WEFT_INTRINSIC("is_null") bool is_null() const;
  WEFT_INTRINSIC("array_length") int64_t length() const;
  WEFT_INTRINSIC("array_item") T& operator[](int64_t index) const;

 private:
  // Never used: it makes sizeof what it is in the direct build.
  [[maybe_unused]] void* word_;
};

// Copies `length` elements; the two regions may overlap. Regions outside either side are a fatal
// error where checks are on.
template <class T>
WEFT_INTRINSIC("array_copy")
void array_copy(Array<T> to, int64_t to_offset, Array<T> from, int64_t from_offset, int64_t length);

// Whether both are one object (or both null).
template <class T>
WEFT_INTRINSIC("same_ref")
bool same_ref(Array<T> a, Array<T> b);

#else

namespace direct {

// The elements follow the header. 16 bytes keep them aligned for every T.
template <class T>
struct alignas(16) ArrayData {
  int64_t length;

  T* items() { return reinterpret_cast<T*>(reinterpret_cast<char*>(this) + 16); }
};

}  // namespace direct

template <class T>
class Array {
 public:
  Array() : data_(nullptr) {}
  template <class N>
    requires std::is_same_v<N, std::nullptr_t>
  // NOLINTNEXTLINE(google-explicit-constructor): `nullptr` is a null array.
  Array(N) : data_(nullptr) {}

  explicit Array(int64_t length) {
    static_assert(std::is_trivially_copyable_v<T>, "the elements of an Array are plain values");
    if (length < 0 || length > (int64_t{1} << 40)) direct::throw_memory_error();
    data_ = static_cast<direct::ArrayData<T>*>(
        direct::allocate_or_throw(16 + static_cast<uint64_t>(length) * sizeof(T)));
    data_->length = length;
  }

  bool is_null() const { return data_ == nullptr; }

  int64_t length(WEFT_DIRECT_HERE) const {
    direct::check_nonnull(data_, file, line);
    return data_->length;
  }

  T& operator[](Index index) const {
    direct::check_nonnull(data_, index.file, index.line);
    direct::check_index(index.value, data_->length, index.file, index.line);
    return data_->items()[index.value];
  }

  // The direct build only: for the core's own functions.
  direct::ArrayData<T>* data() const { return data_; }

 private:
  direct::ArrayData<T>* data_;
};

template <class T>
inline void array_copy(Array<T> to, int64_t to_offset, Array<T> from, int64_t from_offset,
                       int64_t length, WEFT_DIRECT_HERE) {
  int64_t to_length = to.length(file, line);
  int64_t from_length = from.length(file, line);
  if (length < 0 || to_offset < 0 || from_offset < 0 || to_offset > to_length - length ||
      from_offset > from_length - length) [[unlikely]] {
    direct::fatal(file, line, "a copied or compared region is out of range");
  }
  std::memmove(static_cast<void*>(to.data()->items() + to_offset),
               from.data()->items() + from_offset, static_cast<size_t>(length) * sizeof(T));
}

template <class T>
inline bool same_ref(Array<T> a, Array<T> b) {
  return a.data() == b.data();
}

#endif

// From here on: library, one face.

template <class T>
inline bool operator==(Array<T> a, std::nullptr_t) {
  return a.is_null();
}
template <class T>
inline bool operator!=(Array<T> a, std::nullptr_t) {
  return !a.is_null();
}
// Arrays are equal when they are the same array.
template <class T>
inline bool operator==(Array<T> a, Array<T> b) {
  return same_ref(a, b);
}
template <class T>
inline bool operator!=(Array<T> a, Array<T> b) {
  return !same_ref(a, b);
}

// Range-for: `for (T& item : array)` or `for (T item : array)`.
template <class T>
class ArrayIterator {
 public:
  explicit ArrayIterator(Array<T> array) : array_(array), index_(0) {}
  T& operator*() const { return array_[index_]; }
  void operator++() { index_++; }
  bool operator!=(ArrayEnd) const { return index_ < array_.length(); }

 private:
  Array<T> array_;
  int64_t index_;
};

template <class T>
inline ArrayIterator<T> begin(Array<T> array) {
  return ArrayIterator<T>(array);
}
template <class T>
inline ArrayEnd end(Array<T>) {
  return ArrayEnd();
}

template <class T>
inline void fill(Array<T> array, T value) {
  for (int64_t i = 0; i < array.length(); i++) array[i] = value;
}

// A new array with the first `length` elements of `array`, zeroed behind them when it is longer.
template <class T>
inline Array<T> resized(Array<T> array, int64_t length) {
  Array<T> result(length);
  array_copy(result, 0, array, 0, array.length() < length ? array.length() : length);
  return result;
}

}  // namespace weft

#endif  // WEFT_DSL_ARRAY_H_
