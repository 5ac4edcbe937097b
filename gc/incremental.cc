// The incremental collector: the old space is marked in steps, while the program fills the nursery.
//
// Marking begins when three quarters of what may become old until the next collection has become
// old. From then on a step comes with each part of the nursery that the program gets, and visits a
// few times as much as becomes old of it, so that marking ends before the rest is used up.
// Meanwhile the program goes on, and the marking must not miss what it does:
//
// - Marking does not look at young objects. What becomes old is marked, with all old ones that it
//   refers to.
// - An old object that a young one is stored into is remembered, as it is for minor collections;
// the
//   next one marks what the written slots refer to. An old one that is stored into an old one is
//   marked by the barrier. So an object that has been visited refers to marked objects only, as
//   soon as the nursery is empty.
// - Variables are not told when they change. When there is nothing left to visit and the nursery is
//   empty they are looked at (again); only if that brings up no more than a step can do, the
//   marking is complete.
//
// An object that dies after it was marked is freed by the next marking. Sweeping reads mark bits
// alone, 512 bytes of them for 32 KB of objects, and is done at once, as are weak references and
// finalizers.
//
// What a pause depends on: how much of the nursery survives (at most all of it), how many old
// objects young ones were stored into, the arrays that are large for certain, the depth of the
// program's stack, the number of objects with finalizers, and 2 ms for each GB of the heap when a
// marking begins or ends.

#include "gc/generational_heap.h"

namespace weft::gc {

const char* const GenerationalHeap::kName = "incremental";
const size_t GenerationalHeap::kNurseryBytes = size_t{256} << 10;

namespace {

// A minor collection is a pause, as long as copying takes: half a millisecond for a MB, and four
// times that for memory that was never used before; and as looking at what was written to takes,
// each place of which is as much as these bytes. The nursery is doubled where less than the first
// sum is copied, counting that, and halved where more than the second is.
constexpr size_t kFewPromoted = size_t{256} << 10;
constexpr size_t kManyPromoted = size_t{768} << 10;
constexpr size_t kPerByteOfNewMemory = 3;
constexpr size_t kPerVisit = 256;
constexpr uint32_t kMostDoublings = 2;

// A step visits so many bytes for each byte that becomes old, twice as many when that turns out to
// be too slow, and at least some.
constexpr size_t kStepsPerByte = 4;
constexpr size_t kLeastStep = size_t{4} << 10;
constexpr size_t kMostStep = size_t{256} << 10;
// The last step, when the variables were looked at again.
constexpr size_t kLastStep = size_t{96} << 10;

}  // namespace

size_t GenerationalHeap::WantedNursery() {
  const size_t cost = promoted_bytes_ +
                      kPerByteOfNewMemory * (old_.used_bytes() - used_before_minor_) +
                      kPerVisit * visited_;
  // Where next to nothing survives it had better stay in the cache.
  if (cost < kFewPromoted && cost > nursery_bytes_ / 16 && nursery_steps_ < kMostDoublings) {
    ++nursery_steps_;
  }
  if (cost > kManyPromoted && nursery_steps_ != 0) --nursery_steps_;
  return kNurseryBytes << nursery_steps_;
}

void GenerationalHeap::AfterMinor() {
  if (!marking_) {
    if (old_.allocated_bytes() < budget_ && options.stress == 0) return;
    BeginMarking();
    MarkRoots();
  } else if (marker_.done()) {
    MarkRoots();
    if (marker_.Step(kLastStep)) FinishMarking();
  }
}

void GenerationalHeap::MarkMeanwhile(size_t bytes) {
  if (marker_.done()) return;
  uint64_t start = NowNanoseconds();
  // As much of it will become old as in the last minor collection; all, of a large object.
  size_t step = bytes * kStepsPerByte;
  if (bytes <= WEFT_GC_SMALL_MAX) step = step / 64 * (promoted_bytes_ / (nursery_bytes_ / 64));
  if (old_.allocated_bytes() > budget_ / 8) step *= 2;
  if (step < kLeastStep) step = kLeastStep;
  if (step > kMostStep) step = kMostStep;
  // So small that many of the program's steps come between those of a marking.
  if (options.stress != 0) step = 256;
  marker_.Step(step);
  pauses.Record(NowNanoseconds() - start);
}

void GenerationalHeap::CollectOld() {
  // What an earlier marking has kept may be dead by now, so it is not carried on.
  BeginMarking();
  MarkRoots();
  marker_.Drain();
  FinishMarking();
  old_.ReleaseBeyond(budget_ + (size_t{16} << 20));
}

}  // namespace weft::gc
