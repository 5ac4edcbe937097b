#ifndef WEFT_GC_SIZE_CLASSES_H_
#define WEFT_GC_SIZE_CLASSES_H_

// The size classes of gc/block_heap.h, and the stretches of free memory that objects of each class
// are cut from. Apart from there because inline allocation paths, in C or C++, use them.

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
  // Sizes up to this one are their own size class, in steps of 8 from 16.
  WEFT_GC_EXACT_MAX = 128,
  // Larger objects are not cut from blocks.
  WEFT_GC_LARGEST_CLASS = 16384,
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
  uint8_t of_words[WEFT_GC_LARGEST_CLASS / 8 + 1];
  uint16_t size[WEFT_GC_CLASS_COUNT];
} weft_gc_class_table;

extern const weft_gc_class_table weft_gc_classes;

#ifdef __cplusplus
}
#endif

#endif  // WEFT_GC_SIZE_CLASSES_H_
