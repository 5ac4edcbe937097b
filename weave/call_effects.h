#ifndef WEFT_WEAVE_CALL_EFFECTS_H_
#define WEFT_WEAVE_CALL_EFFECTS_H_

#include "absl/container/flat_hash_map.h"
#include "flowgraph/program.h"

namespace weft::weave {

// Which operations may raise and which may run the collector, calls included. The table of
// operations says it for all others; for calls it follows from what is called, over the whole call
// graph. Needs stage rtyped or woven, and lltype. Linear in the size of the program.
class CallEffects {
 public:
  // Computes the effects and leaves them in `may_raise` and `may_collect` of every function.
  explicit CallEffects(flowgraph::Program& program);

  bool MayRaise(const flowgraph::Graph& graph, const flowgraph::Operation& op) const;
  bool MayCollect(const flowgraph::Graph& graph, const flowgraph::Operation& op) const;

 private:
  struct Effects {
    bool raises = false;
    bool collects = false;
  };

  Effects OfCall(const flowgraph::Graph& graph, const flowgraph::Operation& op) const;

  const flowgraph::Program& program_;
  // For calls through a pointer: what the functions that it may point to do together.
  absl::flat_hash_map<TypeId, Effects> by_type_;
};

}  // namespace weft::weave

#endif  // WEFT_WEAVE_CALL_EFFECTS_H_
