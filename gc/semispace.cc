// The copying collector: precise, moving, stop-the-world.
//
// New objects are cut from one space. A collection copies what the roots reach into another one, in
// Cheney's way: the copies themselves are the list of what is still to be visited, so depth costs
// no stack, and dead objects cost nothing. A copied object leaves its new address in its second
// word and the mark bit in its header. Objects of more than 16 KB are not copied: they are apart in
// a heap of blocks (gc/block_heap.h), are marked, and wait on a stack to be visited.
//
// The next collection is due when as many bytes were handed out as were live after the last one,
// and at least 4 MB. While it copies, the program takes up to four times what is live.
//
// An object's identity hash is a number that it gets when it is first asked for, and carries in its
// header.

#include <cstring>

#include "gc/block_heap.h"
#include "gc/finalizers.h"
#include "gc/support.h"

char* weft_gc_next = nullptr;
char* weft_gc_end = nullptr;

namespace weft::gc {

namespace {

constexpr size_t kLeastBudget = size_t{4} << 20;
// How much is zeroed ahead of allocation, which also brings it into the cache.
constexpr size_t kZeroAtATime = size_t{16} << 10;
constexpr int kPoison = 0xdb;

size_t RoundedSize(size_t size) { return size <= 16 ? 16 : (size + 7) & ~size_t{7}; }

// One of the two spaces.
struct Space {
  Reservation memory;
  // Up to here the memory was written to, so that it is not zero.
  char* dirty_end = nullptr;

  char* base() const { return memory.base(); }
};

class SemiSpace {
 public:
  void Start(size_t shadow_bytes);
  weft_object* Allocate(uint32_t type_id, size_t size);
  weft_object* AllocateFinalizable(uint32_t type_id);
  void Collect();
  int64_t Stat(int32_t which) const;
  void SetLimit(size_t bytes) { options.limit = bytes; }
  int64_t IdentityHash(weft_object* object);

  // What Finalizers asks for.
  weft_object* Alive(weft_object* object) const;
  void TraceFrom(weft_object* object);
  weft_object* Keep(weft_object* object);

  Finalizers finalizers;

 private:
  // A place for a small object, if it is at hand without a collection.
  char* TryCut(size_t size);
  char* TryAllocate(size_t size);
  char* AllocateOrCollect(size_t size);
  bool IsStressed();
  // Bytes that objects may take before the next collection, large ones included.
  size_t MostBytes() const;
  size_t SpaceUsed() const { return static_cast<size_t>(weft_gc_next - to_->base()); }
  size_t Used() const { return SpaceUsed() + large_.allocated_bytes() + large_.live_bytes(); }

  bool IsInFrom(const void* pointer) const {
    return static_cast<size_t>(static_cast<const char*>(pointer) - from_->base()) < from_used_;
  }
  void Reach(weft_object** slot);
  void Visit(weft_object* object);
  void Drain();
  void ClearWeakReferences(size_t first);
  void FreeFromSpace();
  void Check(const char* when);
  void CheckSlot(weft_object** slot, const char* what, const weft_object* holder);

  Space spaces_[2];
  Space* to_ = &spaces_[0];
  Space* from_ = &spaces_[1];
  // During a collection: the bytes of objects in from_.
  size_t from_used_ = 0;
  BlockHeap large_;
  // The first copy that has not been visited.
  char* scan_ = nullptr;
  Vector<weft_object*> large_stack_;
  Vector<weft_object*> weak_;
  size_t live_bytes_ = 0;
  size_t budget_ = kLeastBudget;
  uint32_t until_stress_ = 0;
  uint32_t next_hash_ = 0;
  // Where objects start in to_, in words, for checks only.
  Vector<uint8_t> starts_;

  uint64_t collections_ = 0;
  uint64_t allocated_before_ = 0;
  uint64_t weak_cleared_ = 0;
};

SemiSpace collector;

void SemiSpace::Start(size_t shadow_bytes) {
  ReadEnvironment();
  MakeShadowStack(shadow_bytes);
  size_t bytes = sizeof(void*) == 8 ? size_t{1} << 37 : size_t{1} << 29;
  while (!spaces_[0].memory.Reserve(bytes, 4096) || !spaces_[1].memory.Reserve(bytes, 4096)) {
    bytes /= 2;
    if (bytes < (size_t{64} << 20)) {
      Log("no address space for the heap");
      std::exit(2);
    }
  }
  if (!large_.Start()) {
    Log("no address space for the heap");
    std::exit(2);
  }
  for (Space& space : spaces_) space.dirty_end = space.base();
  weft_gc_next = weft_gc_end = to_->base();
  until_stress_ = options.stress;
}

// ---- Allocation ----

size_t SemiSpace::MostBytes() const {
  size_t most = live_bytes_ + budget_;
  // Both spaces count.
  if (options.limit != 0 && most > options.limit / 2) most = options.limit / 2;
  return most;
}

char* SemiSpace::TryCut(size_t size) {
  size_t rounded = RoundedSize(size);
  size_t used = Used();
  size_t most = MostBytes();
  if (used > most || rounded > most - used) return nullptr;
  size_t ahead = options.stress != 0 ? rounded : rounded > kZeroAtATime ? rounded : kZeroAtATime;
  if (ahead > most - used) ahead = rounded;
  char* end = weft_gc_next + ahead;
  if (end > weft_gc_end) {
    if (!to_->memory.Commit(static_cast<size_t>(end - to_->base()))) return nullptr;
    if (weft_gc_end < to_->dirty_end) {
      char* stop = end < to_->dirty_end ? end : to_->dirty_end;
      std::memset(weft_gc_end, 0, static_cast<size_t>(stop - weft_gc_end));
    }
    weft_gc_end = end;
    if (end > to_->dirty_end) to_->dirty_end = end;
  }
  char* object = weft_gc_next;
  weft_gc_next += rounded;
  return object;
}

char* SemiSpace::TryAllocate(size_t size) {
  if (size <= WEFT_GC_SMALL_MAX) return TryCut(size);
  size_t most = MostBytes();
  if (options.limit != 0 && size > most) return nullptr;
  if (Used() + size > most && Used() > live_bytes_) return nullptr;
  return large_.TryLarge(size);
}

bool SemiSpace::IsStressed() {
  if (options.stress == 0 || --until_stress_ != 0) return false;
  until_stress_ = options.stress;
  return true;
}

char* SemiSpace::AllocateOrCollect(size_t size) {
  if (IsStressed()) Collect();
  char* object = TryAllocate(size);
  if (object != nullptr) return object;
  Collect();
  // A heap that is full but for crumbs would be collected again for each of them.
  size_t limit = options.limit;
  if (limit == 0 || live_bytes_ + size <= limit / 2 - limit / 32) {
    object = TryAllocate(size);
    if (object != nullptr) return object;
  }
  if (finalizers.due_count() == 0 || finalizers.running()) return nullptr;
  // Objects that wait for their finalizers take room, and may be the last to do so.
  finalizers.Run();
  Collect();
  return TryAllocate(size);
}

weft_object* SemiSpace::Allocate(uint32_t type_id, size_t size) {
  if (finalizers.due_count() != 0) finalizers.Run();
  char* memory = AllocateOrCollect(size);
  if (memory == nullptr) {
    weft_raise_memory_error();
    return nullptr;
  }
  weft_object* object = reinterpret_cast<weft_object*>(memory);
  object->type_id = type_id;
  return object;
}

weft_object* SemiSpace::AllocateFinalizable(uint32_t type_id) {
  weft_object* object = Allocate(type_id, weft_types[type_id].size);
  if (object != nullptr) finalizers.Add(object);
  return object;
}

int64_t SemiSpace::IdentityHash(weft_object* object) {
  uint32_t hash = object->gc_bits >> WEFT_GC_OWN_SHIFT;
  if (hash != 0) return hash;
  // Those without a number may stand in read-only memory.
  if (object->gc_bits & WEFT_GC_FROZEN) return HashOfAddress(object);
  hash = NextIdentityHash(&next_hash_);
  object->gc_bits |= hash << WEFT_GC_OWN_SHIFT;
  return hash;
}

// ---- Copying ----

weft_object* SemiSpace::Alive(weft_object* object) const {
  if (IsInFrom(object)) {
    return (object->gc_bits & WEFT_GC_MARK) != 0 ? NewAddress(object) : nullptr;
  }
  if (large_.Contains(object)) return large_.IsMarked(object) ? object : nullptr;
  return object;
}

inline void SemiSpace::Reach(weft_object** slot) {
  weft_object* object = *slot;
  if (!IsInFrom(object)) {
    // A frozen one, one that has been copied already, or a large one.
    if (large_.Contains(object) && large_.Mark(object)) large_stack_.Push(object);
    return;
  }
  if ((object->gc_bits & WEFT_GC_MARK) == 0) {
    size_t size = RoundedSize(SizeOf(object));
    std::memcpy(weft_gc_next, object, size);
    SetNewAddress(object, reinterpret_cast<weft_object*>(weft_gc_next));
    weft_gc_next += size;
  }
  *slot = NewAddress(object);
}

void SemiSpace::Visit(weft_object* object) {
  ForEachReference(object, [this](weft_object** slot) { Reach(slot); });
  if (weft_types[object->type_id].flags & WEFT_TYPE_WEAK) [[unlikely]]
    weak_.Push(object);
}

void SemiSpace::Drain() {
  while (true) {
    while (scan_ != weft_gc_next) {
      weft_object* object = reinterpret_cast<weft_object*>(scan_);
      scan_ += RoundedSize(SizeOf(object));
      Visit(object);
    }
    if (large_stack_.empty()) return;
    Visit(large_stack_.Pop());
  }
}

void SemiSpace::TraceFrom(weft_object* object) {
  // The weak reference in it, if there is one, is not that of a live object.
  ForEachReference(object, [this](weft_object** slot) { Reach(slot); });
  Drain();
}

weft_object* SemiSpace::Keep(weft_object* object) {
  weft_object* now = object;
  Reach(&now);
  Drain();
  return now;
}

void SemiSpace::ClearWeakReferences(size_t first) {
  for (size_t i = first; i < weak_.size(); ++i) {
    weft_object** target = WeakSlot(weak_[i]);
    if (!HoldsReference(target)) continue;
    *target = Alive(*target);
    if (*target == nullptr) ++weak_cleared_;
  }
}

void SemiSpace::Collect() {
  uint64_t start = NowNanoseconds();
  if (options.verify) Check("before a collection");
  size_t allocated = Used() - live_bytes_;
  uint64_t cleared_before = weak_cleared_;
  size_t due_before = finalizers.due_count();
  from_used_ = SpaceUsed();
  // What cannot be copied cannot be collected.
  if (!from_->memory.Commit(from_used_)) return;
  allocated_before_ += allocated;
  Space* filled = to_;
  to_ = from_;
  from_ = filled;
  weft_gc_next = weft_gc_end = scan_ = to_->base();
  large_.BeginMarking();
  weak_.Resize(0);
  ForEachRoot([this](weft_object** slot) { Reach(slot); });
  for (size_t i = 0; i < weft_frozen_root_count; ++i) {
    weft_object* object = weft_frozen_roots[i];
    if (weft_types[object->type_id].flags & WEFT_TYPE_WEAK) weak_.Push(object);
  }
  finalizers.ForEachDue([this](weft_object** slot) { Reach(slot); });
  Drain();
  // A weak reference is cleared before the finalizer of its target runs. One that only a dead
  // object with a finalizer holds is seen later, when that object's part of the heap is reached.
  ClearWeakReferences(0);
  size_t seen = weak_.size();
  if (!finalizers.empty()) finalizers.FindDue(*this);
  ClearWeakReferences(seen);
  if (weft_noted_exception != nullptr) weft_noted_exception = Alive(weft_noted_exception);
  large_.Sweep();
  weft_gc_end = weft_gc_next;
  if (weft_gc_next > to_->dirty_end) to_->dirty_end = weft_gc_next;
  FreeFromSpace();
  live_bytes_ = SpaceUsed() + large_.live_bytes();
  budget_ = live_bytes_ > kLeastBudget ? live_bytes_ : kLeastBudget;
  large_.ReleaseBeyond(2 * budget_ + (size_t{16} << 20));
  if (options.verify) {
    large_.Poison();
    Check("after a collection");
  }
  uint64_t end = NowNanoseconds();
  ++collections_;
  pauses.Record(end - start);
  if (options.log) {
    Log("#%llu semispace: allocated %zu KB, live %zu KB, %.3f ms, roots %zu on the stack, "
        "weak references cleared %llu, finalizers due %zu",
        static_cast<unsigned long long>(collections_), allocated >> 10, live_bytes_ >> 10,
        static_cast<double>(end - start) / 1e6,
        static_cast<size_t>(weft_shadow_top - weft_shadow_base),
        static_cast<unsigned long long>(weak_cleared_ - cleared_before),
        finalizers.due_count() - due_before);
  }
}

void SemiSpace::FreeFromSpace() {
  size_t dirty = static_cast<size_t>(from_->dirty_end - from_->base());
  if (options.verify) {
    std::memset(from_->base(), kPoison, dirty);
  } else if (dirty > 2 * (SpaceUsed() + kLeastBudget)) {
    // What the next collections will not fill.
    size_t keep = (SpaceUsed() + kLeastBudget) & ~size_t{4095};
    Discard(from_->base() + keep, dirty - keep);
    from_->dirty_end = from_->base() + keep;
  }
  from_used_ = 0;
}

// ---- Checking ----

void SemiSpace::CheckSlot(weft_object** slot, const char* what, const weft_object* holder) {
  const weft_object* object = *slot;
  size_t offset = static_cast<size_t>(reinterpret_cast<const char*>(object) - to_->base());
  bool valid = false;
  if (reinterpret_cast<uintptr_t>(object) % 8 != 0) {
  } else if (offset < SpaceUsed()) {
    valid = starts_[offset / 8] != 0;
  } else if (large_.Contains(object)) {
    valid = large_.Classify(object) == ReferenceKind::kObject;
  } else if (offset >= to_->memory.reserved() &&
             static_cast<size_t>(reinterpret_cast<const char*>(object) - from_->base()) >=
                 from_->memory.reserved()) {
    valid = object->type_id != 0 && object->type_id < weft_type_count &&
            (object->gc_bits & WEFT_GC_FROZEN) != 0;
  }
  if (valid) return;
  Fatal("%s%s%s at %p holds %p, which is no object", what, holder == nullptr ? "" : " of ",
        holder == nullptr ? "" : weft_types[holder->type_id].name, static_cast<void*>(slot),
        static_cast<const void*>(object));
}

// All roots, and all references in objects of the space in use.
void SemiSpace::Check(const char* when) {
  starts_.Resize(0);
  for (size_t i = 0; i < SpaceUsed() / 8; ++i) starts_.Push(0);
  for (char* at = to_->base(); at != weft_gc_next;) {
    weft_object* object = reinterpret_cast<weft_object*>(at);
    if (object->type_id == 0 || object->type_id >= weft_type_count) {
      Fatal("%s: the object at %p has no type", when, static_cast<void*>(at));
    }
    starts_[static_cast<size_t>(at - to_->base()) / 8] = 1;
    at += RoundedSize(SizeOf(object));
  }
  for (char* at = to_->base(); at != weft_gc_next;) {
    weft_object* object = reinterpret_cast<weft_object*>(at);
    ForEachReference(object, [&](weft_object** slot) { CheckSlot(slot, "a field", object); });
    at += RoundedSize(SizeOf(object));
  }
  ForEachRoot([&](weft_object** slot) { CheckSlot(slot, when, nullptr); });
}

int64_t SemiSpace::Stat(int32_t which) const {
  switch (which) {
    case WEFT_GC_STAT_COLLECTIONS:
      return static_cast<int64_t>(collections_);
    case WEFT_GC_STAT_ALLOCATED_BYTES:
      return static_cast<int64_t>(allocated_before_ + Used() - live_bytes_);
    case WEFT_GC_STAT_USED_BYTES:
      return static_cast<int64_t>(Used());
    case WEFT_GC_STAT_HEAP_BYTES:
      return static_cast<int64_t>(static_cast<size_t>(spaces_[0].dirty_end - spaces_[0].base()) +
                                  static_cast<size_t>(spaces_[1].dirty_end - spaces_[1].base()) +
                                  large_.heap_bytes());
  }
  return pauses.Stat(which);
}

}  // namespace
}  // namespace weft::gc

using weft::gc::collector;

void weft_gc_start(size_t shadow_bytes) { collector.Start(shadow_bytes); }

void weft_gc_collect(void) {
  collector.Collect();
  collector.finalizers.Run();
}

int64_t weft_gc_stat(int32_t which) { return collector.Stat(which); }

int64_t weft_gc_identity_hash(weft_object* object) { return collector.IdentityHash(object); }

void weft_gc_set_limit(size_t bytes) { collector.SetLimit(bytes); }

weft_object* weft_gc_alloc_slow(uint32_t type_id, size_t size) {
  return collector.Allocate(type_id, size);
}

weft_object* weft_gc_alloc_items_slow(uint32_t type_id, size_t fixed_size, size_t item_size,
                                      size_t length_offset, int64_t length) {
  size_t size = 0;
  if (!weft::gc::SizeWithItems(fixed_size, item_size, length, &size)) {
    weft_raise_memory_error();
    return nullptr;
  }
  weft_object* object = collector.Allocate(type_id, size);
  if (object != nullptr) {
    *reinterpret_cast<int64_t*>(reinterpret_cast<char*>(object) + length_offset) = length;
  }
  return object;
}

weft_object* weft_gc_alloc_finalizable(uint32_t type_id) {
  return collector.AllocateFinalizable(type_id);
}
