#ifndef WEFT_OPTIMIZE_SPLIT_AGGREGATES_H_
#define WEFT_OPTIMIZE_SPLIT_AGGREGATES_H_

#include "optimize/graph_edit.h"

namespace weft::optimize {

// Block arguments that are values of value classes, or tuples, become an argument for each of their
// parts; the whole is made again at the start of the block, for whoever still wants it. So a part
// that nobody reads is not carried along, and one that is always the same is known to be.
//
// Linear in the graph that results. Says whether it changed anything.
bool SplitAggregates(Program& program, Graph& graph);

}  // namespace weft::optimize

#endif  // WEFT_OPTIMIZE_SPLIT_AGGREGATES_H_
