// A cache with a doubly linked list of objects and a dict.

#include "tests/battery/show.h"

using namespace weft;

class Cache : public Object {
 public:
  explicit Cache(int capacity) : capacity_(capacity) {
    head_ = new Entry("", 0);
    head_->previous = head_->next = head_;
  }
  int get(Str key) {
    Entry* entry = entries_.get(key, nullptr);
    if (entry == nullptr) return -1;
    unlink(entry);
    link(entry);
    return entry->value;
  }
  void put(Str key, int value) {
    Entry* entry = entries_.get(key, nullptr);
    if (entry != nullptr) {
      entry->value = value;
      unlink(entry);
    } else {
      if (entries_.length() == capacity_) {
        Entry* oldest = head_->previous;
        unlink(oldest);
        entries_.remove(oldest->key);
      }
      entry = new Entry(key, value);
      entries_[key] = entry;
    }
    link(entry);
  }
  Str keys() {
    Str result = "";
    for (Entry* e = head_->next; e != head_; e = e->next) result = result + e->key + " ";
    return result;
  }

 private:
  class Entry : public Object {
   public:
    Str key;
    int value;
    Entry* previous = nullptr;
    Entry* next = nullptr;
    Entry(Str key, int value) : key(key), value(value) {}
  };
  void unlink(Entry* e) {
    e->previous->next = e->next;
    e->next->previous = e->previous;
  }
  void link(Entry* e) {
    e->next = head_->next;
    e->previous = head_;
    head_->next->previous = e;
    head_->next = e;
  }
  int capacity_;
  Entry* head_;
  Dict<Str, Entry*> entries_;
};

int run(Array<Str>) {
  Cache* cache = new Cache(3);
  cache->put("a", 1);
  cache->put("b", 2);
  cache->put("c", 3);
  show("a", cache->get("a"));
  cache->put("d", 4);
  show("b", cache->get("b"));
  println(cache->keys() + "|");
  cache->put("c", 30);
  println(cache->keys() + "|");
  for (int i = 0; i < 1000; i++) cache->put(format_int(i % 7), i);
  println(cache->keys() + "|");
  show("value", cache->get("5"));
  return 0;
}

WEFT_MAIN(run)

//| a 1
//| b -1
//| d a c |
//| c d a |
//| 5 4 3 |
//| value 999
