#ifndef WEFT_GC_MARKSWEEP_H_
#define WEFT_GC_MARKSWEEP_H_

// What generated code needs of the mark-sweep collector; included by gc/weft_gc.h. The collector
// itself is described in gc/marksweep.cc.

#define WEFT_GC_MOVES 0
#define WEFT_GC_HAS_WRITE_BARRIER 0

#include "gc/stretches.h"

#endif  // WEFT_GC_MARKSWEEP_H_
