// The generational collector: the old space is collected at once, when as much has become old as
// was live after the last time, and at least 8 MB. See gc/generational_heap.h.

#include "gc/generational_heap.h"

namespace weft::gc {

const char* const GenerationalHeap::kName = "generational";
const size_t GenerationalHeap::kNurseryBytes = size_t{512} << 10;

namespace {

// The nursery grows for what survives: to this size, or to half of what lives in the old space.
constexpr size_t kLeastGreatestNursery = size_t{4} << 20;

}  // namespace

// Where a quarter of the nursery and more survives it is doubled, and halved again where next to
// nothing does: what has twice as long to die is copied half as often, and does not fill the old
// space.
size_t GenerationalHeap::WantedNursery() {
  if (promoted_bytes_ > nursery_bytes_ / 4) ++nursery_steps_;
  if (promoted_bytes_ < nursery_bytes_ / 64 && nursery_steps_ != 0) --nursery_steps_;
  size_t most = old_.live_bytes() / 2;
  if (most < kLeastGreatestNursery) most = kLeastGreatestNursery;
  while (nursery_steps_ != 0 && (kNurseryBytes << nursery_steps_) > most) --nursery_steps_;
  return kNurseryBytes << nursery_steps_;
}

void GenerationalHeap::AfterMinor() {
  if (old_.allocated_bytes() >= budget_) CollectOld();
}

void GenerationalHeap::MarkMeanwhile(size_t) {}

void GenerationalHeap::CollectOld() {
  BeginMarking();
  MarkRoots();
  marker_.Drain();
  FinishMarking();
  old_.ReleaseBeyond(budget_ + (size_t{8} << 20));
}

}  // namespace weft::gc
