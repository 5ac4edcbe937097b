#ifndef WEFT_OPTIMIZE_LOCAL_CSE_H_
#define WEFT_OPTIMIZE_LOCAL_CSE_H_

#include "optimize/graph_edit.h"

namespace weft::optimize {

// Common subexpressions: what was computed already is not computed again.
//
// - Operations without effects and reads of immutable fields: where an equal one dominates.
// - Checks: where the same check dominates.
// - Conditions: in the blocks that a branch on them dominates, where their value is known; likewise
//   a value that was found equal to a constant.
// - Reads of memory: along blocks without other predecessors, until something may have written
//   there. A write tells what a read will give. A write of a field ends what is known of that field
//   in every object, a call ends everything.
//
// One walk over the dominator tree at any stage; linear. Says whether it changed anything.
bool LocalCse(Program& program, FunctionInfo& function);

}  // namespace weft::optimize

#endif  // WEFT_OPTIMIZE_LOCAL_CSE_H_
