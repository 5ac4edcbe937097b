#ifndef WEFT_OPTIMIZE_REMOVE_ALLOCATIONS_H_
#define WEFT_OPTIMIZE_REMOVE_ALLOCATIONS_H_

#include "optimize/graph_edit.h"

namespace weft::optimize {

// Removes the allocation of objects that never leave the function: whose fields are read and
// written, and nothing else. Each field becomes a `local` slot at the place of the `new`, zero
// whenever it runs as the fields would be, and PromoteLocals, which this pass calls, makes values
// of the slots. What an iterator or a closure cost before it was inlined is gone then.
//
// An object escapes when it is passed, stored, returned, raised, compared, or given to a block
// argument. Objects with a finalizer stay. Source stages only; linear. Says whether it changed
// anything.
bool RemoveAllocations(Program& program, FunctionInfo& function);

}  // namespace weft::optimize

#endif  // WEFT_OPTIMIZE_REMOVE_ALLOCATIONS_H_
