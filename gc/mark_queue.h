#ifndef WEFT_GC_MARK_QUEUE_H_
#define WEFT_GC_MARK_QUEUE_H_

// The objects that are marked and not visited yet: a stack, so the depth of a structure costs no C
// stack, and a few places between it and the visits in which objects wait while their memory comes
// into the cache. Marking mostly waits for memory: with these places it takes a third of the time
// in a heap of 10 MB, more than the processor's second-level cache, and half of it in one of 500.
// (The idea is that of Cher, Hosking and Vitek, "Software prefetching for mark-sweep garbage
// collection", 2004.)

#include "gc/support.h"

namespace weft::gc {

class MarkQueue {
 public:
  void Push(weft_object* object) { stack_.Push(object); }
  bool empty() const { return stack_.empty(); }
  void Clear() { stack_.Resize(0); }
  void ReleaseMemory() { stack_.ReleaseIfLarge(); }

  // Calls visit(weft_object*) -> bool for one object after the other, about in the opposite order
  // of their coming, until it says false or there are none. It may push more.
  template <typename Visit>
  void DrainWhile(bool may_be_far, Visit visit);
  // The same to the end, in a heap of so many bytes; visit gives nothing.
  template <typename Visit>
  void Drain(size_t live_bytes, Visit visit) {
    DrainWhile(live_bytes >= kFar, [&](weft_object* object) {
      visit(object);
      return true;
    });
  }

 private:
  // A heap of this size does not stay in the cache.
  static constexpr size_t kFar = size_t{2} << 20;
  static constexpr uint32_t kAhead = 32;

  Vector<weft_object*> stack_;
};

template <typename Visit>
inline void MarkQueue::DrainWhile(bool may_be_far, Visit visit) {
  if (!may_be_far) {
    while (!stack_.empty() && visit(stack_.Pop())) {
    }
    return;
  }
  weft_object* waiting[kAhead];
  uint32_t first = 0;
  uint32_t behind = 0;
  while (true) {
    if (!stack_.empty()) {
      weft_object* object = stack_.Pop();
      __builtin_prefetch(object);
      waiting[behind++ % kAhead] = object;
      if (behind - first < kAhead) continue;
    }
    if (first == behind) return;
    if (!visit(waiting[first++ % kAhead])) break;
  }
  while (first != behind) stack_.Push(waiting[--behind % kAhead]);
}

}  // namespace weft::gc

#endif  // WEFT_GC_MARK_QUEUE_H_
