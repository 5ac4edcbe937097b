#ifndef WEFT_GC_MARKSWEEP_H_
#define WEFT_GC_MARKSWEEP_H_

// The inline paths of the mark-sweep collector; included by gc/weft_gc.h. The collector itself is
// described in gc/marksweep.cc.
//
// Every size class has a free stretch of memory, already zeroed, from which objects are cut one
// after the other: an allocation of constant size is a load, a comparison and two stores.

#define WEFT_GC_MOVES 0
#define WEFT_GC_HAS_WRITE_BARRIER 0
#define weft_gc_write_barrier(object) ((void)0)
#define weft_gc_write_barrier_item(object, index) ((void)0)

#ifdef __cplusplus
extern "C" {
#endif

enum {
  // Sizes up to this one are their own size class, in steps of 8 from 16.
  WEFT_GC_EXACT_MAX = 128,
  // Larger objects are not cut from blocks.
  WEFT_GC_SMALL_MAX = 16384,
  WEFT_GC_CLASS_COUNT = 41
};

// The stretch of one size class: objects are cut at `next` until it reaches `end`.
typedef struct weft_gc_stretch {
  char* next;
  char* end;
} weft_gc_stretch;

extern weft_gc_stretch weft_gc_stretches[WEFT_GC_CLASS_COUNT];

// The size class for a size of 8 * index bytes, and the slot size of each class.
typedef struct weft_gc_class_table {
  uint8_t of_words[WEFT_GC_SMALL_MAX / 8 + 1];
  uint16_t size[WEFT_GC_CLASS_COUNT];
} weft_gc_class_table;

extern const weft_gc_class_table weft_gc_classes;

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

#endif  // WEFT_GC_MARKSWEEP_H_
