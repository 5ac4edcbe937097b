#ifndef WEFT_GC_SUPPORT_H_
#define WEFT_GC_SUPPORT_H_

// What the collectors share: options from the environment, address space, growing lists, messages.
// Run-time code: no exceptions, no RTTI, nothing that needs libstdc++ when it runs.

#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "gc/weft_gc.h"

namespace weft::gc {

struct Options {
  // Collect at every allocation (1) or every n-th (n); 0 for when it is due.
  uint32_t stress = 0;
  // Check roots, references and the heap before and after each collection, and poison what is
  // freed.
#ifdef WEFT_DEBUG
  bool verify = true;
#else
  bool verify = false;
#endif
  // One line to stderr for each collection.
  bool log = false;
  // One line to stderr when the program ends.
  bool summary = false;
  // The most bytes the heap may take; 0 for as many as there are.
  size_t limit = 0;
};

extern Options options;

// Fills `options` from the WEFT_GC_* variables. A value that makes no sense: one line, exit 2.
void ReadEnvironment();

// Parses "123", "64K", "64M", "2G". False when the text is nothing of the kind or does not fit.
bool ParseSize(const char* text, size_t* bytes);

// Prints "weft gc: ..." and aborts. For a heap that is not what it must be, which is a bug of Weft.
[[noreturn]] void Fatal(const char* format, ...) __attribute__((format(printf, 1, 2)));

// One line to stderr, for WEFT_GC_LOG.
void Log(const char* format, ...) __attribute__((format(printf, 1, 2)));

// Makes the shadow stack, with an unreadable page behind its end.
void MakeShadowStack(size_t bytes);

uint64_t NowNanoseconds();

// How long the program has been stopped, each time. Durations are counted in classes that are a
// sixteenth of their power of two wide.
class Pauses {
 public:
  void Record(uint64_t nanoseconds);
  // The duration that no more than `part` of `whole` pauses exceed, such as 1 of 2 for the median;
  // too long by a sixteenth at most.
  uint64_t Exceeded(uint64_t part, uint64_t whole) const;
  uint64_t count() const { return count_; }
  // The WEFT_GC_STAT_* that are about pauses; -1 for another number.
  int64_t Stat(int32_t which) const;

 private:
  static constexpr uint32_t kClasses = 61 * 16;
  static uint32_t ClassOf(uint64_t nanoseconds);
  static uint64_t EndOf(uint32_t index);

  uint64_t count_ = 0;
  uint64_t total_ = 0;
  uint64_t longest_ = 0;
  uint32_t counts_[kClasses] = {};
};

// Every collector records its pauses here.
extern Pauses pauses;

// The hash of an object that does not move.
int64_t HashOfAddress(const weft_object* object);

// The identity hash of the next object that is asked for one, where it is kept in the upper bits of
// the header: never 0.
uint32_t NextIdentityHash(uint32_t* counter);

// The size of a container with so many items; false when there is no such size.
inline bool SizeWithItems(size_t fixed_size, size_t item_size, int64_t length, size_t* size) {
  return length >= 0 && !__builtin_mul_overflow(static_cast<size_t>(length), item_size, size) &&
         !__builtin_add_overflow(*size, fixed_size, size) && *size <= SIZE_MAX / 2;
}

// An object that has been copied is marked, and its second word says where it is now.
inline weft_object* NewAddress(const weft_object* object) {
  return reinterpret_cast<weft_object* const*>(object)[1];
}
inline void SetNewAddress(weft_object* object, weft_object* now) {
  object->gc_bits |= WEFT_GC_MARK;
  reinterpret_cast<weft_object**>(object)[1] = now;
}

// A range of address space that becomes memory from its start onwards.
class Reservation {
 public:
  // Takes `bytes` of address space at a multiple of `alignment` (a power of two, at least a page).
  bool Reserve(size_t bytes, size_t alignment);
  // Makes at least the first `bytes` readable and writable; fresh memory is zero. False when the
  // system has no more. Memory is taken in steps that grow with what is already there.
  bool Commit(size_t bytes);
  char* base() const { return base_; }
  size_t reserved() const { return reserved_; }

 private:
  char* base_ = nullptr;
  size_t reserved_ = 0;
  size_t committed_ = 0;
};

// Gives the memory of whole pages back to the system; they read as zero afterwards.
void Discard(void* start, size_t bytes);

// A growing list on realloc, which for long ones moves pages and not bytes.
template <typename T>
class Vector {
 public:
  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  T& operator[](size_t i) { return items_[i]; }
  void Push(T item) {
    if (size_ == capacity_) [[unlikely]]
      Grow();
    items_[size_++] = item;
  }
  T Pop() { return items_[--size_]; }
  void Resize(size_t smaller) { size_ = smaller; }
  // Frees the memory of a list that has become empty after having been long.
  void ReleaseIfLarge() {
    if (size_ == 0 && capacity_ * sizeof(T) > (size_t{1} << 20)) {
      std::free(items_);
      items_ = nullptr;
      capacity_ = 0;
    }
  }

 private:
  void Grow() {
    size_t capacity = capacity_ == 0 ? 128 : capacity_ * 2;
    void* items = std::realloc(static_cast<void*>(items_), capacity * sizeof(T));
    if (items == nullptr) Fatal("out of memory during a collection");
    items_ = static_cast<T*>(items);
    capacity_ = capacity;
  }

  T* items_ = nullptr;
  size_t size_ = 0;
  size_t capacity_ = 0;
};

// ---- Objects, as the collectors read them ----

// Size of an object, items included.
inline size_t SizeOf(const weft_object* object) {
  const weft_type& type = weft_types[object->type_id];
  size_t size = type.size;
  if (type.item_size != 0) {
    const char* start = reinterpret_cast<const char*>(object);
    int64_t length = *reinterpret_cast<const int64_t*>(start + type.length_offset);
    size = type.items_offset + static_cast<size_t>(length) * type.item_size;
    if (size < type.size) size = type.size;
  }
  return size;
}

// Whether a slot names an object, and not null or an immediate value.
inline bool HoldsReference(weft_object* const* slot) { return weft_is_heap_reference(*slot) != 0; }

// The number of items of an object that has some.
inline int64_t LengthOf(const weft_object* object) {
  return *reinterpret_cast<const int64_t*>(reinterpret_cast<const char*>(object) +
                                           weft_types[object->type_id].length_offset);
}

// Calls visit(weft_object** slot) for every reference in the fixed part of an object, weak ones
// left out.
template <typename Visit>
inline void ForEachFixedReference(weft_object* object, Visit visit) {
  const weft_type& type = weft_types[object->type_id];
  char* start = reinterpret_cast<char*>(object);
  for (uint32_t i = 0; i < type.pointer_count; ++i) {
    auto** slot = reinterpret_cast<weft_object**>(start + type.pointers[i]);
    if (HoldsReference(slot)) visit(slot);
  }
}

// The same for the items from `first` to the one before `end`.
template <typename Visit>
inline void ForEachReferenceInItems(weft_object* object, int64_t first, int64_t end, Visit visit) {
  const weft_type& type = weft_types[object->type_id];
  char* item = reinterpret_cast<char*>(object) + type.items_offset +
               static_cast<size_t>(first) * type.item_size;
  if (type.item_size == sizeof(void*)) {
    auto** slot = reinterpret_cast<weft_object**>(item);
    for (int64_t i = first; i < end; ++i, ++slot) {
      if (HoldsReference(slot)) visit(slot);
    }
    return;
  }
  for (int64_t i = first; i < end; ++i, item += type.item_size) {
    for (uint32_t j = 0; j < type.item_pointer_count; ++j) {
      auto** slot = reinterpret_cast<weft_object**>(item + type.item_pointers[j]);
      if (HoldsReference(slot)) visit(slot);
    }
  }
}

// The same for all references that an object holds.
template <typename Visit>
inline void ForEachReference(weft_object* object, Visit visit) {
  ForEachFixedReference(object, visit);
  if (weft_types[object->type_id].item_pointer_count == 0) return;
  ForEachReferenceInItems(object, 0, LengthOf(object), visit);
}

inline weft_object** WeakSlot(weft_object* object) {
  return reinterpret_cast<weft_object**>(reinterpret_cast<char*>(object) +
                                         weft_types[object->type_id].weak_offset);
}

// Calls visit(weft_object** slot) for every reference in the shadow stack, in a global, and for the
// exception on its way up.
template <typename Visit>
inline void ForEachVariable(Visit visit) {
  for (void** word = weft_shadow_base; word != weft_shadow_top; ++word) {
    auto** slot = reinterpret_cast<weft_object**>(word);
    if (HoldsReference(slot)) visit(slot);
  }
  for (size_t i = 0; i < weft_static_root_count; ++i) {
    if (HoldsReference(weft_static_roots[i])) visit(weft_static_roots[i]);
  }
  if (HoldsReference(&weft_exception)) visit(&weft_exception);
}

// Calls visit(weft_object** slot) for every root: the variables, and the references in frozen
// objects that the program may have overwritten.
template <typename Visit>
inline void ForEachRoot(Visit visit) {
  ForEachVariable(visit);
  for (size_t i = 0; i < weft_frozen_root_count; ++i) ForEachReference(weft_frozen_roots[i], visit);
}

// Whether the program was built without roots woven in.
#ifdef WEFT_GC_CONSERVATIVE
inline constexpr bool kScansStack = true;
#else
inline constexpr bool kScansStack = false;
#endif

// Sees to it that weft_gc_stack_base is set.
void FindStackBase();

// Calls visit(context, word) for every word of the machine's stack and for what the caller's
// callers may keep in registers.
void ForEachStackWord(void (*visit)(void* context, uintptr_t word), void* context);

// Lists in `named` the objects that words of the stack and registers name: weft_object* find(word)
// says which one that is, if any, for the address of an object or of a place in it. Compilers keep
// an address inside an object, or the one behind its end, where they can do without its start.
template <typename Find>
inline void ListNamedObjects(Find find, Vector<weft_object*>& named) {
  struct Context {
    Find* find;
    Vector<weft_object*>* named;
  };
  Context context = {&find, &named};
  named.Resize(0);
  ForEachStackWord(
      [](void* pointer, uintptr_t word) {
        Context& context = *static_cast<Context*>(pointer);
        weft_object* object = (*context.find)(word);
        weft_object* before = (*context.find)(word - sizeof(void*));
        if (object != nullptr) context.named->Push(object);
        if (before != nullptr && before != object) context.named->Push(before);
      },
      &context);
}

}  // namespace weft::gc

#endif  // WEFT_GC_SUPPORT_H_
