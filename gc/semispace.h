#ifndef WEFT_GC_SEMISPACE_H_
#define WEFT_GC_SEMISPACE_H_

// The inline paths of the copying collector; included by gc/weft_gc.h. The collector itself is
// described in gc/semispace.cc.

#define WEFT_GC_MOVES 1
#define WEFT_GC_HAS_WRITE_BARRIER 0

#include "gc/bump.h"

#endif  // WEFT_GC_SEMISPACE_H_
