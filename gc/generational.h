#ifndef WEFT_GC_GENERATIONAL_H_
#define WEFT_GC_GENERATIONAL_H_

// The inline paths of the generational collector; included by gc/weft_gc.h. The collector itself is
// described in gc/generational_heap.h.
//
// The barrier is a load, a test and a branch that is seldom taken: objects are watched once they
// are old, and are not any more when they were remembered.

#define WEFT_GC_MOVES 1
#define WEFT_GC_HAS_WRITE_BARRIER 1
#define WEFT_GC_HAS_REMEMBER_ALWAYS 1

#include "gc/bump.h"

#ifdef __cplusplus
extern "C" {
#endif

// A watched object is about to be written to: in its fixed part, in one slot among its items, or in
// some bytes of them.
WEFT_SLOW_FUNCTION void weft_gc_remember(weft_object* object);
WEFT_SLOW_FUNCTION void weft_gc_remember_item(weft_object* object, void* slot);
WEFT_SLOW_FUNCTION void weft_gc_remember_items(weft_object* object, void* from, int64_t bytes);

// A large array was allocated, or could not be: all of it is visited in each minor collection, and
// no store into it is announced.
WEFT_SLOW_FUNCTION void weft_gc_remember_large(weft_object* array);

static inline void weft_gc_remember_always(weft_object* array) {
  if (array != NULL) weft_gc_remember_large(array);
}

// The byte for the 512 bytes that contain an address: marked when they are written to, in a large
// object of the old space that was remembered already.
extern char* weft_gc_cards;
enum { WEFT_GC_CARD_SHIFT = 9 };

static inline void weft_gc_write_barrier(weft_object* object, void* slot, void* value) {
  (void)slot;
  (void)value;
  if (WEFT_UNLIKELY((object->gc_bits & WEFT_GC_WATCHED) != 0)) weft_gc_remember(object);
}

static inline void weft_gc_write_barrier_item(weft_object* object, void* slot, void* value) {
  (void)value;
  uint32_t bits = object->gc_bits;
  if (WEFT_LIKELY((bits & WEFT_GC_WATCHED) == 0)) return;
  if ((bits & (WEFT_GC_REMEMBERED | WEFT_GC_FROZEN)) == WEFT_GC_REMEMBERED) {
    weft_gc_cards[(uintptr_t)slot >> WEFT_GC_CARD_SHIFT] = 1;
  } else {
    weft_gc_remember_item(object, slot);
  }
}

static inline void weft_gc_write_barrier_copy(weft_object* object, void* to, const void* from,
                                              int64_t bytes) {
  (void)from;
  if (bytes > 0 && WEFT_UNLIKELY((object->gc_bits & WEFT_GC_WATCHED) != 0)) {
    weft_gc_remember_items(object, to, bytes);
  }
}

// Globals are roots.
#define weft_gc_write_barrier_global(slot, value) ((void)0)

#ifdef __cplusplus
}
#endif

#endif  // WEFT_GC_GENERATIONAL_H_
