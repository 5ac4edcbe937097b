// The collector that never frees: for programs that end before they fill the memory, and to see
// what collecting costs. Weak references keep their targets and finalizers do not run.

#include <cstring>

#include "gc/support.h"

char* weft_gc_next = nullptr;
char* weft_gc_end = nullptr;

namespace weft::gc {

namespace {

constexpr size_t kStep = size_t{256} << 10;

class NoCollector {
 public:
  void Start(size_t shadow_bytes);
  weft_object* Allocate(uint32_t type_id, size_t size);
  size_t used_bytes() const { return static_cast<size_t>(weft_gc_next - memory_.base()); }
  size_t committed_bytes() const { return static_cast<size_t>(weft_gc_end - memory_.base()); }
  bool Contains(const void* pointer) const {
    return static_cast<size_t>(static_cast<const char*>(pointer) - memory_.base()) < used_bytes();
  }
  void CheckRoots() const;

  uint64_t collections = 0;

 private:
  Reservation memory_;
};

NoCollector collector;

void NoCollector::Start(size_t shadow_bytes) {
  ReadEnvironment();
  MakeShadowStack(shadow_bytes);
  size_t bytes = sizeof(void*) == 8 ? size_t{1} << 38 : size_t{1} << 30;
  while (!memory_.Reserve(bytes, 4096)) {
    bytes /= 2;
    if (bytes < (size_t{64} << 20)) {
      Log("no address space for the heap");
      std::exit(2);
    }
  }
  weft_gc_next = memory_.base();
  weft_gc_end = memory_.base();
}

weft_object* NoCollector::Allocate(uint32_t type_id, size_t size) {
  // Objects stay aligned to 8 bytes; `size` may be huge, so no sum is taken that could overflow.
  size_t rounded = size + (8 - size % 8) % 8;
  size_t most =
      options.limit != 0 && options.limit < memory_.reserved() ? options.limit : memory_.reserved();
  if (size > most || rounded > most - used_bytes()) {
    weft_raise_memory_error();
    return nullptr;
  }
  if (static_cast<size_t>(weft_gc_end - weft_gc_next) < rounded) {
    size_t end = used_bytes() + rounded;
    size_t target = (end + kStep - 1) / kStep * kStep;
    if (target > most) target = most;
    if (!memory_.Commit(target)) {
      weft_raise_memory_error();
      return nullptr;
    }
    weft_gc_end = memory_.base() + target;
  }
  weft_object* object = reinterpret_cast<weft_object*>(weft_gc_next);
  weft_gc_next += rounded;
  object->type_id = type_id;
  return object;
}

void NoCollector::CheckRoots() const {
  ForEachRoot([this](weft_object** slot) {
    const weft_object* object = *slot;
    if (object == nullptr) return;
    bool valid = reinterpret_cast<uintptr_t>(object) % 8 == 0 && object->type_id != 0 &&
                 object->type_id < weft_type_count &&
                 (Contains(object) || (object->gc_bits & WEFT_GC_FROZEN) != 0);
    if (!valid) {
      Fatal("the root at %p holds %p, which is no object", static_cast<void*>(slot),
            static_cast<const void*>(object));
    }
  });
}

}  // namespace
}  // namespace weft::gc

using weft::gc::collector;

void weft_gc_start(size_t shadow_bytes) { collector.Start(shadow_bytes); }

void weft_gc_collect(void) {
  ++collector.collections;
  if (weft::gc::options.verify) collector.CheckRoots();
  if (weft::gc::options.log) {
    weft::gc::Log("#%llu none: nothing is freed, %zu KB in use",
                  static_cast<unsigned long long>(collector.collections),
                  collector.used_bytes() >> 10);
  }
}

int64_t weft_gc_stat(int32_t which) {
  switch (which) {
    case WEFT_GC_STAT_COLLECTIONS:
      return 0;
    case WEFT_GC_STAT_ALLOCATED_BYTES:
    case WEFT_GC_STAT_USED_BYTES:
      return static_cast<int64_t>(collector.used_bytes());
    case WEFT_GC_STAT_HEAP_BYTES:
      return static_cast<int64_t>(collector.committed_bytes());
  }
  return weft::gc::pauses.Stat(which);
}

int64_t weft_gc_identity_hash(weft_object* object) {
  if (object->gc_bits & WEFT_GC_FROZEN) {
    uint32_t hash = object->gc_bits >> WEFT_GC_OWN_SHIFT;
    if (hash != 0) return hash;
  }
  return weft::gc::HashOfAddress(object);
}

void weft_gc_set_limit(size_t bytes) { weft::gc::options.limit = bytes; }

weft_object* weft_gc_alloc_slow(uint32_t type_id, size_t size) {
  return collector.Allocate(type_id, size);
}

weft_object* weft_gc_alloc_items_slow(uint32_t type_id, size_t fixed_size, size_t item_size,
                                      size_t length_offset, int64_t length) {
  size_t size = 0;
  if (length < 0 || __builtin_mul_overflow(static_cast<size_t>(length), item_size, &size) ||
      __builtin_add_overflow(size, fixed_size, &size) || size > SIZE_MAX - 8) {
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
  return collector.Allocate(type_id, weft_types[type_id].size);
}
