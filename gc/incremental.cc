// The incremental collector: the old space is marked in steps, one after each minor collection.
//
// Marking begins when half of what may become old until the next collection has become old. From
// then on each minor collection is followed by a step, which visits a few times as much as has
// become old in it, so that marking ends before the other half is used up. Meanwhile the program
// goes on, and the marking must not miss what it does:
//
// - What becomes old is marked, and visited by a later step: it may refer to what is not marked.
// - An old object that is written to is remembered, as it is for minor collections; the next one,
//   which comes before the next step, marks what the written slots refer to. So an object that has
//   been visited refers to marked objects only, as soon as the nursery is empty.
// - Variables are not told when they change. When there is nothing left to visit they are looked at
//   (again); only if that brings up no more than a step can do, the marking is complete.
//
// An object that dies after it was marked is freed by the next marking. Sweeping reads mark bits
// alone, 512 bytes of them for 32 KB of objects, and is done at once, as are weak references and
// finalizers.
//
// What a pause depends on: how much of the nursery survives (at most all of it), the depth of the
// program's stack, the number of objects with finalizers, and 2 ms for each GB of the heap when a
// marking begins or ends.

#include "gc/generational_heap.h"

namespace weft::gc {

const char* const GenerationalHeap::kName = "incremental";
const size_t GenerationalHeap::kNurseryBytes = size_t{256} << 10;
// A minor collection is a pause, as long as all of the nursery takes to copy.
const bool GenerationalHeap::kNurseryMayGrow = false;

namespace {

// A step visits so many bytes for each byte that has become old, and at least some.
constexpr size_t kStepsPerByte = 4;
constexpr size_t kLeastStep = size_t{96} << 10;
constexpr size_t kMostStep = size_t{1} << 20;

}  // namespace

void GenerationalHeap::AfterMinor() {
  if (!marking_) {
    if (old_.allocated_bytes() < budget_ / 2 && options.stress == 0) return;
    BeginMarking();
    MarkRoots();
    return;
  }
  size_t step = promoted_bytes_ * kStepsPerByte;
  if (step < kLeastStep) step = kLeastStep;
  if (step > kMostStep) step = kMostStep;
  // So small that many of the program's steps come between those of a marking.
  if (options.stress != 0) step = 256;
  if (!marker_.Step(step)) return;
  MarkRoots();
  if (marker_.Step(step)) FinishMarking();
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
