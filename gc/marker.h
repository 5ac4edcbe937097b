#ifndef WEFT_GC_MARKER_H_
#define WEFT_GC_MARKER_H_

// Marks what is reachable in a heap of blocks, at once or in steps.

#include "gc/block_heap.h"
#include "gc/mark_queue.h"

namespace weft::gc {

class Marker {
 public:
  explicit Marker(BlockHeap& heap) : heap_(heap) {}

  // Marks the object of a slot that holds a reference.
  void Mark(weft_object** slot) {
    weft_object* object = *slot;
    // A frozen object does not lie in the heap's range.
    if (!heap_.Contains(object) || !heap_.Mark(object)) return;
    queue_.Push(object);
  }
  // The same for a word that may be null, or no reference.
  void MarkValue(weft_object* value) {
    if (HoldsReference(&value)) Mark(&value);
  }
  // Marks all that an object refers to, which is marked itself or has died.
  void Visit(weft_object* object);
  // Visits until nothing waits any more.
  void Drain();
  // Visits objects of about so many bytes; true when nothing waits any more.
  bool Step(size_t bytes);
  bool done() const { return queue_.empty() && long_.empty(); }

  // Forgets what an earlier round left.
  void Begin();
  // Clears the weak references, found since this was last called, whose targets are not marked.
  void ClearWeakReferences();
  void AddWeak(weft_object* object) { weak_.Push(object); }
  uint64_t weak_cleared() const { return weak_cleared_; }
  void ReleaseMemory() { queue_.ReleaseMemory(); }

  // What gc/finalizers.h asks for.
  weft_object* Alive(weft_object* object) const {
    return !heap_.Contains(object) || heap_.IsMarked(object) ? object : nullptr;
  }
  void TraceFrom(weft_object* object) {
    Visit(object);
    Drain();
  }
  weft_object* Keep(weft_object* object) {
    Mark(&object);
    Drain();
    return object;
  }

 private:
  // A long array, of which a part has been visited.
  struct LongArray {
    weft_object* object;
    int64_t next_item;
  };

  void VisitPart(LongArray& array);

  BlockHeap& heap_;
  MarkQueue queue_;
  Vector<LongArray> long_;
  Vector<weft_object*> weak_;
  size_t next_weak_ = 0;
  uint64_t weak_cleared_ = 0;
};

}  // namespace weft::gc

#endif  // WEFT_GC_MARKER_H_
