#ifndef WEFT_FLOWGRAPH_IDS_H_
#define WEFT_FLOWGRAPH_IDS_H_

#include "typesystem/ids.h"

namespace weft {

// Of a program.
using FunctionId = TypedId<struct FunctionTag>;
using MethodId = TypedId<struct MethodTag>;
using GlobalId = TypedId<struct GlobalTag>;
using ExternalId = TypedId<struct ExternalTag>;
using PathId = TypedId<struct PathTag>;
using LiteralId = TypedId<struct LiteralTag>;
using FrozenId = TypedId<struct FrozenTag>;
using DispatchTableId = TypedId<struct DispatchTableTag>;
// Of one graph.
using BlockId = TypedId<struct BlockTag>;
using ValueId = TypedId<struct ValueTag>;

}  // namespace weft

#endif  // WEFT_FLOWGRAPH_IDS_H_
