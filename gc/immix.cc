// The mark-region collector: precise, stop-the-world, and moving what lies badly.
//
// Small objects live in the lines of gc/line_heap.h, those beyond half a block in runs of blocks of
// their own (gc/block_heap.h). A collection marks objects and the lines that they cover; what has
// no mark is free, and is handed out hole by hole. Where the last collection left a block in many
// pieces, the next one evacuates it on the way: an object in such a block is copied to a free block
// when marking comes by it first, and the references to it are changed as they are found. When
// there is no free block to copy to, the rest is marked where it is. So a heap that is not
// fragmented is not moved, and one that is gets whole without room for a copy of all of it.
//
// Of an object whose identity hash was asked for the address is the hash: it is pinned. So is what
// the stack names, when that is scanned, for as long as it does.
//
// After Blackburn and McKinley, "Immix: a mark-region garbage collector".

#include <cstring>

#include "gc/block_heap.h"
#include "gc/finalizers.h"
#include "gc/line_heap.h"
#include "gc/mark_queue.h"
#include "gc/support.h"

namespace weft::gc {

namespace {

constexpr size_t kLeastBudget = size_t{4} << 20;
// From this size on marking waits for memory more than for anything else.

// In the header. The object has moved; its new address stands behind the header.
constexpr uint32_t kMoved = 1u << 4;
// Does not move: ever, because its address is its hash; or now, because the stack names it.
constexpr uint32_t kHashed = 1u << 5;
constexpr uint32_t kNamed = 1u << 6;

// A block with so many holes is evacuated, when holes are a quarter of the heap.
constexpr uint32_t kManyHoles = 8;

class Immix {
 public:
  void Start(size_t shadow_bytes);
  weft_object* Allocate(uint32_t type_id, size_t size);
  weft_object* AllocateFinalizable(uint32_t type_id);
  void Collect();
  void CollectNow() { Collect(); }
  void RunFinalizers() { finalizers_.Run(); }
  int64_t Stat(int32_t which) const;
  void SetLimit(size_t bytes);
  int64_t HashOf(weft_object* object);

  // What gc/finalizers.h asks for.
  weft_object* Alive(weft_object* object);
  void TraceFrom(weft_object* object);
  weft_object* Keep(weft_object* object);

 private:
  size_t allocated_bytes() const { return lines_.allocated_bytes() + large_.allocated_bytes(); }
  size_t live_bytes() const { return lines_.live_bytes() + large_.live_bytes(); }
  size_t heap_bytes() const { return lines_.heap_bytes() + large_.heap_bytes(); }
  // Each of the two heaps may take what the other leaves.
  void ShareLimit();
  char* TryAllocate(size_t size);
  char* AllocateOrCollect(size_t size);
  bool IsStressed();
  uint32_t HolesToEvacuate() const;
  bool Evacuate(weft_object** slot);
  // Marks what a slot refers to, and moves it perhaps.
  void Trace(weft_object** slot);
  void Drain();
  void Visit(weft_object* object);
  void FindNamedObjects();
  void ClearWeakReferences(size_t first);
  void CheckSlot(weft_object** slot, const char* what, const weft_object* holder);
  void CheckRoots(const char* when);

  LineHeap lines_;
  BlockHeap large_;
  MarkQueue queue_;
  Vector<weft_object*> weak_;
  // What the stack names, when it is scanned.
  Vector<weft_object*> named_;
  Finalizers finalizers_;
  bool collecting_ = false;
  size_t budget_ = kLeastBudget;
  uint32_t until_stress_ = 0;

  uint64_t collections_ = 0;
  uint64_t allocated_before_ = 0;
  uint64_t weak_cleared_ = 0;
  size_t moved_ = 0;
};

Immix collector;

void Immix::Start(size_t shadow_bytes) {
  ReadEnvironment();
  MakeShadowStack(shadow_bytes);
  if (kScansStack) FindStackBase();
  if (!lines_.Start() || !large_.Start()) {
    Log("no address space for the heap");
    std::exit(2);
  }
  SetLimit(options.limit);
  lines_.set_single_objects(options.stress != 0);
  until_stress_ = options.stress;
}

void Immix::SetLimit(size_t bytes) {
  options.limit = bytes;
  ShareLimit();
}

void Immix::ShareLimit() {
  if (options.limit == 0) {
    lines_.set_limit(0);
    large_.set_limit(0);
    return;
  }
  auto left = [](size_t other) {
    // Less than a block is nothing; 0 would mean no limit.
    return options.limit > other + 1 ? options.limit - other : 1;
  };
  lines_.set_limit(left(large_.heap_bytes()));
  large_.set_limit(left(lines_.heap_bytes()));
}

// ---- Allocation ----

char* Immix::TryAllocate(size_t size) {
  if (options.limit != 0) ShareLimit();
  if (size > WEFT_GC_SMALL_MAX) {
    if (allocated_bytes() + size > budget_ && allocated_bytes() != 0) return nullptr;
    return large_.TryLarge(size);
  }
  return lines_.TryAllocate(size, allocated_bytes() < budget_);
}

bool Immix::IsStressed() {
  if (options.stress == 0 || --until_stress_ != 0) return false;
  until_stress_ = options.stress;
  return true;
}

char* Immix::AllocateOrCollect(size_t size) {
  if (IsStressed()) Collect();
  char* object = TryAllocate(size);
  if (object != nullptr) return object;
  Collect();
  // A heap that is full but for crumbs would be collected again for each of them.
  size_t limit = options.limit;
  if (limit == 0 || live_bytes() + size <= limit - limit / 32) {
    object = TryAllocate(size);
    if (object != nullptr) return object;
  }
  if (finalizers_.due_count() == 0 || finalizers_.running()) return nullptr;
  // Objects that wait for their finalizers take room, and may be the last to do so.
  RunFinalizers();
  Collect();
  return TryAllocate(size);
}

weft_object* Immix::Allocate(uint32_t type_id, size_t size) {
  if (finalizers_.due_count() != 0) RunFinalizers();
  char* memory = AllocateOrCollect(size);
  if (memory == nullptr) {
    weft_raise_memory_error();
    return nullptr;
  }
  weft_object* object = reinterpret_cast<weft_object*>(memory);
  object->type_id = type_id;
  return object;
}

weft_object* Immix::AllocateFinalizable(uint32_t type_id) {
  weft_object* object = Allocate(type_id, weft_types[type_id].size);
  if (object != nullptr) finalizers_.Add(object);
  return object;
}

int64_t Immix::HashOf(weft_object* object) {
  if ((object->gc_bits & WEFT_GC_FROZEN) == 0) object->gc_bits |= kHashed;
  return HashOfAddress(object);
}

// ---- Marking ----

// For a slot that refers into a block that is evacuated; true when there is nothing left to do.
bool Immix::Evacuate(weft_object** slot) {
  weft_object* object = *slot;
  if (object->gc_bits & kMoved) {
    *slot = *reinterpret_cast<weft_object**>(object + 1);
    return true;
  }
  if ((object->gc_bits & (kHashed | kNamed)) != 0 || lines_.IsMarked(object)) return false;
  size_t size = SizeOf(object);
  char* memory = lines_.TryEvacuate(size);
  if (memory == nullptr) return false;
  std::memcpy(memory, object, size);
  object->gc_bits |= kMoved;
  *reinterpret_cast<char**>(object + 1) = memory;
  *slot = reinterpret_cast<weft_object*>(memory);
  ++moved_;
  return false;
}

inline void Immix::Trace(weft_object** slot) {
  if (!lines_.Contains(*slot)) {
    // Neither is a frozen object in the other heap.
    if (large_.Contains(*slot) && large_.Mark(*slot)) queue_.Push(*slot);
    return;
  }
  if (lines_.IsToBeEvacuated(*slot) && Evacuate(slot)) return;
  // The object itself is not read yet: it is on its way into the cache once it is pushed.
  if (lines_.Mark(*slot)) queue_.Push(*slot);
}

inline void Immix::Visit(weft_object* object) {
  if (lines_.Contains(object)) lines_.MarkLines(object, SizeOf(object));
  ForEachReference(object, [this, object](weft_object** slot) {
    if (options.verify) [[unlikely]] {
      CheckSlot(slot, "a field", object);
    }
    Trace(slot);
  });
  if (weft_types[object->type_id].flags & WEFT_TYPE_WEAK) [[unlikely]]
    weak_.Push(object);
}

void Immix::Drain() {
  queue_.Drain(live_bytes(), [this](weft_object* object) { Visit(object); });
}

weft_object* Immix::Alive(weft_object* object) {
  if (lines_.Contains(object)) {
    if (object->gc_bits & kMoved) return *reinterpret_cast<weft_object**>(object + 1);
    return lines_.IsMarked(object) ? object : nullptr;
  }
  return !large_.Contains(object) || large_.IsMarked(object) ? object : nullptr;
}

// The lines of the object may be marked meanwhile: it is kept in the end.
void Immix::TraceFrom(weft_object* object) {
  Visit(object);
  Drain();
}

weft_object* Immix::Keep(weft_object* object) {
  Trace(&object);
  Drain();
  return object;
}

void Immix::ClearWeakReferences(size_t first) {
  auto clear = [this](weft_object* weak) {
    weft_object** target = WeakSlot(weak);
    if (!HoldsReference(target)) return;
    *target = Alive(*target);
    if (*target == nullptr) ++weak_cleared_;
  };
  for (size_t i = first; i < weak_.size(); ++i) clear(weak_[i]);
  // The targets of these may have moved late, so they are asked twice.
  for (size_t i = 0; i < weft_frozen_root_count; ++i) {
    weft_object* object = weft_frozen_roots[i];
    if (weft_types[object->type_id].flags & WEFT_TYPE_WEAK) clear(object);
  }
}

// ---- Collecting ----

uint32_t Immix::HolesToEvacuate() const {
  // Every other collection moves all that it may, in a program that is to show its faults.
  if (options.stress != 0) return collections_ % 2 == 0 ? 0 : UINT32_MAX;
  return lines_.hole_bytes() * 4 > lines_.heap_bytes() ? kManyHoles : UINT32_MAX;
}

void Immix::FindNamedObjects() {
  lines_.MarkAllObjects();
  ListNamedObjects(
      [this](uintptr_t word) {
        weft_object* object = lines_.FindObject(word);
        return object != nullptr ? object : large_.FindObject(word);
      },
      named_);
  for (size_t i = 0; i < named_.size(); ++i) named_[i]->gc_bits |= kNamed;
}

void Immix::Collect() {
  if (collecting_) Fatal("a collection within a collection");
  collecting_ = true;
  uint64_t start = NowNanoseconds();
  if (options.verify) CheckRoots("before a collection");
  size_t allocated = allocated_bytes();
  allocated_before_ += allocated;
  uint64_t cleared_before = weak_cleared_;
  size_t due_before = finalizers_.due_count();
  moved_ = 0;
  weak_.Resize(0);
  if (kScansStack) FindNamedObjects();
  lines_.BeginMarking(HolesToEvacuate());
  large_.BeginMarking();
  for (size_t i = 0; i < named_.size(); ++i) Trace(&named_[i]);
  ForEachRoot([this](weft_object** slot) { Trace(slot); });
  finalizers_.ForEachDue([this](weft_object** slot) { Trace(slot); });
  Drain();
  // A weak reference is cleared before the finalizer of its target runs. One that only a dead
  // object with a finalizer holds is seen later, when that object's part of the heap is marked.
  ClearWeakReferences(0);
  size_t seen = weak_.size();
  if (!finalizers_.empty()) finalizers_.FindDue(*this);
  ClearWeakReferences(seen);
  for (size_t i = 0; i < named_.size(); ++i) named_[i]->gc_bits &= ~kNamed;
  uint64_t marked = NowNanoseconds();
  lines_.Sweep();
  large_.Sweep();
  size_t live = live_bytes();
  budget_ = live > kLeastBudget ? live : kLeastBudget;
  lines_.ReleaseBeyond(2 * budget_ + (size_t{16} << 20));
  large_.ReleaseBeyond(2 * budget_ + (size_t{16} << 20));
  queue_.ReleaseMemory();
  if (options.verify) {
    lines_.Poison();
    large_.Poison();
    CheckRoots("after a collection");
  }
  uint64_t end = NowNanoseconds();
  ++collections_;
  pauses.Record(end - start);
  if (options.log) {
    Log("#%llu immix: allocated %zu KB, live %zu KB of %zu KB, mark %.3f ms, sweep %.3f ms, moved "
        "%zu, roots %zu on the stack, weak references cleared %llu, finalizers due %zu",
        static_cast<unsigned long long>(collections_), allocated >> 10, live >> 10,
        heap_bytes() >> 10, static_cast<double>(marked - start) / 1e6,
        static_cast<double>(end - marked) / 1e6, moved_,
        static_cast<size_t>(weft_shadow_top - weft_shadow_base),
        static_cast<unsigned long long>(weak_cleared_ - cleared_before),
        finalizers_.due_count() - due_before);
  }
  collecting_ = false;
}

int64_t Immix::Stat(int32_t which) const {
  switch (which) {
    case WEFT_GC_STAT_COLLECTIONS:
      return static_cast<int64_t>(collections_);
    case WEFT_GC_STAT_ALLOCATED_BYTES:
      return static_cast<int64_t>(allocated_before_ + allocated_bytes());
    case WEFT_GC_STAT_USED_BYTES:
      return static_cast<int64_t>(live_bytes() + allocated_bytes());
    case WEFT_GC_STAT_HEAP_BYTES:
      return static_cast<int64_t>(heap_bytes());
  }
  return pauses.Stat(which);
}

// ---- Checking ----

void Immix::CheckSlot(weft_object** slot, const char* what, const weft_object* holder) {
  weft_object* object = *slot;
  bool in_lines = lines_.Contains(object);
  bool valid = reinterpret_cast<uintptr_t>(object) % 8 == 0 && object->type_id != 0 &&
               object->type_id < weft_type_count;
  if (valid && !in_lines) {
    ReferenceKind kind = large_.Classify(object);
    valid = kind == ReferenceKind::kObject ||
            (kind == ReferenceKind::kOutside && (object->gc_bits & WEFT_GC_FROZEN) != 0);
  }
  if (valid) return;
  Fatal("%s%s%s at %p holds %p, which is no object", what, holder == nullptr ? "" : " of ",
        holder == nullptr ? "" : weft_types[holder->type_id].name, static_cast<void*>(slot),
        static_cast<void*>(object));
}

void Immix::CheckRoots(const char* when) {
  ForEachRoot([&](weft_object** slot) { CheckSlot(slot, when, nullptr); });
}

}  // namespace
}  // namespace weft::gc

#include "gc/entry_points.h"
