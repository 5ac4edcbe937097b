#ifndef WEFT_DSL_DICT_H_
#define WEFT_DSL_DICT_H_

// Dict<K, V>: a hash table that keeps the order in which keys were first set. A handle: passed by
// value, shared by its copies. `Dict<K, V>()` is a new empty dict, `Dict<K, V>(nullptr)` is null.
//
// Entries stand in one array in order; a table of numbers, twice as long or more, finds them by
// hash with linear probing. Removal leaves a hole in the entries (hash 0) and a mark in the table;
// both go when the dict grows or is compacted.

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "dsl/array.h"
#include "dsl/exception.h"
#include "dsl/hash.h"
#include "dsl/intrinsics.h"
#include "dsl/macros.h"
#include "dsl/object.h"

namespace weft {

template <class K, class V>
struct DictEntry {
  // Never 0 for an entry that is there.
  uint64_t hash;
  K key;
  V value;
};

// What range-for over a dict gives: `for (auto [key, value] : dict)`.
template <class K, class V>
struct DictItem {
  K key;
  V value;
};

template <class K, class V>
class DictData : public Object {
 public:
  static constexpr int32_t kEmpty = -1;
  static constexpr int32_t kRemoved = -2;

  DictData() : entries_(nullptr), table_(nullptr), used_(0), live_(0) {}

  int64_t live() const { return live_; }
  int64_t used() const { return used_; }
  DictEntry<K, V>& entry(int64_t index) const { return entries_[index]; }

  static uint64_t hash_of(K key) {
    uint64_t hash = Hasher<K>::hash(key);
    return hash == 0 ? 1 : hash;
  }

  // The number of the key's entry, or -1.
  int64_t find(K key, uint64_t hash) const {
    if (live_ == 0) return -1;
    int64_t mask = table_.length() - 1;
    int64_t slot = static_cast<int64_t>(hash) & mask;
    while (true) {
      int32_t index = table_[slot];
      if (index == kEmpty) return -1;
      if (index >= 0) {
        DictEntry<K, V>& entry = entries_[index];
        if (entry.hash == hash && Hasher<K>::equal(entry.key, key)) return index;
      }
      slot = (slot + 1) & mask;
    }
  }

  // Adds a key that is not there and gives its entry's number.
  int64_t add(K key, uint64_t hash, V value) {
    if (entries_.is_null() || used_ == entries_.length()) make_room();
    int64_t index = used_;
    entries_[index] = DictEntry<K, V>{hash, key, value};
    used_++;
    live_++;
    int64_t mask = table_.length() - 1;
    int64_t slot = static_cast<int64_t>(hash) & mask;
    while (table_[slot] >= 0) slot = (slot + 1) & mask;
    table_[slot] = static_cast<int32_t>(index);
    return index;
  }

  void remove(int64_t index) {
    int64_t mask = table_.length() - 1;
    int64_t slot = static_cast<int64_t>(entries_[index].hash) & mask;
    while (table_[slot] != index) slot = (slot + 1) & mask;
    table_[slot] = kRemoved;
    entries_[index] = DictEntry<K, V>{0, zero_value<K>(), zero_value<V>()};
    live_--;
    if (live_ == 0) clear();
  }

  void clear() {
    entries_ = nullptr;
    table_ = nullptr;
    used_ = 0;
    live_ = 0;
  }

  DictData* copy() const {
    DictData* result = new DictData();
    if (live_ > 0) {
      result->allocate(live_ < 4 ? 8 : live_ * 2);
      result->take_entries(entries_, used_);
    }
    return result;
  }

 private:
  // Tables of a length that is a power of two and at most half full.
  void allocate(int64_t capacity) {
    int64_t length = 8;
    while (length < capacity) length *= 2;
    Array<DictEntry<K, V>> entries(length / 2);
    Array<int32_t> table(length);
    fill(table, kEmpty);
    entries_ = entries;
    table_ = table;
    used_ = 0;
    live_ = 0;
  }

  void take_entries(Array<DictEntry<K, V>> from, int64_t count) {
    int64_t mask = table_.length() - 1;
    for (int64_t i = 0; i < count; i++) {
      DictEntry<K, V>& entry = from[i];
      if (entry.hash == 0) continue;
      int64_t slot = static_cast<int64_t>(entry.hash) & mask;
      while (table_[slot] >= 0) slot = (slot + 1) & mask;
      table_[slot] = static_cast<int32_t>(used_);
      entries_[used_] = entry;
      used_++;
      live_++;
    }
  }

  void make_room() {
    Array<DictEntry<K, V>> old = entries_;
    int64_t old_used = used_;
    allocate(live_ < 2 ? 8 : live_ * 4);
    if (!old.is_null()) take_entries(old, old_used);
  }

  Array<DictEntry<K, V>> entries_;
  Array<int32_t> table_;
  // Entries in use at the front of entries_, holes included, and without holes.
  int64_t used_;
  int64_t live_;
};

template <class K, class V>
class DictIterator;

struct DictEnd {};

template <class K, class V>
class WEFT_HANDLE Dict {
 public:
  Dict() : data_(new DictData<K, V>()) {}
  template <class N>
    requires std::is_same_v<N, std::nullptr_t>
  // NOLINTNEXTLINE(google-explicit-constructor): `nullptr` is a null dict.
  Dict(N) : data_(nullptr) {}

  bool is_null() const { return data_ == nullptr; }
  bool is_same(Dict other) const { return data_ == other.data_; }
  int64_t length() const { return data_->live(); }
  bool is_empty() const { return data_->live() == 0; }

  bool contains(K key) const { return data_->find(key, DictData<K, V>::hash_of(key)) >= 0; }

  // The key's value, or `otherwise`.
  V get(K key, V otherwise = V()) const {
    int64_t index = data_->find(key, DictData<K, V>::hash_of(key));
    return index < 0 ? otherwise : data_->entry(index).value;
  }

  // Whether the key is there; if so, its value goes to `value`.
  bool lookup(K key, V& value) const {
    int64_t index = data_->find(key, DictData<K, V>::hash_of(key));
    if (index < 0) return false;
    value = data_->entry(index).value;
    return true;
  }

  // The place of the key's value, until the dict grows. A missing key throws LookupError.
  V& at(K key) const {
    int64_t index = data_->find(key, DictData<K, V>::hash_of(key));
    if (index < 0) throw new LookupError("no such key");
    return data_->entry(index).value;
  }

  // The place of the key's value, until the dict grows. A missing key is added with V().
  V& operator[](K key) const {
    uint64_t hash = DictData<K, V>::hash_of(key);
    int64_t index = data_->find(key, hash);
    if (index < 0) index = data_->add(key, hash, V());
    return data_->entry(index).value;
  }

  // Sets the key's value; whether the key is new.
  bool set(K key, V value) const {
    uint64_t hash = DictData<K, V>::hash_of(key);
    int64_t index = data_->find(key, hash);
    if (index >= 0) {
      data_->entry(index).value = value;
      return false;
    }
    data_->add(key, hash, value);
    return true;
  }

  // Whether the key was there. A key set again later stands at the end.
  bool remove(K key) const {
    int64_t index = data_->find(key, DictData<K, V>::hash_of(key));
    if (index < 0) return false;
    data_->remove(index);
    return true;
  }

  void clear() const { data_->clear(); }

  // Sets every key of `other`.
  void update(Dict other) const {
    for (int64_t i = 0; i < other.data_->used(); i++) {
      DictEntry<K, V>& entry = other.data_->entry(i);
      if (entry.hash != 0) set(entry.key, entry.value);
    }
  }

  Dict copy() const { return Dict(data_->copy()); }

  // Range-for. Keys added meanwhile may or may not be visited; removing the current one is fine.
  DictIterator<K, V> begin() const { return DictIterator<K, V>(data_); }
  DictEnd end() const { return DictEnd(); }

 private:
  explicit Dict(DictData<K, V>* data) : data_(data) {}

  DictData<K, V>* data_;
};

template <class K, class V>
class DictIterator {
 public:
  explicit DictIterator(DictData<K, V>* data) : data_(data), index_(0) { skip_holes(); }
  DictItem<K, V> operator*() const {
    DictEntry<K, V>& entry = data_->entry(index_);
    return DictItem<K, V>{entry.key, entry.value};
  }
  void operator++() {
    index_++;
    skip_holes();
  }
  bool operator!=(DictEnd) const { return index_ < data_->used(); }

 private:
  void skip_holes() {
    while (index_ < data_->used() && data_->entry(index_).hash == 0) index_++;
  }

  DictData<K, V>* data_;
  int64_t index_;
};

template <class K, class V>
inline bool operator==(Dict<K, V> a, std::nullptr_t) {
  return a.is_null();
}
template <class K, class V>
inline bool operator!=(Dict<K, V> a, std::nullptr_t) {
  return !a.is_null();
}
// Dicts are equal when they are the same dict.
template <class K, class V>
inline bool operator==(Dict<K, V> a, Dict<K, V> b) {
  return a.is_same(b);
}
template <class K, class V>
inline bool operator!=(Dict<K, V> a, Dict<K, V> b) {
  return !a.is_same(b);
}

}  // namespace weft

#endif  // WEFT_DSL_DICT_H_
