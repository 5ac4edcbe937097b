#ifndef WEFT_OPTIMIZE_SIMPLIFY_H_
#define WEFT_OPTIMIZE_SIMPLIFY_H_

#include "optimize/graph_edit.h"

namespace weft::optimize {

// Makes a graph smaller without knowing more than the graph itself: folds constants, applies
// algebraic identities, propagates copies through block arguments, decides branches and switches on
// constants, sends links past blocks that do nothing or decide what the link already knows, merges
// straight blocks, removes what cannot be reached and what nothing needs.
//
// Works at every stage and takes a bounded number of sweeps, each linear in the graph. Says whether
// it changed anything.
bool Simplify(Program& program, FunctionInfo& function);

// The parts of it that look at blocks alone, each one sweep. For passes that leave such work.

// Replaces block arguments that get the same value on every link by that value.
bool PropagateCopies(Graph& graph);
// Decides exits on constants and brings exits to their simplest form.
bool SimplifyExits(Program& program, Graph& graph);
// Links go past blocks that do nothing, and past blocks that decide on a value that the link
// passes as a constant.
bool ThreadJumps(Program& program, Graph& graph);
// Joins a block with its only successor when it is that one's only predecessor.
bool MergeStraightBlocks(Program& program, Graph& graph);
// Makes one switch of a chain of at least three tests of one integer against constants.
bool ChainsToSwitches(Program& program, Graph& graph);

}  // namespace weft::optimize

#endif  // WEFT_OPTIMIZE_SIMPLIFY_H_
