#ifndef WEFT_GC_ENTRY_POINTS_H_
#define WEFT_GC_ENTRY_POINTS_H_

// Defines those functions of gc/weft_gc.h that say the same for many collectors. Included once, at
// the end of the source of a collector, where `weft::gc::collector` is an object with
//
//   void Start(size_t shadow_bytes)
//   weft_object* Allocate(uint32_t type_id, size_t size)       null with a pending MemoryError
//   weft_object* AllocateFinalizable(uint32_t type_id)
//   void CollectNow()                                           everything that is out of reach
//   void RunFinalizers()                                        those that are due
//   int64_t HashOf(weft_object* object)
//   int64_t Stat(int32_t which)
//   void SetLimit(size_t bytes)

#include "gc/support.h"

void weft_gc_start(size_t shadow_bytes) { weft::gc::collector.Start(shadow_bytes); }

void weft_gc_collect(void) {
  weft::gc::collector.CollectNow();
  weft::gc::collector.RunFinalizers();
}

int64_t weft_gc_stat(int32_t which) { return weft::gc::collector.Stat(which); }

int64_t weft_gc_identity_hash(weft_object* object) {
  if (object->gc_bits & WEFT_GC_FROZEN) {
    uint32_t hash = object->gc_bits >> WEFT_GC_OWN_SHIFT;
    if (hash != 0) return hash;
  }
  return weft::gc::collector.HashOf(object);
}

void weft_gc_set_limit(size_t bytes) { weft::gc::collector.SetLimit(bytes); }

weft_object* weft_gc_alloc_slow(uint32_t type_id, size_t size) {
  return weft::gc::collector.Allocate(type_id, size);
}

weft_object* weft_gc_alloc_items_slow(uint32_t type_id, size_t fixed_size, size_t item_size,
                                      size_t length_offset, int64_t length) {
  size_t size = 0;
  // Half of the address space is more than there is, and leaves room to round up.
  if (length < 0 || __builtin_mul_overflow(static_cast<size_t>(length), item_size, &size) ||
      __builtin_add_overflow(size, fixed_size, &size) || size > SIZE_MAX / 2) {
    weft_raise_memory_error();
    return nullptr;
  }
  weft_object* object = weft::gc::collector.Allocate(type_id, size);
  if (object != nullptr) {
    *reinterpret_cast<int64_t*>(reinterpret_cast<char*>(object) + length_offset) = length;
  }
  return object;
}

weft_object* weft_gc_alloc_finalizable(uint32_t type_id) {
  return weft::gc::collector.AllocateFinalizable(type_id);
}

#endif  // WEFT_GC_ENTRY_POINTS_H_
