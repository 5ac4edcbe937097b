// The mark-sweep collector: precise, not moving, stop-the-world.
//
// A collection clears the mark bits, marks what the roots reach with an explicit stack (the depth
// of a structure costs no C stack), clears weak references to what was not reached, decides which
// finalizers are due, and sweeps. Sweeping (gc/block_heap.h) reads mark bits only: it frees whole
// blocks and leaves the holes in the others to allocation.
//
// The next collection is due when as many bytes were handed out as were live after the last one,
// and not before kLeastBudget: large enough that marking the few live objects of a small program
// does not show, small enough that its memory goes round in the processor's cache. (Boxed doubles
// of 16 bytes cost 1.5 ns each with 1 MB, 1.55 with 4 MB, 1.9 with 8 MB, where the second-level
// cache has 1 MB; marking 10,000 live objects costs 0.05 ms, a thirtieth of the time to allocate 4
// MB.)
//
// Finalizers. Objects whose type has one are listed when they are allocated. After marking, an
// unreachable one is due unless another unreachable one with a finalizer reaches it: it then waits
// for a later collection, so that a finalizer always finds what it refers to intact. Objects on a
// cycle are due together, after those that are not on one. What is due is marked again with
// everything it reaches, leaves the list (so that a finalizer runs once, whatever it resurrects),
// and runs at the next allocation, when the program's own roots are in place.

#include "gc/block_heap.h"
#include "gc/mark_queue.h"
#include "gc/support.h"

namespace weft::gc {

namespace {

constexpr size_t kLeastBudget = size_t{4} << 20;

class MarkSweep {
 public:
  void Start(size_t shadow_bytes);
  weft_object* Allocate(uint32_t type_id, size_t size);
  weft_object* AllocateFinalizable(uint32_t type_id);
  void Collect();
  void CollectNow() { Collect(); }
  int64_t HashOf(weft_object* object) { return HashOfAddress(object); }
  void RunFinalizers();
  int64_t Stat(int32_t which) const;
  void SetLimit(size_t bytes);

 private:
  char* TryAllocate(size_t size);
  char* AllocateOrCollect(size_t size);
  bool IsStressed();

  // Marks the object that a slot refers to, if it is in the heap, and remembers to visit it.
  void MarkSlot(weft_object** slot);
  void MarkFrom(weft_object* object);
  void Drain();
  void MarkRoots();
  // Clears the weak references found from `first` on whose targets are dead.
  void ClearWeakReferences(size_t first);
  void FindDueFinalizers();
  void CheckRoots(const char* when);
  void CheckSlot(weft_object** slot, const char* what, const weft_object* holder);
  void CheckReference(weft_object** slot, const char* what, const weft_object* holder);
  void CheckHeap();

  BlockHeap heap_;
  MarkQueue queue_;
  // Weak reference objects that marking came by.
  Vector<weft_object*> weak_;
  // What the stack names, when it is scanned.
  Vector<weft_object*> named_;
  // Live objects with a finalizer that has not run, in order of allocation.
  Vector<weft_object*> finalizable_;
  // Used by FindDueFinalizers only.
  Vector<weft_object*> dead_;
  Vector<weft_object*> on_cycle_;
  // Finalizers to run, from next_due_ on.
  Vector<weft_object*> due_;
  size_t next_due_ = 0;
  bool finalizing_ = false;
  bool collecting_ = false;
  size_t budget_ = kLeastBudget;
  uint32_t until_stress_ = 0;

  uint64_t collections_ = 0;
  uint64_t allocated_before_ = 0;
  uint64_t weak_cleared_ = 0;
};

MarkSweep collector;

// ---- Starting ----

void MarkSweep::Start(size_t shadow_bytes) {
  ReadEnvironment();
  MakeShadowStack(shadow_bytes);
  if (kScansStack) FindStackBase();
  if (!heap_.Start()) {
    Log("no address space for the heap");
    std::exit(2);
  }
  SetLimit(options.limit);
  heap_.set_single_slots(options.stress != 0);
  until_stress_ = options.stress;
}

void MarkSweep::SetLimit(size_t bytes) {
  options.limit = bytes;
  heap_.set_limit(bytes);
}

// ---- Allocation ----

char* MarkSweep::TryAllocate(size_t size) {
  if (size > WEFT_GC_SMALL_MAX) {
    if (heap_.allocated_bytes() + size > budget_ && heap_.allocated_bytes() != 0) return nullptr;
    return heap_.TryLarge(size);
  }
  uint32_t size_class = weft_gc_classes.of_words[(size + 7) >> 3];
  char* object = heap_.TrySmall(size_class);
  if (object != nullptr) return object;
  if (heap_.allocated_bytes() >= budget_ || !heap_.AddBlock(size_class)) return nullptr;
  return heap_.TrySmall(size_class);
}

bool MarkSweep::IsStressed() {
  if (options.stress == 0 || --until_stress_ != 0) return false;
  until_stress_ = options.stress;
  return true;
}

char* MarkSweep::AllocateOrCollect(size_t size) {
  if (IsStressed()) Collect();
  char* object = TryAllocate(size);
  if (object != nullptr) return object;
  Collect();
  // A heap that is full but for crumbs would be collected again for each of them.
  size_t limit = options.limit;
  if (limit == 0 || heap_.live_bytes() + size <= limit - limit / 32) {
    object = TryAllocate(size);
    if (object != nullptr) return object;
  }
  if (next_due_ == due_.size() || finalizing_) return nullptr;
  // Objects that wait for their finalizers take room, and may be the last to do so.
  RunFinalizers();
  Collect();
  return TryAllocate(size);
}

weft_object* MarkSweep::Allocate(uint32_t type_id, size_t size) {
  if (next_due_ != due_.size()) RunFinalizers();
  char* memory = AllocateOrCollect(size);
  if (memory == nullptr) {
    weft_raise_memory_error();
    return nullptr;
  }
  weft_object* object = reinterpret_cast<weft_object*>(memory);
  object->type_id = type_id;
  return object;
}

weft_object* MarkSweep::AllocateFinalizable(uint32_t type_id) {
  weft_object* object = Allocate(type_id, weft_types[type_id].size);
  if (object != nullptr) finalizable_.Push(object);
  return object;
}

inline void MarkSweep::CheckSlot(weft_object** slot, const char* what, const weft_object* holder) {
  CheckReference(slot, what, holder);
}

// ---- Marking ----

inline void MarkSweep::MarkSlot(weft_object** slot) {
  weft_object* object = *slot;
  // Neither NULL nor a frozen object lies in the heap's range.
  if (!heap_.Contains(object) || !heap_.Mark(object)) return;
  queue_.Push(object);
}

inline void MarkSweep::MarkFrom(weft_object* object) {
  ForEachReference(object, [this](weft_object** slot) { MarkSlot(slot); });
  if (weft_types[object->type_id].flags & WEFT_TYPE_WEAK) [[unlikely]]
    weak_.Push(object);
}

void MarkSweep::Drain() {
  if (options.verify) {
    queue_.Drain(heap_.live_bytes(), [this](weft_object* object) {
      ForEachReference(object, [&](weft_object** slot) { CheckSlot(slot, "a field", object); });
      MarkFrom(object);
    });
  } else {
    queue_.Drain(heap_.live_bytes(), [this](weft_object* object) { MarkFrom(object); });
  }
}

void MarkSweep::MarkRoots() {
  ForEachRoot([this](weft_object** slot) { MarkSlot(slot); });
  for (size_t i = 0; i < named_.size(); ++i) MarkSlot(&named_[i]);
  for (size_t i = 0; i < weft_frozen_root_count; ++i) {
    weft_object* object = weft_frozen_roots[i];
    if (weft_types[object->type_id].flags & WEFT_TYPE_WEAK) weak_.Push(object);
  }
  for (size_t i = next_due_; i < due_.size(); ++i) MarkSlot(&due_[i]);
}

void MarkSweep::ClearWeakReferences(size_t first) {
  for (size_t i = first; i < weak_.size(); ++i) {
    weft_object** target = WeakSlot(weak_[i]);
    if (weft_is_heap_reference(*target) && heap_.Contains(*target) && !heap_.IsMarked(*target)) {
      *target = nullptr;
      ++weak_cleared_;
    }
  }
}

void MarkSweep::FindDueFinalizers() {
  dead_.Resize(0);
  on_cycle_.Resize(0);
  size_t alive = 0;
  for (size_t i = 0; i < finalizable_.size(); ++i) {
    weft_object* object = finalizable_[i];
    if (heap_.IsMarked(object)) {
      finalizable_[alive++] = object;
    } else {
      dead_.Push(object);
    }
  }
  finalizable_.Resize(alive);
  // Mark what each dead one refers to, the object itself left out. What is marked in the end is
  // reached by another one, or by itself.
  for (size_t i = 0; i < dead_.size(); ++i) {
    if (heap_.IsMarked(dead_[i])) continue;
    MarkFrom(dead_[i]);
    Drain();
    if (heap_.IsMarked(dead_[i])) on_cycle_.Push(dead_[i]);
  }
  size_t next_on_cycle = 0;
  for (size_t i = 0; i < dead_.size(); ++i) {
    weft_object* object = dead_[i];
    if (heap_.Mark(object)) {
      due_.Push(object);
    } else if (next_on_cycle < on_cycle_.size() && on_cycle_[next_on_cycle] == object) {
      ++next_on_cycle;
    } else {
      finalizable_.Push(object);
    }
  }
  for (size_t i = 0; i < on_cycle_.size(); ++i) due_.Push(on_cycle_[i]);
}

// ---- Collecting ----

void MarkSweep::Collect() {
  if (collecting_) Fatal("a collection within a collection");
  collecting_ = true;
  uint64_t start = NowNanoseconds();
  if (options.verify) CheckRoots("before a collection");
  allocated_before_ += heap_.allocated_bytes();
  size_t allocated = heap_.allocated_bytes();
  uint64_t cleared_before = weak_cleared_;
  size_t due_before = due_.size();
  if (kScansStack) {
    ListNamedObjects([this](uintptr_t word) { return heap_.FindObject(word); }, named_);
  }
  heap_.BeginMarking();
  weak_.Resize(0);
  MarkRoots();
  Drain();
  // A weak reference is cleared before the finalizer of its target runs. One that only a dead
  // object with a finalizer holds is seen later, when that object's part of the heap is marked.
  ClearWeakReferences(0);
  size_t seen = weak_.size();
  if (!finalizable_.empty()) FindDueFinalizers();
  ClearWeakReferences(seen);
  uint64_t marked = NowNanoseconds();
  if (options.verify) CheckHeap();
  heap_.Sweep();
  size_t live = heap_.live_bytes();
  budget_ = live > kLeastBudget ? live : kLeastBudget;
  heap_.ReleaseBeyond(2 * budget_ + (size_t{16} << 20));
  queue_.ReleaseMemory();
  if (options.verify) {
    heap_.Poison();
    CheckRoots("after a collection");
  }
  uint64_t end = NowNanoseconds();
  ++collections_;
  pauses.Record(end - start);
  if (options.log) {
    Log("#%llu marksweep: allocated %zu KB, live %zu KB of %zu KB, mark %.3f ms, sweep %.3f ms, "
        "roots %zu on the stack, weak references cleared %llu, finalizers due %zu",
        static_cast<unsigned long long>(collections_), allocated >> 10, live >> 10,
        heap_.heap_bytes() >> 10, static_cast<double>(marked - start) / 1e6,
        static_cast<double>(end - marked) / 1e6,
        static_cast<size_t>(weft_shadow_top - weft_shadow_base),
        static_cast<unsigned long long>(weak_cleared_ - cleared_before), due_.size() - due_before);
  }
  collecting_ = false;
}

void MarkSweep::RunFinalizers() {
  if (finalizing_) return;
  finalizing_ = true;
  // An allocation happens with no exception on its way, but a caller may hold one in a local
  // variable of its own, and a finalizer that raises must not hide it.
  weft_object* pending = weft_exception;
  *weft_shadow_top++ = pending;
  weft_exception = nullptr;
  while (next_due_ != due_.size()) {
    weft_object* object = due_[next_due_++];
    *weft_shadow_top++ = object;
    weft_types[object->type_id].finalizer(object);
    --weft_shadow_top;
    // There is nobody to whom a finalizer could raise.
    weft_exception = nullptr;
  }
  due_.Resize(0);
  next_due_ = 0;
  --weft_shadow_top;
  weft_exception = static_cast<weft_object*>(*weft_shadow_top);
  finalizing_ = false;
}

int64_t MarkSweep::Stat(int32_t which) const {
  switch (which) {
    case WEFT_GC_STAT_COLLECTIONS:
      return static_cast<int64_t>(collections_);
    case WEFT_GC_STAT_ALLOCATED_BYTES:
      return static_cast<int64_t>(allocated_before_ + heap_.allocated_bytes());
    case WEFT_GC_STAT_USED_BYTES:
      return static_cast<int64_t>(heap_.live_bytes() + heap_.allocated_bytes());
    case WEFT_GC_STAT_HEAP_BYTES:
      return static_cast<int64_t>(heap_.heap_bytes());
  }
  return pauses.Stat(which);
}

// ---- Checking ----

void MarkSweep::CheckReference(weft_object** slot, const char* what, const weft_object* holder) {
  weft_object* object = *slot;
  const char* holder_type = holder == nullptr ? "" : weft_types[holder->type_id].name;
  switch (heap_.Classify(object)) {
    case ReferenceKind::kNull:
    case ReferenceKind::kObject:
      return;
    case ReferenceKind::kOutside:
      if (object->type_id != 0 && object->type_id < weft_type_count &&
          (object->gc_bits & WEFT_GC_FROZEN) != 0) {
        return;
      }
      break;
    case ReferenceKind::kInvalid:
      break;
  }
  Fatal("%s%s%s at %p holds %p, which is no object", what, holder == nullptr ? "" : " of ",
        holder_type, static_cast<void*>(slot), static_cast<void*>(object));
}

void MarkSweep::CheckRoots(const char* when) {
  ForEachRoot([&](weft_object** slot) { CheckSlot(slot, when, nullptr); });
}

// Everything marked refers to marked objects only.
void MarkSweep::CheckHeap() {
  heap_.ForEachMarked([this](weft_object* holder) {
    ForEachReference(holder, [&](weft_object** slot) {
      if (heap_.Contains(*slot) && !heap_.IsMarked(*slot)) {
        Fatal("a live %s at %p refers to an unmarked object at %p",
              weft_types[holder->type_id].name, static_cast<void*>(holder),
              static_cast<void*>(*slot));
      }
    });
  });
}

}  // namespace
}  // namespace weft::gc

#include "gc/entry_points.h"
