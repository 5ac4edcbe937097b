// The reference-counting collector: counts of old objects, deferred and coalesced; new objects are
// traced; cycles are found by marking now and then.
//
// An object's count says how many fields of other counted objects refer to it. References in
// variables are not counted as they come and go, and a new object has no count and counts nothing:
// it is only after it has survived a collection. What follows is after Levanoni and Petrank, and
// after Blackburn and McKinley's "ulterior" counting.
//
// The barrier logs a counted object when it is first written to after a collection: a list gets
// what it refers to just then. However often its fields change after that, a collection only has to
// count up what they refer to in the end, and down what was logged. Large objects are logged by
// parts of 128 bytes. A store into an object that was allocated since costs a test.
//
// A collection (one for each 4 MB of new objects, or an eighth of the heap if that is more)
//  1. counts up what variables refer to, to count it down again in the next one: nothing that a
//     variable named at either time is freed;
//  2. counts up what logged objects refer to now. An object that is counted for the first time has
//     survived: what it refers to is counted up in turn, so this traces what lives of the new;
//  3. counts down what was logged, and the variables of the last time. What comes to zero dies, and
//     what it refers to is counted down; with an explicit stack, as always;
//  4. clears weak references, decides on finalizers, and sweeps. The heap is that of marksweep
//     (gc/block_heap.h) and a set mark bit means "counted": new objects that nobody counted up have
//     none and are gone without having been touched.
//
// So the work is that of the new objects that survive, the old ones that change and the old ones
// that die; the size of the heap matters to the sweep alone, which reads a 512th of it.
//
// What counts cannot free are cycles, and objects that once had more than 2^24 references, whose
// count sticks there. When the heap has doubled since the last time, and at gc_collect, everything
// that the roots reach is marked from nothing and counted anew, and the rest is freed.

#include "gc/block_heap.h"
#include "gc/finalizers.h"
#include "gc/support.h"

namespace weft::gc {

namespace {

constexpr size_t kLeastBudget = size_t{4} << 20;
constexpr size_t kLeastGrowth = size_t{16} << 20;

// In the header, above the bits that all collectors share. What the object refers to is counted.
constexpr uint32_t kCounted = 1u << 4;
// Its finalizer has not been due.
constexpr uint32_t kHasFinalizer = 1u << 5;
// Dead, but what it refers to has been counted up on behalf of a finalizer.
constexpr uint32_t kTraced = 1u << 6;
constexpr int kCountShift = 8;
constexpr uint32_t kOne = 1u << kCountShift;
constexpr uint32_t kStuck = 0xffffffu << kCountShift;

// Objects with blocks of their own are logged in parts of so many bytes, of which each belongs to
// one object.
constexpr int kCardShift = 7;

class RefCount {
 public:
  void Start(size_t shadow_bytes);
  weft_object* Allocate(uint32_t type_id, size_t size);
  weft_object* AllocateFinalizable(uint32_t type_id);
  void Collect(bool is_full);
  void CollectNow() { Collect(true); }
  int64_t HashOf(weft_object* object) { return HashOfAddress(object); }
  void RunFinalizers() { finalizers_.Run(); }
  int64_t Stat(int32_t which) const;
  void SetLimit(size_t bytes);
  void Log(weft_object* object);
  void LogItems(weft_object* object, char* place, int64_t bytes);

  // What gc/finalizers.h asks for.
  weft_object* Alive(weft_object* object) {
    return !heap_.Contains(object) || heap_.IsMarked(object) ? object : nullptr;
  }
  void TraceFrom(weft_object* object);
  weft_object* Keep(weft_object* object);

 private:
  struct Card {
    weft_object* object;
    char* start;
  };

  char* TryAllocate(size_t size);
  char* AllocateOrCollect(size_t size);
  bool IsStressed();
  void CountUp(weft_object* object);
  void CountDown(weft_object* object);
  // Counts up what newly counted objects refer to, until there are none.
  void Drain();
  void FreeDead();
  void CountUpRoots();
  void CountUpLogged();
  void ForgetLogged();
  void ClearWeakReferences(size_t first);
  void DropDeadWeakReferences();
  template <typename Visit>
  void ForEachReferenceIn(weft_object* object, char* start, Visit visit);
  uint8_t& CardOf(char* place) { return cards_[heap_.OffsetOf(place) >> kCardShift]; }
  void CheckSlot(weft_object** slot, const char* what, const weft_object* holder);
  void CheckRoots(const char* when);
  void CheckCounts();

  BlockHeap heap_;
  Reservation card_memory_;
  uint8_t* cards_ = nullptr;
  bool is_full_ = false;
  // Counted for the first time, and not visited yet.
  Vector<weft_object*> new_;
  Vector<weft_object*> dead_;
  // What was written to since the last collection.
  Vector<weft_object*> logged_;
  Vector<Card> logged_cards_;
  Vector<weft_object*> written_frozen_;
  // To be counted down: what logged objects referred to, and what variables did last time.
  Vector<weft_object*> overwritten_;
  Vector<weft_object*> named_before_;
  Vector<weft_object*> named_;
  // What the stack names, when it is scanned.
  Vector<weft_object*> on_stack_;
  // All counted weak reference objects.
  Vector<weft_object*> weak_;
  Finalizers finalizers_;
  bool collecting_ = false;
  size_t budget_ = kLeastBudget;
  size_t live_after_full_ = 0;
  uint32_t until_stress_ = 0;

  uint64_t collections_ = 0;
  uint64_t full_collections_ = 0;
  uint64_t allocated_before_ = 0;
  uint64_t weak_cleared_ = 0;
};

RefCount collector;

// ---- Starting ----

void RefCount::Start(size_t shadow_bytes) {
  ReadEnvironment();
  MakeShadowStack(shadow_bytes);
  if (kScansStack) FindStackBase();
  if (!heap_.Start() || !card_memory_.Reserve(heap_.reserved_bytes() >> kCardShift, 4096)) {
    weft::gc::Log("no address space for the heap");
    std::exit(2);
  }
  cards_ = reinterpret_cast<uint8_t*>(card_memory_.base());
  SetLimit(options.limit);
  heap_.set_single_slots(options.stress != 0);
  until_stress_ = options.stress;
}

void RefCount::SetLimit(size_t bytes) {
  options.limit = bytes;
  heap_.set_limit(bytes);
}

// ---- Allocation ----

char* RefCount::TryAllocate(size_t size) {
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

bool RefCount::IsStressed() {
  if (options.stress == 0 || --until_stress_ != 0) return false;
  until_stress_ = options.stress;
  return true;
}

char* RefCount::AllocateOrCollect(size_t size) {
  if (IsStressed()) Collect(collections_ % 16 == 15);
  char* object = TryAllocate(size);
  if (object != nullptr) return object;
  Collect(heap_.live_bytes() > 2 * live_after_full_ + kLeastGrowth);
  // A heap that is full but for crumbs would be collected again for each of them.
  auto has_room = [this, size] {
    size_t limit = options.limit;
    return limit == 0 || heap_.live_bytes() + size <= limit - limit / 32;
  };
  if (has_room()) {
    object = TryAllocate(size);
    if (object != nullptr) return object;
  }
  Collect(true);
  if (has_room()) {
    object = TryAllocate(size);
    if (object != nullptr) return object;
  }
  if (finalizers_.due_count() == 0 || finalizers_.running()) return nullptr;
  // Objects that wait for their finalizers take room, and may be the last to do so.
  RunFinalizers();
  Collect(true);
  return TryAllocate(size);
}

weft_object* RefCount::Allocate(uint32_t type_id, size_t size) {
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

weft_object* RefCount::AllocateFinalizable(uint32_t type_id) {
  weft_object* object = Allocate(type_id, weft_types[type_id].size);
  if (object == nullptr) return nullptr;
  object->gc_bits |= kHasFinalizer;
  finalizers_.Add(object);
  return object;
}

// ---- The log ----

void RefCount::Log(weft_object* object) {
  if (object->gc_bits & WEFT_GC_FROZEN) {
    // Roots from now on.
    object->gc_bits &= ~uint32_t{WEFT_GC_WATCHED};
    written_frozen_.Push(object);
    return;
  }
  if (heap_.IsLarge(object)) {
    char* start = reinterpret_cast<char*>(object);
    LogItems(object, start, weft_types[object->type_id].size);
    return;
  }
  object->gc_bits &= ~uint32_t{WEFT_GC_WATCHED};
  logged_.Push(object);
  ForEachReference(object, [this](weft_object** slot) {
    if (heap_.Contains(*slot)) overwritten_.Push(*slot);
  });
}

void RefCount::LogItems(weft_object* object, char* place, int64_t bytes) {
  if ((object->gc_bits & WEFT_GC_FROZEN) != 0 || !heap_.IsLarge(object)) {
    Log(object);
    return;
  }
  constexpr uintptr_t kMask = (uintptr_t{1} << kCardShift) - 1;
  char* end = place + bytes;
  char* card = reinterpret_cast<char*>(reinterpret_cast<uintptr_t>(place) & ~kMask);
  for (; card < end; card += kMask + 1) {
    uint8_t& is_logged = CardOf(card);
    if (is_logged != 0) continue;
    is_logged = 1;
    logged_cards_.Push({object, card});
    ForEachReferenceIn(object, card, [this](weft_object** slot) {
      if (heap_.Contains(*slot)) overwritten_.Push(*slot);
    });
  }
}

// The references of an object that stand in one card.
template <typename Visit>
void RefCount::ForEachReferenceIn(weft_object* object, char* card, Visit visit) {
  char* end = card + (size_t{1} << kCardShift);
  auto visit_inside = [&](weft_object** slot) {
    char* place = reinterpret_cast<char*>(slot);
    if (place >= card && place < end) visit(slot);
  };
  const weft_type& type = weft_types[object->type_id];
  char* start = reinterpret_cast<char*>(object);
  if (card < start + type.size) ForEachFixedReference(object, visit_inside);
  if (type.item_pointer_count == 0) return;
  int64_t item_size = type.item_size;
  char* items = start + type.items_offset;
  int64_t first = card <= items ? 0 : (card - items) / item_size;
  int64_t behind = end <= items ? 0 : (end - items + item_size - 1) / item_size;
  int64_t length = LengthOf(object);
  if (behind > length) behind = length;
  if (first < behind) ForEachReferenceInItems(object, first, behind, visit_inside);
}

// ---- Counting ----

inline void RefCount::CountUp(weft_object* object) {
  if (!heap_.Contains(object)) return;
  if (heap_.Mark(object)) {
    // The first one.
    uint32_t bits = object->gc_bits;
    bool is_known = (bits & kTraced) != 0 || (!is_full_ && (bits & kCounted) != 0);
    object->gc_bits = (bits & (kHasFinalizer)) | kCounted | WEFT_GC_WATCHED | kOne;
    if (!is_known) new_.Push(object);
    return;
  }
  if (object->gc_bits < kStuck) object->gc_bits += kOne;
}

inline void RefCount::CountDown(weft_object* object) {
  uint32_t bits = object->gc_bits;
  if (bits >= kStuck) return;
  if (bits < kOne) Fatal("the count of %p is below zero", static_cast<void*>(object));
  object->gc_bits = bits - kOne;
  if (bits - kOne < kOne) dead_.Push(object);
}

void RefCount::Drain() {
  while (!new_.empty()) {
    weft_object* object = new_.Pop();
    if (new_.size() >= 4) __builtin_prefetch(new_[new_.size() - 4]);
    ForEachReference(object, [this, object](weft_object** slot) {
      if (options.verify) CheckSlot(slot, "a field", object);
      CountUp(*slot);
    });
    if (weft_types[object->type_id].flags & WEFT_TYPE_WEAK) [[unlikely]]
      weak_.Push(object);
  }
}

void RefCount::FreeDead() {
  while (!dead_.empty()) {
    weft_object* object = dead_.Pop();
    heap_.Unmark(object);
    // What its finalizer may want stays counted.
    if (object->gc_bits & kHasFinalizer) continue;
    // Should a new object that is dead and has a finalizer refer to it, it is counted up once more.
    object->gc_bits &= ~kCounted;
    ForEachReference(object, [this](weft_object** slot) {
      if (heap_.Contains(*slot)) CountDown(*slot);
    });
  }
}

void RefCount::CountUpRoots() {
  auto visit = [this](weft_object** slot) {
    if (!heap_.Contains(*slot)) return;
    CountUp(*slot);
    named_.Push(*slot);
  };
  ForEachVariable(visit);
  for (size_t i = 0; i < on_stack_.size(); ++i) visit(&on_stack_[i]);
  for (size_t i = 0; i < written_frozen_.size(); ++i) ForEachReference(written_frozen_[i], visit);
  finalizers_.ForEachDue(visit);
  Drain();
}

void RefCount::CountUpLogged() {
  for (size_t i = 0; i < logged_.size(); ++i) {
    weft_object* object = logged_[i];
    object->gc_bits |= WEFT_GC_WATCHED;
    ForEachReference(object, [this](weft_object** slot) { CountUp(*slot); });
  }
  for (size_t i = 0; i < logged_cards_.size(); ++i) {
    Card card = logged_cards_[i];
    CardOf(card.start) = 0;
    ForEachReferenceIn(card.object, card.start, [this](weft_object** slot) { CountUp(*slot); });
  }
  Drain();
  logged_.Resize(0);
  logged_cards_.Resize(0);
}

void RefCount::ForgetLogged() {
  for (size_t i = 0; i < logged_cards_.size(); ++i) CardOf(logged_cards_[i].start) = 0;
  logged_.Resize(0);
  logged_cards_.Resize(0);
  overwritten_.Resize(0);
  named_before_.Resize(0);
}

// ---- Weak references and finalizers ----

void RefCount::ClearWeakReferences(size_t first) {
  auto clear = [this](weft_object* weak) {
    weft_object** target = WeakSlot(weak);
    if (!HoldsReference(target) || Alive(*target) != nullptr) return;
    *target = nullptr;
    ++weak_cleared_;
  };
  for (size_t i = first; i < weak_.size(); ++i) clear(weak_[i]);
  if (first != 0) return;
  for (size_t i = 0; i < weft_frozen_root_count; ++i) {
    weft_object* object = weft_frozen_roots[i];
    if (weft_types[object->type_id].flags & WEFT_TYPE_WEAK) clear(object);
  }
}

void RefCount::DropDeadWeakReferences() {
  size_t alive = 0;
  for (size_t i = 0; i < weak_.size(); ++i) {
    if (heap_.IsMarked(weak_[i])) weak_[alive++] = weak_[i];
  }
  weak_.Resize(alive);
}

// Counts up what a dead object with a finalizer refers to, unless that has never been counted down.
void RefCount::TraceFrom(weft_object* object) {
  if (!is_full_ && (object->gc_bits & kCounted) != 0) return;
  object->gc_bits |= kTraced;
  ForEachReference(object, [this](weft_object** slot) { CountUp(*slot); });
  Drain();
  if (weft_types[object->type_id].flags & WEFT_TYPE_WEAK) weak_.Push(object);
}

// A dead object is due: it lives until its finalizer has run.
weft_object* RefCount::Keep(weft_object* object) {
  CountUp(object);
  Drain();
  // To be counted down at the next collection, which finds it due, or its finalizer done.
  named_.Push(object);
  return object;
}

// ---- Collecting ----

void RefCount::Collect(bool is_full) {
  if (collecting_) Fatal("a collection within a collection");
  collecting_ = true;
  is_full_ = is_full;
  uint64_t start = NowNanoseconds();
  if (!card_memory_.Commit((heap_.used_bytes() >> kCardShift) + 4096)) {
    Fatal("out of memory during a collection");
  }
  if (options.verify) CheckRoots("before a collection");
  size_t allocated = heap_.allocated_bytes();
  allocated_before_ += allocated;
  uint64_t cleared_before = weak_cleared_;
  size_t due_before = finalizers_.due_count();
  size_t logged = logged_.size() + logged_cards_.size();
  named_.Resize(0);
  if (kScansStack) {
    ListNamedObjects([this](uintptr_t word) { return heap_.FindObject(word); }, on_stack_);
  }
  if (is_full) {
    ForgetLogged();
    weak_.Resize(0);
    heap_.BeginMarking();
    CountUpRoots();
  } else {
    heap_.BeginCounting();
    CountUpRoots();
    CountUpLogged();
    for (size_t i = 0; i < overwritten_.size(); ++i) CountDown(overwritten_[i]);
    for (size_t i = 0; i < named_before_.size(); ++i) CountDown(named_before_[i]);
    overwritten_.Resize(0);
    FreeDead();
  }
  // A weak reference is cleared before the finalizer of its target runs. One that only a dead
  // object with a finalizer holds is seen later, when what that object refers to is counted up.
  ClearWeakReferences(0);
  size_t seen = weak_.size();
  if (!finalizers_.empty()) {
    finalizers_.FindDue(*this);
    finalizers_.ForEachDue([](weft_object** slot) { (*slot)->gc_bits &= ~kHasFinalizer; });
  }
  ClearWeakReferences(seen == 0 ? 0 : seen);
  DropDeadWeakReferences();
  Vector<weft_object*> last = named_before_;
  named_before_ = named_;
  named_ = last;
  if (options.verify) CheckCounts();
  heap_.Sweep();
  size_t live = heap_.live_bytes();
  budget_ = live / 8 > kLeastBudget ? live / 8 : kLeastBudget;
  if (is_full) {
    live_after_full_ = live;
    ++full_collections_;
    heap_.ReleaseBeyond(2 * live + (size_t{16} << 20));
  }
  new_.ReleaseIfLarge();
  dead_.ReleaseIfLarge();
  overwritten_.ReleaseIfLarge();
  if (options.verify) {
    heap_.Poison();
    CheckRoots("after a collection");
  }
  uint64_t end = NowNanoseconds();
  ++collections_;
  pauses.Record(end - start);
  if (options.log) {
    weft::gc::Log(
        "#%llu refcount%s: allocated %zu KB, live %zu KB of %zu KB, %.3f ms, written to %zu, "
        "roots %zu on the stack, weak references cleared %llu, finalizers due %zu",
        static_cast<unsigned long long>(collections_), is_full ? " and marking" : "",
        allocated >> 10, live >> 10, heap_.heap_bytes() >> 10,
        static_cast<double>(end - start) / 1e6, logged,
        static_cast<size_t>(weft_shadow_top - weft_shadow_base),
        static_cast<unsigned long long>(weak_cleared_ - cleared_before),
        finalizers_.due_count() - due_before);
  }
  collecting_ = false;
}

int64_t RefCount::Stat(int32_t which) const {
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

void RefCount::CheckSlot(weft_object** slot, const char* what, const weft_object* holder) {
  weft_object* object = *slot;
  ReferenceKind kind = heap_.Classify(object);
  if (kind == ReferenceKind::kNull || kind == ReferenceKind::kObject) return;
  if (kind == ReferenceKind::kOutside && object->type_id != 0 &&
      object->type_id < weft_type_count && (object->gc_bits & WEFT_GC_FROZEN) != 0) {
    return;
  }
  Fatal("%s%s%s at %p holds %p, which is no object", what, holder == nullptr ? "" : " of ",
        holder == nullptr ? "" : weft_types[holder->type_id].name, static_cast<void*>(slot),
        static_cast<void*>(object));
}

void RefCount::CheckRoots(const char* when) {
  ForEachRoot([&](weft_object** slot) { CheckSlot(slot, when, nullptr); });
}

// Every count is what it must be: a missing barrier shows here.
void RefCount::CheckCounts() {
  size_t words = heap_.used_bytes() / 8;
  uint32_t* counts = static_cast<uint32_t*>(std::calloc(words + 1, sizeof *counts));
  if (counts == nullptr) Fatal("no memory to check counts with");
  auto count = [&](weft_object* object) { ++counts[heap_.OffsetOf(object) / 8]; };
  heap_.ForEachMarked([&](weft_object* holder) {
    ForEachReference(holder, [&](weft_object** slot) {
      if (!heap_.Contains(*slot)) return;
      if (!heap_.IsMarked(*slot)) {
        Fatal("a live %s at %p refers to a freed object at %p: a store was not announced",
              weft_types[holder->type_id].name, static_cast<void*>(holder),
              static_cast<void*>(*slot));
      }
      count(*slot);
    });
  });
  for (size_t i = 0; i < named_before_.size(); ++i) count(named_before_[i]);
  heap_.ForEachMarked([&](weft_object* object) {
    uint32_t expected = counts[heap_.OffsetOf(object) / 8];
    uint32_t bits = object->gc_bits;
    if (bits >= kStuck || bits >> kCountShift == expected) return;
    Fatal("the %s at %p has a count of %u and %u references: a store was not announced",
          weft_types[object->type_id].name, static_cast<void*>(object), bits >> kCountShift,
          expected);
  });
  std::free(counts);
}

}  // namespace
}  // namespace weft::gc

void weft_gc_log(weft_object* object) { weft::gc::collector.Log(object); }

void weft_gc_log_items(weft_object* object, void* place, int64_t bytes) {
  weft::gc::collector.LogItems(object, static_cast<char*>(place), bytes);
}

#include "gc/entry_points.h"
