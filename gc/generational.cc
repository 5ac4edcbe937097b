// The generational collector: the old space is collected at once, when as much has become old as
// was live after the last time, and at least 8 MB. See gc/generational_heap.h.

#include "gc/generational_heap.h"

namespace weft::gc {

const char* const GenerationalHeap::kName = "generational";
const size_t GenerationalHeap::kNurseryBytes = size_t{512} << 10;
const bool GenerationalHeap::kNurseryMayGrow = true;

void GenerationalHeap::AfterMinor() {
  if (old_.allocated_bytes() >= budget_) CollectOld();
}

void GenerationalHeap::CollectOld() {
  BeginMarking();
  MarkRoots();
  marker_.Drain();
  FinishMarking();
  old_.ReleaseBeyond(budget_ + (size_t{8} << 20));
}

}  // namespace weft::gc
