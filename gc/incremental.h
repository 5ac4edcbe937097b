#ifndef WEFT_GC_INCREMENTAL_H_
#define WEFT_GC_INCREMENTAL_H_

// The inline paths of the incremental collector, which are those of the generational one: what was
// written to is all that it wants to know, too. See gc/incremental.cc.
#include "gc/generational.h"

#endif  // WEFT_GC_INCREMENTAL_H_
