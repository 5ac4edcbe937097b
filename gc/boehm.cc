// The collector over libgc, by Boehm, Demers and Weiser: conservative, not moving, stop-the-world.
// To compare with, and for programs that hand references to foreign code.
//
// libgc finds roots by itself: the stack, the registers and all static data are scanned for words
// that could be references, so the gc transform is not needed. Objects with references are scanned
// as a whole; those without any, such as strings and arrays of numbers, are not. References of the
// program point at the start of objects, so pointers to the inside of objects count on the stack
// and in registers only.
//
// Weak references and finalizers keep the meaning that they have with the other collectors, so
// libgc's own are not used but to keep dead objects with finalizers intact. Both are decided when
// marking is done and nothing has been reclaimed:
//
//  - Weak references live in memory of a kind of its own, which the marker does not scan but lists.
//    Those with unmarked targets are cleared.
//  - Objects with finalizers are listed when they are allocated. From the dead ones we follow
//    references by type, within what is dead, and choose as gc/marksweep.cc does: one that no
//    other dead one reaches is due, and so are those on cycles.
//
// The lists of free objects that the inline paths use are dropped when a collection starts: what
// was left in them is garbage like any other.

#include <cstring>

#include "gc/support.h"

#if __has_include(<gc/gc.h>)
// Declares what sets the number of threads that mark; nothing is redirected.
#define GC_THREADS
#define GC_NO_THREAD_REDIRECTS
#include <gc/gc.h>
#include <gc/gc_inline.h>
#include <gc/gc_mark.h>
#else
#error "--gc=boehm needs libgc and its headers: on Debian, apt-get install libgc-dev"
#endif

void* weft_gc_lists[2][WEFT_GC_SMALL_MAX / WEFT_GC_GRANULE + 1];
uint8_t* weft_gc_kinds = nullptr;

namespace weft::gc {

namespace {

// In the header of an object whose finalizer is due or has run, and in that of every weak
// reference; what lies on a free list has no such bit there, because it has a pointer.
constexpr uint32_t kDue = uint32_t{1} << 30;
constexpr uint32_t kIsWeak = uint32_t{1} << 31;

// A set of objects: open addressing, at most half full.
class ObjectSet {
 public:
  ~ObjectSet() { std::free(slots_); }
  // False when it was there already.
  bool Add(weft_object* object) {
    if (2 * (size_ + 1) > capacity_) Grow();
    weft_object** slot = Find(object);
    if (*slot != nullptr) return false;
    *slot = object;
    ++size_;
    return true;
  }
  bool Has(weft_object* object) const { return size_ != 0 && *Find(object) != nullptr; }

 private:
  weft_object** Find(weft_object* object) const {
    size_t at = static_cast<size_t>(HashOfAddress(object)) & (capacity_ - 1);
    while (slots_[at] != nullptr && slots_[at] != object) at = (at + 1) & (capacity_ - 1);
    return &slots_[at];
  }
  void Grow() {
    weft_object** old = slots_;
    size_t old_capacity = capacity_;
    capacity_ = capacity_ == 0 ? 256 : 2 * capacity_;
    slots_ = static_cast<weft_object**>(std::calloc(capacity_, sizeof *slots_));
    if (slots_ == nullptr) Fatal("out of memory during a collection");
    for (size_t i = 0; i < old_capacity; ++i) {
      if (old[i] != nullptr) *Find(old[i]) = old[i];
    }
    std::free(old);
  }

  weft_object** slots_ = nullptr;
  size_t size_ = 0;
  size_t capacity_ = 0;
};

class Boehm {
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

  // What libgc calls.
  void OnEvent(GC_EventType event);
  GC_ms_entry* MarkWeak(weft_object* weak, GC_ms_entry* top, GC_ms_entry* limit);
  void PushRoots();
  void Finalizable(weft_object* object);

 private:
  void* TryAllocate(uint8_t kind, size_t size);
  bool IsStressed();
  void Register(weft_object* object);
  void EndMarking();
  void FindDueFinalizers();
  void Reach(weft_object* object);
  void ClearWeakReference(weft_object* weak, const ObjectSet& reached);
  void CheckRoots(const char* when);
  // An object that is in libgc's heap and that marking has not reached. Frozen ones are not.
  static bool IsDead(weft_object* object) {
    return object != nullptr && (object->gc_bits & WEFT_GC_FROZEN) == 0 && !GC_is_marked(object);
  }

  // libgc's number for each WEFT_GC_* kind.
  unsigned kinds_[3] = {};
  GC_push_other_roots_proc push_default_roots_ = nullptr;
  uint32_t until_stress_ = 0;
  bool finalizing_ = false;
  uint64_t collections_ = 0;
  uint64_t start_ = 0;
  size_t weak_cleared_ = 0;
  // None of these lists is seen by libgc, so none keeps an object alive; `due_` is pushed.
  Vector<weft_object*> weak_;
  Vector<weft_object*> finalizable_;
  Vector<weft_object*> due_;
  size_t next_due_ = 0;
  size_t due_found_ = 0;
  Vector<weft_object*> dead_;
  Vector<weft_object*> on_cycle_;
  Vector<weft_object*> work_;
  Vector<weft_object*> reached_weak_;
  ObjectSet* reached_ = nullptr;
};

Boehm collector;

void GC_CALLBACK OnEvent(GC_EventType event) { collector.OnEvent(event); }

void GC_CALLBACK PushRoots() { collector.PushRoots(); }

void GC_CALLBACK OnFinalizable(void* object, void*) {
  collector.Finalizable(static_cast<weft_object*>(object));
}

GC_ms_entry* MarkWeak(GC_word* object, GC_ms_entry* top, GC_ms_entry* limit, GC_word) {
  return collector.MarkWeak(reinterpret_cast<weft_object*>(object), top, limit);
}

void Boehm::Start(size_t shadow_bytes) {
  ReadEnvironment();
  MakeShadowStack(shadow_bytes);
  weft_gc_kinds = static_cast<uint8_t*>(std::calloc(weft_type_count, 1));
  if (weft_gc_kinds == nullptr) Fatal("no memory to start with");
  for (uint32_t i = 1; i < weft_type_count; ++i) {
    const weft_type& type = weft_types[i];
    bool has_references = type.pointer_count != 0 || type.item_pointer_count != 0;
    weft_gc_kinds[i] = has_references ? WEFT_GC_SCANNED : WEFT_GC_ATOMIC;
    if (type.flags & WEFT_TYPE_WEAK) weft_gc_kinds[i] = WEFT_GC_WEAK;
  }
  GC_set_all_interior_pointers(0);
  // One thread marks, the program's own, so that times compare with the other collectors'.
  GC_set_markers_count(1);
  GC_set_warn_proc(GC_ignore_warn_proc);
  GC_set_finalize_on_demand(1);
  if (options.limit != 0) GC_set_max_heap_size(options.limit);
  GC_INIT();
  kinds_[WEFT_GC_SCANNED] = GC_I_NORMAL;
  // As libgc's own kind without references, but zeroed.
  kinds_[WEFT_GC_ATOMIC] = GC_new_kind(GC_new_free_list(), GC_DS_LENGTH, 0, 1);
  kinds_[WEFT_GC_WEAK] =
      GC_new_kind(GC_new_free_list(), GC_MAKE_PROC(GC_new_proc(gc::MarkWeak), 0), 0, 1);
  push_default_roots_ = GC_get_push_other_roots();
  GC_set_push_other_roots(gc::PushRoots);
  GC_set_on_collection_event(gc::OnEvent);
  until_stress_ = options.stress;
}

void Boehm::SetLimit(size_t bytes) {
  options.limit = bytes;
  GC_set_max_heap_size(bytes);
}

// ---- Allocation ----

bool Boehm::IsStressed() {
  if (options.stress == 0 || --until_stress_ != 0) return false;
  until_stress_ = options.stress;
  return true;
}

void* Boehm::TryAllocate(uint8_t kind, size_t size) {
  if (size <= WEFT_GC_SMALL_MAX && kind != WEFT_GC_WEAK && options.stress == 0) {
    size_t index = (size + WEFT_GC_GRANULE - 1) / WEFT_GC_GRANULE;
    void*& list = weft_gc_lists[kind][index];
    if (list == nullptr) {
      GC_generic_malloc_many(index * WEFT_GC_GRANULE, static_cast<int>(kinds_[kind]), &list);
    }
    if (list != nullptr) {
      void* memory = list;
      list = *static_cast<void**>(memory);
      *static_cast<void**>(memory) = nullptr;
      return memory;
    }
  }
  return GC_generic_malloc(size, static_cast<int>(kinds_[kind]));
}

weft_object* Boehm::Allocate(uint32_t type_id, size_t size) {
  if (GC_should_invoke_finalizers() != 0 || next_due_ != due_.size()) RunFinalizers();
  if (IsStressed()) Collect();
  uint8_t kind = weft_gc_kinds[type_id];
  void* memory = TryAllocate(kind, size);
  if (memory == nullptr && !finalizing_) {
    // Objects that wait for their finalizers take room, and may be the last to do so.
    Collect();
    RunFinalizers();
    Collect();
    memory = TryAllocate(kind, size);
  }
  if (memory == nullptr) {
    weft_raise_memory_error();
    return nullptr;
  }
  weft_object* object = static_cast<weft_object*>(memory);
  object->type_id = type_id;
  object->gc_bits = kind == WEFT_GC_WEAK ? kIsWeak : 0;
  return object;
}

void Boehm::Register(weft_object* object) {
  finalizable_.Push(object);
  GC_register_finalizer_no_order(object, OnFinalizable, nullptr, nullptr, nullptr);
}

weft_object* Boehm::AllocateFinalizable(uint32_t type_id) {
  weft_object* object = Allocate(type_id, weft_types[type_id].size);
  if (object != nullptr) Register(object);
  return object;
}

// ---- Collecting ----

void Boehm::Collect() {
  if (options.verify) CheckRoots("before a collection");
  GC_gcollect();
}

void Boehm::OnEvent(GC_EventType event) {
  switch (event) {
    case GC_EVENT_START:
      start_ = NowNanoseconds();
      break;
    case GC_EVENT_MARK_START:
      std::memset(weft_gc_lists, 0, sizeof weft_gc_lists);
      weak_.Resize(0);
      break;
    case GC_EVENT_MARK_END:
      EndMarking();
      break;
    case GC_EVENT_END: {
      ++collections_;
      uint64_t pause = NowNanoseconds() - start_;
      pauses.Record(pause);
      if (options.log) {
        Log("#%llu boehm: heap %zu KB, %zu KB of it free, %.3f ms, weak references cleared %zu, "
            "finalizers due %zu",
            static_cast<unsigned long long>(collections_), GC_get_heap_size() >> 10,
            GC_get_free_bytes() >> 10, static_cast<double>(pause) / 1e6, weak_cleared_, due_found_);
      }
      break;
    }
    default:
      break;
  }
}

// Roots that libgc does not know: those of the run time, and what is due.
void Boehm::PushRoots() {
  push_default_roots_();
  GC_push_all_eager(weft_shadow_base, weft_shadow_top);
  if (next_due_ != due_.size()) GC_push_all_eager(&due_[next_due_], &due_[0] + due_.size());
}

GC_ms_entry* Boehm::MarkWeak(weft_object* weak, GC_ms_entry* top, GC_ms_entry* limit) {
  if ((weak->gc_bits & kIsWeak) == 0 || weak->type_id >= weft_type_count) return top;
  weak_.Push(weak);
  ForEachReference(weak, [&](weft_object** slot) {
    top = GC_MARK_AND_PUSH(*slot, top, limit, reinterpret_cast<void**>(slot));
  });
  return top;
}

void Boehm::ClearWeakReference(weft_object* weak, const ObjectSet& reached) {
  weft_object** target = WeakSlot(weak);
  // A frozen target; or the weak reference is itself garbage from before that a stray word names,
  // and its target is gone.
  if (GC_base(*target) != *target) return;
  if (!IsDead(*target) || reached.Has(*target)) return;
  *target = nullptr;
  ++weak_cleared_;
}

// The world stands still, marks are complete, nothing has been reclaimed.
void Boehm::EndMarking() {
  weak_cleared_ = 0;
  due_found_ = 0;
  ObjectSet reached;
  for (size_t i = 0; i < weak_.size(); ++i) ClearWeakReference(weak_[i], reached);
  for (size_t i = 0; i < weft_frozen_root_count; ++i) {
    weft_object* object = weft_frozen_roots[i];
    if (weft_types[object->type_id].flags & WEFT_TYPE_WEAK) ClearWeakReference(object, reached);
  }
  if (finalizable_.empty()) return;
  reached_ = &reached;
  reached_weak_.Resize(0);
  FindDueFinalizers();
  // Weak references that only dead objects with finalizers hold.
  for (size_t i = 0; i < reached_weak_.size(); ++i) {
    ClearWeakReference(reached_weak_[i], reached);
  }
  reached_ = nullptr;
}

// Reaches what the object refers to, within what is dead; not the object itself.
void Boehm::Reach(weft_object* object) {
  work_.Push(object);
  while (!work_.empty()) {
    weft_object* from = work_.Pop();
    ForEachReference(from, [this](weft_object** slot) {
      if (!IsDead(*slot) || !reached_->Add(*slot)) return;
      work_.Push(*slot);
      if (weft_types[(*slot)->type_id].flags & WEFT_TYPE_WEAK) reached_weak_.Push(*slot);
    });
  }
}

void Boehm::FindDueFinalizers() {
  dead_.Resize(0);
  on_cycle_.Resize(0);
  size_t alive = 0;
  for (size_t i = 0; i < finalizable_.size(); ++i) {
    weft_object* object = finalizable_[i];
    if (IsDead(object)) {
      dead_.Push(object);
    } else {
      finalizable_[alive++] = object;
    }
  }
  finalizable_.Resize(alive);
  for (size_t i = 0; i < dead_.size(); ++i) {
    if (reached_->Has(dead_[i])) continue;
    Reach(dead_[i]);
    if (reached_->Has(dead_[i])) on_cycle_.Push(dead_[i]);
  }
  size_t before = due_.size();
  for (size_t i = 0; i < dead_.size(); ++i) {
    if (!reached_->Has(dead_[i])) due_.Push(dead_[i]);
  }
  for (size_t i = 0; i < on_cycle_.size(); ++i) due_.Push(on_cycle_[i]);
  for (size_t i = before; i < due_.size(); ++i) {
    due_[i]->gc_bits |= kDue;
    reached_->Add(due_[i]);
  }
  due_found_ = due_.size() - before;
}

// libgc has found the object dead, and has kept it: once it is due, our list keeps it; otherwise it
// waits for a later collection.
void Boehm::Finalizable(weft_object* object) {
  if ((object->gc_bits & kDue) == 0) Register(object);
}

void Boehm::RunFinalizers() {
  if (finalizing_) return;
  finalizing_ = true;
  GC_invoke_finalizers();
  // An allocation happens with no exception on its way, but a caller may hold one in a local
  // variable of its own, and a finalizer that raises must not hide it.
  weft_object* pending = weft_exception;
  weft_exception = nullptr;
  while (next_due_ != due_.size()) {
    weft_object* object = due_[next_due_++];
    weft_types[object->type_id].finalizer(object);
    // There is nobody to whom a finalizer could raise.
    weft_exception = nullptr;
  }
  due_.Resize(0);
  next_due_ = 0;
  weft_exception = pending;
  finalizing_ = false;
}

int64_t Boehm::Stat(int32_t which) const {
  switch (which) {
    case WEFT_GC_STAT_COLLECTIONS:
      return static_cast<int64_t>(collections_);
    case WEFT_GC_STAT_ALLOCATED_BYTES:
      return static_cast<int64_t>(GC_get_total_bytes());
    case WEFT_GC_STAT_USED_BYTES:
      return static_cast<int64_t>(GC_get_heap_size() - GC_get_free_bytes());
    case WEFT_GC_STAT_HEAP_BYTES:
      return static_cast<int64_t>(GC_get_heap_size());
  }
  return pauses.Stat(which);
}

void Boehm::CheckRoots(const char* when) {
  ForEachRoot([&](weft_object** slot) {
    weft_object* object = *slot;
    if (object == nullptr) return;
    bool valid = reinterpret_cast<uintptr_t>(object) % 8 == 0 && object->type_id != 0 &&
                 object->type_id < weft_type_count &&
                 (GC_base(object) == object || (object->gc_bits & WEFT_GC_FROZEN) != 0);
    if (valid) return;
    Fatal("%s: the root at %p holds %p, which is no object", when, static_cast<void*>(slot),
          static_cast<void*>(object));
  });
}

}  // namespace
}  // namespace weft::gc

#include "gc/entry_points.h"
