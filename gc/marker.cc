#include "gc/marker.h"

namespace weft::gc {

namespace {

// Arrays of more items are visited in parts of so many.
constexpr int64_t kItemsAtATime = 8192;

}  // namespace

void Marker::Begin() {
  queue_.Clear();
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

void Marker::Drain() {
  do {
    queue_.Drain(heap_.live_bytes(), [this](weft_object* object) { Visit(object); });
    while (queue_.empty() && !long_.empty()) {
      LongArray array = long_.Pop();
      VisitPart(array);
      if (array.next_item < LengthOf(array.object)) long_.Push(array);
    }
  } while (!queue_.empty());
}

bool Marker::Step(size_t bytes) {
  size_t visited = 0;
  // However small the heap is, the program has had the cache meanwhile.
  auto visit = [&](weft_object* object) {
    const weft_type& type = weft_types[object->type_id];
    if (type.item_pointer_count != 0 && LengthOf(object) > kItemsAtATime) [[unlikely]] {
      ForEachFixedReference(object, [this](weft_object** slot) { Mark(slot); });
      long_.Push({object, 0});
      return true;
    }
    Visit(object);
    // An object without references costs a miss of the cache all the same.
    visited += 16 + (type.item_pointer_count != 0 ? SizeOf(object) : type.pointer_count * 8);
    return visited < bytes;
  };
  while (visited < bytes && !done()) {
    queue_.DrainWhile(/*may_be_far=*/true, visit);
    if (visited >= bytes || long_.empty()) continue;
    LongArray array = long_.Pop();
    VisitPart(array);
    if (array.next_item < LengthOf(array.object)) long_.Push(array);
    visited += static_cast<size_t>(kItemsAtATime) * weft_types[array.object->type_id].item_size;
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
