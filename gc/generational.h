#ifndef WEFT_GC_GENERATIONAL_H_
#define WEFT_GC_GENERATIONAL_H_

// The inline paths of the generational collector; included by gc/weft_gc.h. The collector itself is
// described in gc/generational_heap.h.
//
// The barrier is a load, a test and a branch: objects are watched once they are old, and are not
// any more when they were remembered. Of an object that is watched the value is tested, too, since
// most of what old objects get is old, or a number.

#define WEFT_GC_MOVES 1
#define WEFT_GC_HAS_WRITE_BARRIER 1
#define WEFT_GC_HAS_REMEMBER_ALWAYS 1

#include "gc/bump.h"

#ifdef __cplusplus
extern "C" {
#endif

// The nursery; and whether an incremental marking is under way.
extern uintptr_t weft_gc_young_start;
extern uintptr_t weft_gc_young_bytes;
extern int weft_gc_is_marking;

// A watched object is about to be written to: a value that is told about into its fixed part or
// one slot among its items, any values into its fixed part, or some bytes of items into its own.
WEFT_SLOW_FUNCTION void weft_gc_remember_field(weft_object* object, void* value);
WEFT_SLOW_FUNCTION void weft_gc_remember_item(weft_object* object, void* slot, void* value);
WEFT_SLOW_FUNCTION void weft_gc_remember(weft_object* object);
WEFT_SLOW_FUNCTION void weft_gc_remember_items(weft_object* object, void* to, const void* from,
                                               int64_t bytes);

// A large array was allocated, or could not be: all of it is visited in each minor collection, and
// no store into it is announced.
WEFT_SLOW_FUNCTION void weft_gc_remember_large(weft_object* array);

static inline void weft_gc_remember_always(weft_object* array) {
  if (array != NULL) weft_gc_remember_large(array);
}

// The byte for the 128 bytes that contain an address: marked when a young object is stored there,
// in a large object of the old space that was remembered already.
extern char* weft_gc_cards;
enum { WEFT_GC_CARD_SHIFT = 7 };

static inline int weft_gc_is_young(void* value) {
  return (uintptr_t)value - weft_gc_young_start < weft_gc_young_bytes;
}

// Whether a watched object with these bits is told of a value: of young ones, since the next minor
// collection has to find them; of others, while marking is under way, which may have visited the
// object already. Of what is stored into a frozen one everything counts that is on the heap, and it
// is seldom stored into.
static inline int weft_gc_is_told(uint32_t bits, void* value) {
#if defined(WEFT_GC_INCREMENTAL)
  if (weft_gc_is_marking) return 1;
#endif
  return weft_gc_is_young(value) || (bits & WEFT_GC_FROZEN) != 0;
}

static inline void weft_gc_write_barrier(weft_object* object, void* slot, void* value) {
  (void)slot;
  uint32_t bits = object->gc_bits;
  if (WEFT_UNLIKELY((bits & WEFT_GC_WATCHED) != 0) && weft_gc_is_told(bits, value)) {
    weft_gc_remember_field(object, value);
  }
}

static inline void weft_gc_write_barrier_object(weft_object* object) {
  if (WEFT_UNLIKELY((object->gc_bits & WEFT_GC_WATCHED) != 0)) weft_gc_remember(object);
}

static inline void weft_gc_write_barrier_item(weft_object* object, void* slot, void* value) {
  uint32_t bits = object->gc_bits;
  if (WEFT_LIKELY((bits & WEFT_GC_WATCHED) == 0)) return;
  if ((bits & (WEFT_GC_REMEMBERED | WEFT_GC_FROZEN)) == WEFT_GC_REMEMBERED &&
      weft_gc_is_young(value)) {
    weft_gc_cards[(uintptr_t)slot >> WEFT_GC_CARD_SHIFT] = 1;
  } else if (weft_gc_is_told(bits, value)) {
    weft_gc_remember_item(object, slot, value);
  }
}

static inline void weft_gc_write_barrier_copy(weft_object* object, void* to, const void* from,
                                              int64_t bytes) {
  if (bytes > 0 && WEFT_UNLIKELY((object->gc_bits & WEFT_GC_WATCHED) != 0)) {
    weft_gc_remember_items(object, to, from, bytes);
  }
}

// Globals are roots.
#define weft_gc_write_barrier_global(slot, value) ((void)0)

#ifdef __cplusplus
}
#endif

#endif  // WEFT_GC_GENERATIONAL_H_
