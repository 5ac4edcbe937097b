#ifndef WEFT_OPTIMIZE_MERGE_TAILS_H_
#define WEFT_OPTIMIZE_MERGE_TAILS_H_

#include "optimize/graph_edit.h"

namespace weft::optimize {

// Blocks that end alike end together: where several blocks store a reference into the same object
// and then jump to the same block, the store moves into one block that they all jump to.
//
//   b4: ...                                b4: ...
//     setitem{"array<V*>"} %1, %5, %6        jump b9(%5, %6, %7)
//     jump b1(%7)                          b5: ...
//   b5: ...                        ->        jump b9(%8, %10, %11)
//     setitem{"array<V*>"} %1, %8, %9      b9(%12, %13, %14):
//     jump b1(%11)                           setitem{"array<V*>"} %1, %12, %13
//                                            jump b1(%14)
//
// For hosts that compile each such store to a lot of code: with HotSpot's G1 it is a dozen blocks
// and two calls, and the time that its compiler takes grows faster than the number of blocks. The
// instructions of an interpreter loop end like this, most of them with a push. It costs a jump.
//
// Operations that only compute may stand between the store and the end of the block. Works after
// the rtyper; linear in the graph. Says whether it changed anything.
bool MergeTails(const Program& program, Graph& graph);

}  // namespace weft::optimize

#endif  // WEFT_OPTIMIZE_MERGE_TAILS_H_
