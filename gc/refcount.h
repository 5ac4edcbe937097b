#ifndef WEFT_GC_REFCOUNT_H_
#define WEFT_GC_REFCOUNT_H_

// The inline paths of the reference-counting collector; included by gc/weft_gc.h. The collector
// itself is described in gc/refcount.cc.
//
// The barrier is a load, a test and a branch that is seldom taken: objects are watched once they
// are counted, and not any more when they have been written to since the last collection.

#define WEFT_GC_MOVES 0
#define WEFT_GC_HAS_WRITE_BARRIER 1

#include "gc/stretches.h"

#ifdef __cplusplus
extern "C" {
#endif

// A watched object is about to be written to: somewhere in its fixed part, or in some bytes from
// `place` on.
WEFT_SLOW_FUNCTION void weft_gc_log(weft_object* object);
WEFT_SLOW_FUNCTION void weft_gc_log_items(weft_object* object, void* place, int64_t bytes);

static inline void weft_gc_write_barrier_object(weft_object* object) {
  if (WEFT_UNLIKELY((object->gc_bits & WEFT_GC_WATCHED) != 0)) weft_gc_log(object);
}

static inline void weft_gc_write_barrier(weft_object* object, void* slot, void* value) {
  (void)slot;
  (void)value;
  weft_gc_write_barrier_object(object);
}

static inline void weft_gc_write_barrier_item(weft_object* object, void* slot, void* value) {
  (void)value;
  if (WEFT_UNLIKELY((object->gc_bits & WEFT_GC_WATCHED) != 0)) {
    weft_gc_log_items(object, slot, (int64_t)sizeof(void*));
  }
}

static inline void weft_gc_write_barrier_copy(weft_object* object, void* to, const void* from,
                                              int64_t bytes) {
  (void)from;
  if (bytes > 0 && WEFT_UNLIKELY((object->gc_bits & WEFT_GC_WATCHED) != 0)) {
    weft_gc_log_items(object, to, bytes);
  }
}

// Globals are roots.
#define weft_gc_write_barrier_global(slot, value) ((void)0)

#ifdef __cplusplus
}
#endif

#endif  // WEFT_GC_REFCOUNT_H_
