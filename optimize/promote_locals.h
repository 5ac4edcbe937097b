#ifndef WEFT_OPTIMIZE_PROMOTE_LOCALS_H_
#define WEFT_OPTIMIZE_PROMOTE_LOCALS_H_

#include "optimize/graph_edit.h"

namespace weft::optimize {

// Makes SSA values of `local` slots that are only read and written.
//
// A slot of a value class is first seen as one variable for each scalar in it, so that a struct of
// which only some fields change in a loop costs no more than those. A variable gets a block
// argument where several of its writes meet and it is still read (the iterated dominance frontier,
// pruned by liveness), and a walk over the dominator tree puts values in place of reads. A slot is
// zero whenever its `local` runs, also again and again within a loop.
//
// What stays a slot: one whose place goes anywhere but into ref_get and ref_set, after
// ForwardPlaces, which this pass calls. Linear but for the frontiers, which are short in what
// people write. Says whether it changed anything.
bool PromoteLocals(Program& program, FunctionInfo& function);

}  // namespace weft::optimize

#endif  // WEFT_OPTIMIZE_PROMOTE_LOCALS_H_
