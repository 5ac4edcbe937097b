#ifndef WEFT_DSL_LIST_H_
#define WEFT_DSL_LIST_H_

// List<T>: a sequence that grows. A handle: passed by value, shared by its copies. `List<T>()` is a
// new empty list, `List<T>(nullptr)` is null. `xs[i]` is a place until the list grows next; then it
// names what used to be there.

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "dsl/array.h"
#include "dsl/intrinsics.h"
#include "dsl/macros.h"
#include "dsl/object.h"

namespace weft {

template <class T>
class ListData : public Object {
 public:
  Array<T> items;
  int64_t length;

  explicit ListData(int64_t capacity) : items(capacity), length(0) {}
};

template <class T>
class ListIterator;

struct ListEnd {};

template <class T>
class WEFT_HANDLE List {
 public:
  List() : data_(new ListData<T>(4)) {}
  template <class N>
    requires std::is_same_v<N, std::nullptr_t>
  // NOLINTNEXTLINE(google-explicit-constructor): `nullptr` is a null list.
  List(N) : data_(nullptr) {}

  static List with_capacity(int64_t capacity) {
    return List(new ListData<T>(capacity < 1 ? 1 : capacity));
  }

  bool is_null() const { return data_ == nullptr; }
  bool is_same(List other) const { return data_ == other.data_; }
  int64_t length() const { return data_->length; }
  bool is_empty() const { return data_->length == 0; }

  T& operator[](Index index) const {
    check_index(index, data_->length);
    return data_->items[index];
  }

  T& last() const {
    check_index(data_->length - 1, data_->length);
    return data_->items[data_->length - 1];
  }

  void append(T item) const {
    ListData<T>* data = data_;
    if (unlikely(data->length == data->items.length())) grow(data->length + 1);
    data->items[data->length] = item;
    data->length++;
  }

  // Takes the last item away and gives it back. The list must not be empty.
  T pop() const {
    ListData<T>* data = data_;
    check_index(data->length - 1, data->length);
    data->length--;
    T item = data->items[data->length];
    data->items[data->length] = zero_value<T>();
    return item;
  }

  // Puts `item` before the one at `index`; `index` may be the length.
  void insert(Index index, T item) const {
    ListData<T>* data = data_;
    check_index(index, data->length + 1);
    if (data->length == data->items.length()) grow(data->length + 1);
    array_copy(data->items, index + 1, data->items, index, data->length - index);
    data->items[index] = item;
    data->length++;
  }

  T remove_at(Index index) const {
    ListData<T>* data = data_;
    check_index(index, data->length);
    T item = data->items[index];
    array_copy(data->items, index, data->items, index + 1, data->length - index - 1);
    data->length--;
    data->items[data->length] = zero_value<T>();
    return item;
  }

  // Makes the list `length` long. New items are T().
  void resize(int64_t length) const {
    ListData<T>* data = data_;
    if (length > data->items.length()) grow(length);
    for (int64_t i = data->length; i < length; i++) data->items[i] = T();
    for (int64_t i = length; i < data->length; i++) data->items[i] = zero_value<T>();
    data->length = length;
  }

  void clear() const { resize(0); }

  void extend(List other) const {
    int64_t count = other.length();
    int64_t length = data_->length;
    if (length + count > data_->items.length()) grow(length + count);
    array_copy(data_->items, length, other.data_->items, 0, count);
    data_->length = length + count;
  }

  // A new list of the items from `start` to before `end`.
  List slice(int64_t start, int64_t end) const {
    List result = with_capacity(end - start);
    array_copy(result.data_->items, 0, data_->items, start, end - start);
    result.data_->length = end - start;
    return result;
  }

  List copy() const { return slice(0, data_->length); }

  void reverse() const {
    ListData<T>* data = data_;
    int64_t low = 0;
    int64_t high = data->length - 1;
    while (low < high) {
      T item = data->items[low];
      data->items[low] = data->items[high];
      data->items[high] = item;
      low++;
      high--;
    }
  }

  // The place of the first item equal to `item`, or -1.
  int64_t index_of(T item) const {
    ListData<T>* data = data_;
    for (int64_t i = 0; i < data->length; i++) {
      if (data->items[i] == item) return i;
    }
    return -1;
  }

  bool contains(T item) const { return index_of(item) >= 0; }

  // The items as an array of exactly their number.
  Array<T> to_array() const { return resized(data_->items, data_->length); }

  // The array that holds the items now, longer than the list as a rule. For inner loops.
  Array<T> items() const { return data_->items; }

  ListIterator<T> begin() const { return ListIterator<T>(*this); }
  ListEnd end() const { return ListEnd(); }

 private:
  explicit List(ListData<T>* data) : data_(data) {}

  void grow(int64_t needed) const {
    int64_t capacity = data_->items.length() + (data_->items.length() >> 1) + 4;
    data_->items = resized(data_->items, capacity < needed ? needed : capacity);
  }

  ListData<T>* data_;
};

// Range-for looks at the length before every round: items appended meanwhile are visited.
template <class T>
class ListIterator {
 public:
  explicit ListIterator(List<T> list) : list_(list), index_(0) {}
  T& operator*() const { return list_[index_]; }
  void operator++() { index_++; }
  bool operator!=(ListEnd) const { return index_ < list_.length(); }

 private:
  List<T> list_;
  int64_t index_;
};

template <class T>
inline bool operator==(List<T> a, std::nullptr_t) {
  return a.is_null();
}
template <class T>
inline bool operator!=(List<T> a, std::nullptr_t) {
  return !a.is_null();
}
// Lists are equal when they are the same list.
template <class T>
inline bool operator==(List<T> a, List<T> b) {
  return a.is_same(b);
}
template <class T>
inline bool operator!=(List<T> a, List<T> b) {
  return !a.is_same(b);
}

}  // namespace weft

#endif  // WEFT_DSL_LIST_H_
