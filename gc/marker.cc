#include "gc/marker.h"

namespace weft::gc {

namespace {

// From this size on marking waits for memory more than for anything else.
constexpr size_t kLargeHeap = size_t{32} << 20;
constexpr uint32_t kAhead = 32;
// Arrays of more items are visited in parts of so many.
constexpr int64_t kItemsAtATime = 8192;

}  // namespace

void Marker::Begin() {
  stack_.Resize(0);
  long_.Resize(0);
  weak_.Resize(0);
  next_weak_ = 0;
}

void Marker::Visit(weft_object* object) {
  ForEachReference(object, [this](weft_object** slot) { Mark(slot); });
  if (weft_types[object->type_id].flags & WEFT_TYPE_WEAK) [[unlikely]]
    weak_.Push(object);
}

void Marker::VisitPart(LongArray& array) {
  int64_t length = LengthOf(array.object);
  int64_t end = array.next_item + kItemsAtATime;
  if (end > length) end = length;
  ForEachReferenceInItems(array.object, array.next_item, end,
                          [this](weft_object** slot) { Mark(slot); });
  array.next_item = end;
}

template <typename Visitor>
inline void Marker::DrainWith(Visitor visit) {
  if (heap_.live_bytes() < kLargeHeap) {
    while (!stack_.empty()) visit(stack_.Pop());
    return;
  }
  // An object waits in a queue between the stack and its visit, while its memory comes into the
  // cache: half the time of marking where the heap is larger than the cache and its order is
  // random, a seventh more where it is not.
  weft_object* queue[kAhead];
  uint32_t first = 0;
  uint32_t behind = 0;
  while (true) {
    if (!stack_.empty()) {
      weft_object* object = stack_.Pop();
      __builtin_prefetch(object);
      queue[behind++ % kAhead] = object;
      if (behind - first < kAhead) continue;
    }
    if (first == behind) return;
    visit(queue[first++ % kAhead]);
  }
}

void Marker::Drain() {
  do {
    DrainWith([this](weft_object* object) { Visit(object); });
    while (stack_.empty() && !long_.empty()) {
      LongArray array = long_.Pop();
      VisitPart(array);
      if (array.next_item < LengthOf(array.object)) long_.Push(array);
    }
  } while (!stack_.empty());
}

bool Marker::Step(size_t bytes) {
  size_t visited = 0;
  while (visited < bytes) {
    if (!stack_.empty()) {
      weft_object* object = stack_.Pop();
      // The memory of the ones behind it comes into the cache meanwhile.
      if (stack_.size() >= 4) __builtin_prefetch(stack_[stack_.size() - 4]);
      const weft_type& type = weft_types[object->type_id];
      if (type.item_pointer_count != 0 && LengthOf(object) > kItemsAtATime) [[unlikely]] {
        ForEachFixedReference(object, [this](weft_object** slot) { Mark(slot); });
        long_.Push({object, 0});
        continue;
      }
      Visit(object);
      // An object without references costs a miss of the cache all the same.
      visited += 16 + (type.item_pointer_count != 0 ? SizeOf(object) : type.pointer_count * 8);
    } else if (!long_.empty()) {
      LongArray array = long_.Pop();
      VisitPart(array);
      if (array.next_item < LengthOf(array.object)) long_.Push(array);
      visited += static_cast<size_t>(kItemsAtATime) * weft_types[array.object->type_id].item_size;
    } else {
      return true;
    }
  }
  return done();
}

void Marker::ClearWeakReferences() {
  for (; next_weak_ < weak_.size(); ++next_weak_) {
    weft_object** target = WeakSlot(weak_[next_weak_]);
    if (!HoldsReference(target) || Alive(*target) != nullptr) continue;
    *target = nullptr;
    ++weak_cleared_;
  }
}

}  // namespace weft::gc
