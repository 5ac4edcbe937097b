#ifndef WEFT_GC_STRETCHES_H_
#define WEFT_GC_STRETCHES_H_

// The inline allocation path of the collectors whose new objects stand in the heap of
// gc/block_heap.h at once. Every size class has a free stretch of memory, already zeroed, from
// which objects are cut one after the other: an allocation of constant size is a load, a comparison
// and two stores.

#include "gc/size_classes.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { WEFT_GC_SMALL_MAX = WEFT_GC_LARGEST_CLASS };

static inline weft_object* weft_gc_try_alloc(uint32_t type_id, size_t size) {
  if (size > WEFT_GC_EXACT_MAX) return NULL;
  // The smallest slot has 16 bytes.
  weft_gc_stretch* stretch = &weft_gc_stretches[size <= 16 ? 0 : (size - 9) >> 3];
  char* at = stretch->next;
  if (WEFT_UNLIKELY(at == stretch->end)) return NULL;
  stretch->next = at + (size <= 16 ? 16 : (size + 7) & ~(size_t)7);
  weft_object* object = (weft_object*)at;
  object->type_id = type_id;
  return object;
}

static inline weft_object* weft_gc_try_alloc_items(uint32_t type_id, size_t fixed_size,
                                                   size_t item_size, size_t length_offset,
                                                   int64_t length) {
  if (WEFT_UNLIKELY((uint64_t)length > (WEFT_GC_SMALL_MAX - fixed_size) / item_size)) return NULL;
  size_t size = fixed_size + (size_t)length * item_size;
  uint32_t size_class = weft_gc_classes.of_words[(size + 7) >> 3];
  weft_gc_stretch* stretch = &weft_gc_stretches[size_class];
  char* at = stretch->next;
  if (WEFT_UNLIKELY(at == stretch->end)) return NULL;
  stretch->next = at + weft_gc_classes.size[size_class];
  weft_object* object = (weft_object*)at;
  object->type_id = type_id;
  *(int64_t*)(at + length_offset) = length;
  return object;
}

#ifdef __cplusplus
}
#endif

#endif  // WEFT_GC_STRETCHES_H_
