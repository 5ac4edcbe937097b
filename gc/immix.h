#ifndef WEFT_GC_IMMIX_H_
#define WEFT_GC_IMMIX_H_

// What generated code needs of the mark-region collector; included by gc/weft_gc.h. The collector
// itself is described in gc/immix.cc, its heap in gc/line_heap.h. Objects are cut one after the
// other from the free lines of a block.

// What the stack names is pinned, so programs without roots woven in see nothing move.
#ifdef WEFT_GC_CONSERVATIVE
#define WEFT_GC_MOVES 0
#else
#define WEFT_GC_MOVES 1
#endif
#define WEFT_GC_HAS_WRITE_BARRIER 0

#include "gc/bump.h"

#endif  // WEFT_GC_IMMIX_H_
