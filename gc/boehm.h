#ifndef WEFT_GC_BOEHM_H_
#define WEFT_GC_BOEHM_H_

// The inline paths over Boehm, Demers and Weiser's libgc; included by gc/weft_gc.h. The collector
// itself is described in gc/boehm.cc.
//
// libgc hands out lists of objects of one size, linked through their first word and zero
// otherwise. There is one for each size, for types with and without references; an object is taken
// from its front, where the header overwrites the link.

#define WEFT_GC_MOVES 0
#define WEFT_GC_HAS_WRITE_BARRIER 0
#define WEFT_GC_CONSERVATIVE 1

#ifdef __cplusplus
extern "C" {
#endif

enum {
  // libgc's granule.
  WEFT_GC_GRANULE = 16,
  // Larger objects are not taken from lists.
  WEFT_GC_SMALL_MAX = 512,
  // What kinds of memory there are: scanned for references, not scanned, and what weak references
  // stand in. Only the first two have lists.
  WEFT_GC_SCANNED = 0,
  WEFT_GC_ATOMIC = 1,
  WEFT_GC_WEAK = 2
};

extern void* weft_gc_lists[2][WEFT_GC_SMALL_MAX / WEFT_GC_GRANULE + 1];

// The kind of memory for each type.
extern uint8_t* weft_gc_kinds;

static inline weft_object* weft_gc_try_alloc(uint32_t type_id, size_t size) {
  if (size > WEFT_GC_SMALL_MAX) return NULL;
  uint8_t kind = weft_gc_kinds[type_id];
  if (WEFT_UNLIKELY(kind == WEFT_GC_WEAK)) return NULL;
  void** list = &weft_gc_lists[kind][(size + WEFT_GC_GRANULE - 1) / WEFT_GC_GRANULE];
  weft_object* object = (weft_object*)*list;
  if (WEFT_UNLIKELY(object == NULL)) return NULL;
  *list = *(void**)object;
  object->type_id = type_id;
  object->gc_bits = 0;
  return object;
}

static inline weft_object* weft_gc_try_alloc_items(uint32_t type_id, size_t fixed_size,
                                                   size_t item_size, size_t length_offset,
                                                   int64_t length) {
  if (WEFT_UNLIKELY((uint64_t)length > WEFT_GC_SMALL_MAX / item_size)) return NULL;
  weft_object* object = weft_gc_try_alloc(type_id, fixed_size + (size_t)length * item_size);
  if (WEFT_LIKELY(object != NULL)) *(int64_t*)((char*)object + length_offset) = length;
  return object;
}

#ifdef __cplusplus
}
#endif

#endif  // WEFT_GC_BOEHM_H_
