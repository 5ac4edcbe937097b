#ifndef WEFT_WEAVE_GC_WORK_H_
#define WEFT_WEAVE_GC_WORK_H_

#include <vector>

#include "flowgraph/program.h"
#include "weave/call_effects.h"
#include "weave/gc_transform.h"
#include "weave/large_arrays.h"

namespace weft::weave {

// One function on its way through the gc transform.
struct GcWork {
  const flowgraph::Program& program;
  const CallEffects& effects;
  const GcTransformOptions& options;
  FunctionId id;
  const LargeArrays& large;
  flowgraph::Graph& graph;
  GcFunctionCounts counts;
  // What the functions before this one had, and the notes on all of them.
  GcTransformCounts& totals;
};

// Whether a value of this type may name an object of the heap, and not just null, a frozen object
// or an immediate.
inline bool MayBeOnHeap(const flowgraph::Program& program, TypeId type) {
  return program.types.Kind(type) == TypeKind::kPtr &&
         program.MayBeOnHeap(program.types.Container(type));
}

// Which values are one object under several types: the casts of each other.
class CastChains {
 public:
  explicit CastChains(const flowgraph::Graph& graph) : cast_of_(graph.value_count()) {
    for (const flowgraph::Block& block : graph.blocks()) {
      for (const flowgraph::Operation& op : block.ops) {
        if (op.opcode == flowgraph::Opcode::kCastPtr && !graph.IsConstant(op.args[0])) {
          cast_of_[op.result.index] = op.args[0];
        }
      }
    }
  }
  // The value that a chain of casts starts from.
  ValueId ObjectOf(ValueId value) const {
    while (value.index < cast_of_.size() && cast_of_[value.index].is_valid()) {
      value = cast_of_[value.index];
    }
    return value;
  }

 private:
  std::vector<ValueId> cast_of_;
};

}  // namespace weft::weave

#endif  // WEFT_WEAVE_GC_WORK_H_
