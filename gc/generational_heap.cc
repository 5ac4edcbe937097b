#include "gc/generational_heap.h"

#include <cstring>

char* weft_gc_next = nullptr;
char* weft_gc_end = nullptr;
char* weft_gc_cards = nullptr;
uintptr_t weft_gc_young_start = 0;
uintptr_t weft_gc_young_bytes = 0;
int weft_gc_is_marking = 0;

namespace weft::gc {

namespace {

constexpr int kCardShift = WEFT_GC_CARD_SHIFT;
// Shorter objects are visited as a whole: their items are soon looked through, and stores into them
// cost less.
constexpr size_t kLeastWithCards = size_t{64} << 10;
constexpr size_t kCardBytes = size_t{1} << kCardShift;
// The nursery grows to this many times what is always remembered, up to the greatest size.
constexpr size_t kNurseryPerAlways = 2;
constexpr size_t kGreatestNursery = size_t{256} << 20;
constexpr size_t kLeastBudget = size_t{8} << 20;
constexpr int kPoison = 0xdb;
// Under stress, every so many collections are of the old space, too.
constexpr uint32_t kStressMajor = 8;

// What may become old, at least, between two collections of the old space. Checks see more of them.
size_t LeastBudget() { return options.verify ? kLeastBudget / 16 : kLeastBudget; }

size_t RoundedSize(size_t size) { return size <= 16 ? 16 : (size + 7) & ~size_t{7}; }

// Cards that are tested at once.
constexpr size_t kCardsAtATime = 64;
// Places that are asked into the cache before the first of them is visited.
constexpr size_t kBatch = 32;

// Whether these bytes, a multiple of 8, are all zero.
bool AreZero(const char* bytes, size_t count) {
  uint64_t any = 0;
  for (size_t i = 0; i < count; i += 8) {
    uint64_t word;
    std::memcpy(&word, bytes + i, 8);
    any |= word;
  }
  return any == 0;
}

GenerationalHeap heap;

}  // namespace

// ---- Starting -----------------------------------------------------------------------------------

void GenerationalHeap::Start(size_t shadow_bytes) {
  ReadEnvironment();
  MakeShadowStack(shadow_bytes);
  nursery_bytes_ = kNurseryBytes;
  // A small heap has a small nursery.
  while (options.limit != 0 && nursery_bytes_ > options.limit / 8) nursery_bytes_ /= 2;
  if (!nursery_.Reserve(kGreatestNursery, 4096) || !nursery_.Commit(nursery_bytes_) ||
      !old_.Start() || !cards_.Reserve(old_.reserved_bytes() >> kCardShift, 4096)) {
    gc::Log("no address space for the heap");
    std::exit(2);
  }
  young_start_ = weft_gc_next = weft_gc_end = clean_ = nursery_.base();
  // The index is an address, not an offset.
  weft_gc_cards = reinterpret_cast<char*>(reinterpret_cast<uintptr_t>(cards_.base()) -
                                          (reinterpret_cast<uintptr_t>(old_.base()) >> kCardShift));
  TellStores();
  old_.set_zeroes(false);
  SetLimit(options.limit);
  budget_ = LeastBudget();
  until_stress_ = options.stress;
}

size_t GenerationalHeap::OldLimit() const {
  // A minor collection may need room for all of the nursery.
  return options.limit < 4 * nursery_bytes_ ? options.limit / 2
                                            : options.limit - 2 * nursery_bytes_;
}

void GenerationalHeap::SetLimit(size_t bytes) {
  options.limit = bytes;
  old_.set_limit(bytes == 0 ? 0 : OldLimit());
}

// ---- Allocation ---------------------------------------------------------------------------------

bool GenerationalHeap::IsStressed() {
  if (options.stress == 0 || --until_stress_ != 0) return false;
  until_stress_ = options.stress;
  return true;
}

char* GenerationalHeap::TryCut(size_t size) {
  size_t rounded = RoundedSize(size);
  size_t rest = static_cast<size_t>(nursery_.base() + nursery_bytes_ - weft_gc_next);
  if (rounded > rest) return nullptr;
  size_t ahead = options.stress != 0 || rounded > kZeroAtATime ? rounded : kZeroAtATime;
  char* end = weft_gc_next + (ahead < rest ? ahead : rest);
  if (end > weft_gc_end) {
    char* stop = end < clean_ ? end : clean_;
    if (weft_gc_end < stop) std::memset(weft_gc_end, 0, static_cast<size_t>(stop - weft_gc_end));
    weft_gc_end = end;
    if (end > clean_) clean_ = end;
  }
  char* object = weft_gc_next;
  weft_gc_next += rounded;
  return object;
}

char* GenerationalHeap::AllocateSmall(size_t size) {
  if (marking_) MarkMeanwhile(kZeroAtATime);
  // The old space being too full stops the program before the nursery is.
  if (!IsOverLimit(0)) {
    char* object = TryCut(size);
    if (object != nullptr) return object;
  }
  CollectYoung();
  // A heap that is full but for crumbs would be collected again for each of them.
  const size_t crumbs = OldLimit() / 32;
  if (IsOverLimit(crumbs)) CollectAll();
  if (IsOverLimit(crumbs) && finalizers_.due_count() != 0 && !finalizers_.running()) {
    // Objects that wait for their finalizers take room, and may be the last to do so.
    finalizers_.Run();
    CollectAll();
  }
  if (IsOverLimit(crumbs)) return nullptr;
  return TryCut(size);
}

char* GenerationalHeap::AllocateLarge(size_t size) {
  if (marking_) MarkMeanwhile(size);
  if (old_.allocated_bytes() + size > budget_ / 2) CollectYoung();
  char* memory = size <= old_.reserved_bytes() ? old_.TryLarge(size) : nullptr;
  if (memory == nullptr) {
    CollectAll();
    if (finalizers_.due_count() != 0 && !finalizers_.running()) {
      finalizers_.Run();
      CollectAll();
    }
    memory = size <= old_.reserved_bytes() ? old_.TryLarge(size) : nullptr;
  }
  if (memory != nullptr) {
    allocated_ += size;
    size_t end = old_.OffsetOf(memory) + size;
    if (!cards_.Commit((end >> kCardShift) + 1)) Fatal("out of memory for cards");
  }
  return memory;
}

// Makes a large object known to the next minor collection.
void GenerationalHeap::AddLarge(weft_object* object, size_t size) {
  const weft_type& type = weft_types[object->type_id];
  if (size >= kLeastWithCards && type.item_pointer_count != 0 && type.pointer_count == 0) {
    // Looking through all of it would take long. It is told of its items from the beginning.
    object->gc_bits = WEFT_GC_WATCHED;
  } else {
    fresh_.Push(object);
  }
  if (options.verify) all_old_.Push(object);
}

weft_object* GenerationalHeap::Allocate(uint32_t type_id, size_t size) {
  if (finalizers_.due_count() != 0) finalizers_.Run();
  if (IsStressed()) {
    if (++stress_count_ % kStressMajor == 0) {
      CollectAll();
    } else {
      CollectYoung();
    }
  }
  char* memory = size <= WEFT_GC_SMALL_MAX ? AllocateSmall(size) : AllocateLarge(size);
  if (memory == nullptr) {
    weft_raise_memory_error();
    return nullptr;
  }
  weft_object* object = reinterpret_cast<weft_object*>(memory);
  object->type_id = type_id;
  if (size > WEFT_GC_SMALL_MAX) AddLarge(object, size);
  return object;
}

weft_object* GenerationalHeap::AllocateFinalizable(uint32_t type_id) {
  size_t size = weft_types[type_id].size;
  // A young one first: that collects when it is time. It dies at once.
  weft_object* object = Allocate(type_id, size);
  if (object == nullptr || size > WEFT_GC_SMALL_MAX) {
    if (object != nullptr) finalizers_.Add(object);
    return object;
  }
  old_.set_limit(0);
  weft_object* now = Copy(object);
  SetLimit(options.limit);
  // It is new, and what is stored into it is not announced.
  now->gc_bits = 0;
  fresh_.Push(now);
  finalizers_.Add(now);
  return now;
}

int64_t GenerationalHeap::IdentityHash(weft_object* object) {
  uint32_t hash = object->gc_bits >> WEFT_GC_OWN_SHIFT;
  if (hash != 0) return hash;
  // Those without a number may stand in read-only memory.
  if (object->gc_bits & WEFT_GC_FROZEN) return HashOfAddress(object);
  hash = NextIdentityHash(&next_hash_);
  object->gc_bits |= hash << WEFT_GC_OWN_SHIFT;
  return hash;
}

// ---- Remembering --------------------------------------------------------------------------------

void GenerationalHeap::Remember(weft_object* object) {
  object->gc_bits &= ~static_cast<uint32_t>(WEFT_GC_WATCHED);
  remembered_.Push(object);
  if ((object->gc_bits & (WEFT_GC_FROZEN | WEFT_GC_REMEMBERED)) == WEFT_GC_FROZEN) {
    object->gc_bits |= WEFT_GC_REMEMBERED;
    written_frozen_.Push(object);
  }
}

void GenerationalHeap::RememberField(weft_object* object, weft_object* value) {
  if (IsOldStore(object, value)) {
    marker_.MarkValue(value);
  } else {
    Remember(object);
  }
}

void GenerationalHeap::RememberItem(weft_object* object, char* slot, weft_object* value) {
  if (IsOldStore(object, value)) {
    marker_.MarkValue(value);
  } else if (HasCards(object)) {
    MarkCard(object, slot);
  } else {
    Remember(object);
  }
}

void GenerationalHeap::RememberItems(weft_object* object, char* to, const char* from,
                                     size_t bytes) {
  if (!HasCards(object)) return Remember(object);
  const weft_type& type = weft_types[object->type_id];
  for (size_t item = 0; item < bytes; item += type.item_size) {
    for (uint32_t i = 0; i < type.item_pointer_count; ++i) {
      const size_t place = item + type.item_pointers[i];
      weft_object* value;
      std::memcpy(&value, from + place, sizeof(value));
      if (IsYoung(value)) {
        MarkCard(object, to + place);
      } else if (marking_) {
        marker_.MarkValue(value);
      }
    }
  }
}

void GenerationalHeap::TellStores() {
  weft_gc_young_start = reinterpret_cast<uintptr_t>(nursery_.base());
  weft_gc_young_bytes = nursery_bytes_;
  weft_gc_is_marking = marking_ ? 1 : 0;
}

void GenerationalHeap::RememberAlways(weft_object* array) {
  const bool is_fresh = !fresh_.empty() && fresh_[fresh_.size() - 1] == array;
  if (!is_fresh && array->gc_bits != WEFT_GC_WATCHED) {
    Fatal("a %s at %p is to be remembered for good, and is no new large object",
          weft_types[array->type_id].name, static_cast<void*>(array));
  }
  if (is_fresh) fresh_.Pop();
  array->gc_bits = 0;
  always_.Push(array);
  always_bytes_ += SizeOf(array);
}

bool GenerationalHeap::HasCards(const weft_object* object) const {
  return old_.Contains(object) && old_.IsLarge(object) && SizeOf(object) >= kLeastWithCards;
}

void GenerationalHeap::MarkCard(weft_object* object, char* slot) {
  if ((object->gc_bits & WEFT_GC_REMEMBERED) == 0) {
    object->gc_bits |= WEFT_GC_REMEMBERED;
    dirty_large_.Push(object);
  }
  cards_.base()[old_.OffsetOf(slot) >> kCardShift] = 1;
}

// ---- Minor collections --------------------------------------------------------------------------

// Copies a young object that has not been copied.
inline weft_object* GenerationalHeap::Copy(weft_object* object) {
  size_t size = SizeOf(object);
  uint32_t size_class = weft_gc_classes.of_words[(size + 7) >> 3];
  char* memory = old_.TrySmall(size_class);
  if (memory == nullptr) [[unlikely]] {
    if (!old_.AddBlock(size_class)) Fatal("out of memory during a collection");
    memory = old_.TrySmall(size_class);
  }
  std::memcpy(memory, object, RoundedSize(size));
  weft_object* now = reinterpret_cast<weft_object*>(memory);
  now->gc_bits |= WEFT_GC_WATCHED;
  SetNewAddress(object, now);
  promoted_bytes_ += size;
  if (options.verify) all_old_.Push(now);
  return now;
}

void GenerationalHeap::Promote(weft_object** slot) {
  if (!IsYoung(*slot)) return;
  promoted_.Push(slot);
  while (!promoted_.empty()) {
    slot = promoted_.Pop();
    weft_object* object = *slot;
    if ((object->gc_bits & WEFT_GC_MARK) != 0) {
      *slot = NewAddress(object);
      continue;
    }
    weft_object* now = Copy(object);
    *slot = now;
    size_t first = promoted_.size();
    if (!marking_) {
      ForEachReference(now, [this](weft_object** reference) {
        if (IsYoung(*reference)) promoted_.Push(reference);
      });
    } else {
      // Marked and visited at once: what it refers to is young, and will be, or is marked here.
      ForEachReference(now, [this](weft_object** reference) {
        if (IsYoung(*reference)) {
          promoted_.Push(reference);
        } else {
          marker_.Mark(reference);
        }
      });
      old_.Mark(now);
    }
    // The first one is to be the next.
    for (size_t last = promoted_.size(); first + 1 < last; ++first) {
      --last;
      weft_object** reference = promoted_[first];
      promoted_[first] = promoted_[last];
      promoted_[last] = reference;
    }
    if (weft_types[now->type_id].flags & WEFT_TYPE_WEAK) [[unlikely]] {
      young_weak_.Push(now);
      if (marking_) marker_.AddWeak(now);
    }
  }
}

void GenerationalHeap::VisitDirtyCards(weft_object* object) {
  object->gc_bits &= ~static_cast<uint32_t>(WEFT_GC_REMEMBERED);
  ForEachFixedReference(object, [this](weft_object** slot) { PromoteAndMark(slot); });
  char* cards = cards_.base() + (old_.OffsetOf(object) >> kCardShift);
  const size_t count = (SizeOf(object) + kCardBytes - 1) >> kCardShift;
  // Where the dirty ones are, a batch of them at a time, so that their memory comes into the cache
  // together.
  size_t dirty[kBatch];
  size_t found = 0;
  for (size_t card = 0; card < count; ++card) {
    // Many at a time where nothing was written.
    while (card + kCardsAtATime <= count && AreZero(cards + card, kCardsAtATime)) {
      card += kCardsAtATime;
    }
    if (card == count) break;
    if (cards[card] == 0) continue;
    cards[card] = 0;
    const char* start = reinterpret_cast<const char*>(object) + (card << kCardShift);
    __builtin_prefetch(start);
    __builtin_prefetch(start + kCardBytes / 2);
    dirty[found++] = card;
    if (found < kBatch) continue;
    for (size_t i = 0; i < found; ++i) VisitCard(object, dirty[i]);
    found = 0;
  }
  for (size_t i = 0; i < found; ++i) VisitCard(object, dirty[i]);
}

void GenerationalHeap::VisitCard(weft_object* object, size_t card) {
  const weft_type& type = weft_types[object->type_id];
  const size_t start = card << kCardShift;
  const size_t end = start + kCardBytes;
  if (end <= type.items_offset) return;
  const int64_t length = LengthOf(object);
  int64_t first = 0;
  if (start > type.items_offset) {
    first = static_cast<int64_t>((start - type.items_offset) / type.item_size);
  }
  int64_t behind =
      static_cast<int64_t>((end - type.items_offset + type.item_size - 1) / type.item_size);
  if (behind > length) behind = length;
  if (first >= behind) return;
  // While marking is under way, what is old there was marked when it was stored.
  ForEachReferenceInItems(object, first, behind, [this](weft_object** slot) { Promote(slot); });
  ++visited_;
}

void GenerationalHeap::VisitWhole(weft_object* array) {
  ForEachFixedReference(array, [this](weft_object** slot) { PromoteAndMark(slot); });
  const weft_type& type = weft_types[array->type_id];
  const char* items = reinterpret_cast<const char*>(array) + type.items_offset;
  const int64_t length = LengthOf(array);
  // Most of a stack is null; a few items of that are seen at once.
  constexpr int64_t kItems = 16;
  for (int64_t first = 0; first < length; first += kItems) {
    const int64_t behind = first + kItems < length ? first + kItems : length;
    const size_t bytes = static_cast<size_t>(behind - first) * type.item_size;
    if (AreZero(items + static_cast<size_t>(first) * type.item_size, bytes)) continue;
    ForEachReferenceInItems(array, first, behind,
                            [this](weft_object** slot) { PromoteAndMark(slot); });
  }
}

void GenerationalHeap::VisitRemembered() {
  for (size_t i = 0; i < always_.size(); ++i) VisitWhole(always_[i]);
  visited_ = remembered_.size();
  for (size_t i = 0; i < remembered_.size(); ++i) {
    if (i + kBatch / 2 < remembered_.size()) __builtin_prefetch(remembered_[i + kBatch / 2]);
    weft_object* object = remembered_[i];
    ForEachReference(object, [this](weft_object** slot) { PromoteAndMark(slot); });
    object->gc_bits |= WEFT_GC_WATCHED;
  }
  remembered_.Resize(0);
  for (size_t i = 0; i < dirty_large_.size(); ++i) VisitDirtyCards(dirty_large_[i]);
  dirty_large_.Resize(0);
  for (size_t i = 0; i < fresh_.size(); ++i) {
    weft_object* object = fresh_[i];
    ForEachReference(object, [this](weft_object** slot) { PromoteAndMark(slot); });
    object->gc_bits |= WEFT_GC_WATCHED;
    // Its references are marked already.
    if (marking_) old_.Mark(object);
  }
  fresh_.Resize(0);
}

void GenerationalHeap::Minor() {
  if (collecting_) Fatal("a collection within a collection");
  collecting_ = true;
  if (options.verify) CheckBefore();
  size_t used = NurseryUsed();
  allocated_ += used;
  promoted_bytes_ = 0;
  used_before_minor_ = old_.used_bytes();
  // What must be copied is copied; whether that was too much is seen afterwards.
  old_.set_limit(0);
  ForEachVariable([this](weft_object** slot) { Promote(slot); });
  VisitRemembered();
  for (size_t i = 0; i < young_weak_.size(); ++i) {
    weft_object** target = WeakSlot(young_weak_[i]);
    if (!HoldsReference(target) || !IsYoung(*target)) continue;
    bool is_alive = ((*target)->gc_bits & WEFT_GC_MARK) != 0;
    if (!is_alive) ++weak_cleared_;
    *target = is_alive ? NewAddress(*target) : nullptr;
  }
  young_weak_.Resize(0);
  if (weft_noted_exception != nullptr && IsYoung(weft_noted_exception)) {
    bool is_alive = (weft_noted_exception->gc_bits & WEFT_GC_MARK) != 0;
    weft_noted_exception = is_alive ? NewAddress(weft_noted_exception) : nullptr;
  }
  EmptyNursery();
  SetLimit(options.limit);
  if (options.verify) {
    ForEachVariable(
        [&](weft_object** slot) { CheckSlot(slot, "after a minor collection", nullptr); });
  }
  ++minors_;
  if (options.log) Log("minor", used);
  collecting_ = false;
}

void GenerationalHeap::CollectYoung() {
  uint64_t start = NowNanoseconds();
  Minor();
  AfterMinor();
  pauses.Record(NowNanoseconds() - start);
}

void GenerationalHeap::CollectAll() {
  uint64_t start = NowNanoseconds();
  Minor();
  CollectOld();
  pauses.Record(NowNanoseconds() - start);
}

void GenerationalHeap::EmptyNursery() {
  if (options.verify)
    std::memset(nursery_.base(), kPoison, static_cast<size_t>(clean_ - nursery_.base()));
  FitNursery();
  if (options.stress != 0 && weft_gc_next + WEFT_GC_SMALL_MAX <= nursery_.base() + nursery_bytes_) {
    // A stale reference shall not meet with the next object by chance.
    young_start_ = weft_gc_next;
  } else {
    young_start_ = nursery_.base();
  }
  weft_gc_next = weft_gc_end = young_start_;
}

// Called when the nursery is empty.
void GenerationalHeap::FitNursery() {
  size_t wanted = WantedNursery();
  while (wanted < kNurseryPerAlways * always_bytes_) wanted *= 2;
  if (wanted > kGreatestNursery) wanted = kGreatestNursery;
  while (options.limit != 0 && wanted > options.limit / 8) wanted /= 2;
  if (nursery_.Commit(wanted)) nursery_bytes_ = wanted;
  TellStores();
}

// ---- The old space ------------------------------------------------------------------------------

void GenerationalHeap::BeginMarking() {
  unswept_bytes_ = OldBytes();
  old_.BeginMarking();
  marker_.Begin();
  marking_ = true;
  TellStores();
}

void GenerationalHeap::MarkRoots() {
  ForEachVariable([this](weft_object** slot) { marker_.Mark(slot); });
  for (size_t i = 0; i < written_frozen_.size(); ++i) {
    ForEachReference(written_frozen_[i], [this](weft_object** slot) { marker_.Mark(slot); });
  }
  finalizers_.ForEachDue([this](weft_object** slot) { marker_.Mark(slot); });
}

void GenerationalHeap::FinishMarking() {
  size_t bytes = OldBytes();
  // A weak reference is cleared before the finalizer of its target runs. One that only a dead
  // object with a finalizer holds is seen later, when that object's part of the heap is marked.
  marker_.ClearWeakReferences();
  if (!finalizers_.empty()) finalizers_.FindDue(marker_);
  marker_.ClearWeakReferences();
  if (weft_noted_exception != nullptr) weft_noted_exception = marker_.Alive(weft_noted_exception);
  marking_ = false;
  TellStores();
  if (options.verify) CheckMarks();
  size_t kept = 0;
  for (size_t i = 0; i < always_.size(); ++i) {
    if (old_.IsMarked(always_[i])) {
      always_[kept++] = always_[i];
    } else {
      always_bytes_ -= SizeOf(always_[i]);
    }
  }
  always_.Resize(kept);
  old_.Sweep();
  size_t live = old_.live_bytes();
  budget_ = live > LeastBudget() ? live : LeastBudget();
  marker_.ReleaseMemory();
  if (options.verify) {
    old_.Poison();
    CheckAfter("after a collection");
  }
  ++majors_;
  if (options.log) Log("major", bytes);
}

int64_t GenerationalHeap::Stat(int32_t which) const {
  switch (which) {
    case WEFT_GC_STAT_COLLECTIONS:
      return static_cast<int64_t>(minors_ + majors_);
    case WEFT_GC_STAT_ALLOCATED_BYTES:
      return static_cast<int64_t>(allocated_ + NurseryUsed());
    case WEFT_GC_STAT_USED_BYTES:
      return static_cast<int64_t>(OldBytes() + NurseryUsed());
    case WEFT_GC_STAT_HEAP_BYTES:
      return static_cast<int64_t>(old_.heap_bytes() + nursery_bytes_);
  }
  return pauses.Stat(which);
}

void GenerationalHeap::Log(const char* kind, size_t bytes) {
  gc::Log(
      "#%llu %s, %s: of %zu KB, promoted %zu KB, old space %zu KB of %zu KB, "
      "roots %zu on the stack, weak references cleared %llu, finalizers due %zu",
      static_cast<unsigned long long>(minors_ + majors_), kName, kind, bytes >> 10,
      promoted_bytes_ >> 10, OldBytes() >> 10, old_.heap_bytes() >> 10,
      static_cast<size_t>(weft_shadow_top - weft_shadow_base),
      static_cast<unsigned long long>(weak_cleared_ + marker_.weak_cleared()),
      finalizers_.due_count());
}

// ---- Checking -----------------------------------------------------------------------------------

void GenerationalHeap::FindYoungStarts() {
  young_starts_.Resize(0);
  for (size_t i = 0; i < NurseryUsed() / 8; ++i) young_starts_.Push(0);
  for (char* at = young_start_; at != weft_gc_next;) {
    weft_object* object = reinterpret_cast<weft_object*>(at);
    if (object->type_id == 0 || object->type_id >= weft_type_count) {
      Fatal("the young object at %p has no type", static_cast<void*>(at));
    }
    young_starts_[static_cast<size_t>(at - young_start_) / 8] = 1;
    at += RoundedSize(SizeOf(object));
  }
}

void GenerationalHeap::CheckSlot(weft_object** slot, const char* what, const weft_object* holder) {
  const weft_object* object = *slot;
  bool valid = false;
  if (reinterpret_cast<uintptr_t>(object) % 8 != 0) {
  } else if (IsYoung(object)) {
    size_t offset = static_cast<size_t>(reinterpret_cast<const char*>(object) - young_start_);
    valid = offset < NurseryUsed() && young_starts_[offset / 8] != 0;
  } else {
    switch (old_.Classify(object)) {
      case ReferenceKind::kObject:
        valid = true;
        break;
      case ReferenceKind::kOutside:
        valid = object->type_id != 0 && object->type_id < weft_type_count &&
                (object->gc_bits & WEFT_GC_FROZEN) != 0;
        break;
      default:
        break;
    }
  }
  if (valid) return;
  Fatal("%s%s%s at %p holds %p, which is no object", what, holder == nullptr ? "" : " of ",
        holder == nullptr ? "" : weft_types[holder->type_id].name, static_cast<void*>(slot),
        static_cast<const void*>(object));
}

// Every old object that refers to a young one was remembered.
void GenerationalHeap::CheckRemembered(weft_object* object) {
  if ((object->gc_bits & WEFT_GC_WATCHED) == 0) return;
  bool has_cards =
      old_.Contains(object) && old_.IsLarge(object) && (object->gc_bits & WEFT_GC_REMEMBERED) != 0;
  ForEachReference(object, [&](weft_object** slot) {
    if (!IsYoung(*slot)) return;
    if (has_cards && cards_.base()[old_.OffsetOf(slot) >> kCardShift] != 0) return;
    Fatal("a store into a %s at %p was not announced: %p holds the young object %p",
          weft_types[object->type_id].name, static_cast<void*>(object), static_cast<void*>(slot),
          static_cast<void*>(*slot));
  });
}

void GenerationalHeap::CheckBefore() {
  FindYoungStarts();
  ForEachVariable([&](weft_object** slot) { CheckSlot(slot, "before a collection", nullptr); });
  auto check = [this](weft_object* object) {
    ForEachReference(object, [&](weft_object** slot) { CheckSlot(slot, "a field", object); });
    CheckRemembered(object);
  };
  // Of a large old space not each time.
  if (all_old_.size() < 100000 || minors_ % 8 == 0) {
    for (size_t i = 0; i < all_old_.size(); ++i) check(all_old_[i]);
  }
  for (size_t i = 0; i < weft_frozen_root_count; ++i) {
    weft_object* object = weft_frozen_roots[i];
    check(object);
    if ((object->gc_bits & WEFT_GC_REMEMBERED) != 0) continue;
    ForEachReference(object, [&](weft_object** slot) {
      if (!IsYoung(*slot) && !old_.Contains(*slot)) return;
      Fatal("a store into the frozen %s at %p was not announced", weft_types[object->type_id].name,
            static_cast<void*>(object));
    });
  }
  for (char* at = young_start_; at != weft_gc_next;) {
    weft_object* object = reinterpret_cast<weft_object*>(at);
    ForEachReference(object, [&](weft_object** slot) { CheckSlot(slot, "a field", object); });
    at += RoundedSize(SizeOf(object));
  }
}

// Everything marked refers to marked objects only.
void GenerationalHeap::CheckMarks() {
  size_t alive = 0;
  for (size_t i = 0; i < all_old_.size(); ++i) {
    weft_object* holder = all_old_[i];
    if (!old_.IsMarked(holder)) continue;
    all_old_[alive++] = holder;
    ForEachReference(holder, [&](weft_object** slot) {
      if (!old_.Contains(*slot) || old_.IsMarked(*slot)) return;
      Fatal("a live %s at %p refers to an unmarked object at %p", weft_types[holder->type_id].name,
            static_cast<void*>(holder), static_cast<void*>(*slot));
    });
  }
  all_old_.Resize(alive);
}

// Nothing is young any more.
void GenerationalHeap::CheckAfter(const char* when) {
  ForEachVariable([&](weft_object** slot) { CheckSlot(slot, when, nullptr); });
  for (size_t i = 0; i < all_old_.size(); ++i) {
    weft_object* object = all_old_[i];
    ForEachReference(object, [&](weft_object** slot) { CheckSlot(slot, "a field", object); });
  }
  for (size_t i = 0; i < weft_frozen_root_count; ++i) {
    weft_object* object = weft_frozen_roots[i];
    ForEachReference(object, [&](weft_object** slot) { CheckSlot(slot, "a field", object); });
  }
}

}  // namespace weft::gc

using weft::gc::heap;

void weft_gc_start(size_t shadow_bytes) { heap.Start(shadow_bytes); }

void weft_gc_collect(void) {
  heap.CollectAll();
  heap.RunFinalizers();
}

int64_t weft_gc_stat(int32_t which) { return heap.Stat(which); }

int64_t weft_gc_identity_hash(weft_object* object) { return heap.IdentityHash(object); }

void weft_gc_set_limit(size_t bytes) { heap.SetLimit(bytes); }

weft_object* weft_gc_alloc_slow(uint32_t type_id, size_t size) {
  return heap.Allocate(type_id, size);
}

weft_object* weft_gc_alloc_items_slow(uint32_t type_id, size_t fixed_size, size_t item_size,
                                      size_t length_offset, int64_t length) {
  size_t size = 0;
  if (!weft::gc::SizeWithItems(fixed_size, item_size, length, &size)) {
    weft_raise_memory_error();
    return nullptr;
  }
  weft_object* object = heap.Allocate(type_id, size);
  if (object != nullptr) {
    *reinterpret_cast<int64_t*>(reinterpret_cast<char*>(object) + length_offset) = length;
  }
  return object;
}

weft_object* weft_gc_alloc_finalizable(uint32_t type_id) {
  return heap.AllocateFinalizable(type_id);
}

void weft_gc_remember_large(weft_object* array) { heap.RememberAlways(array); }

void weft_gc_remember(weft_object* object) { heap.Remember(object); }

void weft_gc_remember_field(weft_object* object, void* value) {
  heap.RememberField(object, static_cast<weft_object*>(value));
}

void weft_gc_remember_item(weft_object* object, void* slot, void* value) {
  heap.RememberItem(object, static_cast<char*>(slot), static_cast<weft_object*>(value));
}

void weft_gc_remember_items(weft_object* object, void* to, const void* from, int64_t bytes) {
  heap.RememberItems(object, static_cast<char*>(to), static_cast<const char*>(from),
                     static_cast<size_t>(bytes));
}
