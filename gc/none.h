#ifndef WEFT_GC_NONE_H_
#define WEFT_GC_NONE_H_

// The inline paths of the collector that never frees; included by gc/weft_gc.h. Memory is one
// growing region from which objects are cut one after the other.

#define WEFT_GC_MOVES 0
#define WEFT_GC_HAS_WRITE_BARRIER 0

#ifdef __cplusplus
extern "C" {
#endif

enum { WEFT_GC_SMALL_MAX = 16384 };

extern char* weft_gc_next;
extern char* weft_gc_end;

static inline weft_object* weft_gc_try_alloc(uint32_t type_id, size_t size) {
  size_t rounded = (size + 7) & ~(size_t)7;
  char* at = weft_gc_next;
  if (WEFT_UNLIKELY((size_t)(weft_gc_end - at) < rounded)) return NULL;
  weft_gc_next = at + rounded;
  weft_object* object = (weft_object*)at;
  object->type_id = type_id;
  return object;
}

static inline weft_object* weft_gc_try_alloc_items(uint32_t type_id, size_t fixed_size,
                                                   size_t item_size, size_t length_offset,
                                                   int64_t length) {
  if (WEFT_UNLIKELY((uint64_t)length > (WEFT_GC_SMALL_MAX - fixed_size) / item_size)) return NULL;
  weft_object* object = weft_gc_try_alloc(type_id, fixed_size + (size_t)length * item_size);
  if (WEFT_LIKELY(object != NULL)) *(int64_t*)((char*)object + length_offset) = length;
  return object;
}

#ifdef __cplusplus
}
#endif

#endif  // WEFT_GC_NONE_H_
