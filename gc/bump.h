#ifndef WEFT_GC_BUMP_H_
#define WEFT_GC_BUMP_H_

// The inline allocation path of the collectors whose new objects stand one behind the other: a
// load, an addition, a comparison and two stores. The memory between weft_gc_next and weft_gc_end
// is zeroed already.

#ifdef __cplusplus
extern "C" {
#endif

enum {
  // Larger objects have places of their own.
  WEFT_GC_SMALL_MAX = 16384
};

extern char* weft_gc_next;
extern char* weft_gc_end;

static inline weft_object* weft_gc_cut(uint32_t type_id, size_t size) {
  // At least room for the header and for the new address of an object that has moved.
  size_t rounded = size <= 16 ? 16 : (size + 7) & ~(size_t)7;
  char* at = weft_gc_next;
  if (WEFT_UNLIKELY((size_t)(weft_gc_end - at) < rounded)) return NULL;
  weft_gc_next = at + rounded;
  weft_object* object = (weft_object*)at;
  object->type_id = type_id;
  return object;
}

static inline weft_object* weft_gc_try_alloc(uint32_t type_id, size_t size) {
  if (size > WEFT_GC_SMALL_MAX) return NULL;
  return weft_gc_cut(type_id, size);
}

static inline weft_object* weft_gc_try_alloc_items(uint32_t type_id, size_t fixed_size,
                                                   size_t item_size, size_t length_offset,
                                                   int64_t length) {
  if (WEFT_UNLIKELY((uint64_t)length > (WEFT_GC_SMALL_MAX - fixed_size) / item_size)) return NULL;
  weft_object* object = weft_gc_cut(type_id, fixed_size + (size_t)length * item_size);
  if (WEFT_LIKELY(object != NULL)) *(int64_t*)((char*)object + length_offset) = length;
  return object;
}

#ifdef __cplusplus
}
#endif

#endif  // WEFT_GC_BUMP_H_
