#ifndef WEFT_ANNOTATOR_FRESH_OBJECTS_H_
#define WEFT_ANNOTATOR_FRESH_OBJECTS_H_

#include <cstdint>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "flowgraph/analysis.h"
#include "flowgraph/program.h"

namespace weft::annotator {

// Follows new objects for as long as nobody but the code at hand can see them: along operations and
// straight jumps, until a place stores them, a call takes them, or the flow divides or meets. What
// is written to an object in this time is its construction, because that is what constructors look
// like once they are inlined.
class FreshObjects {
 public:
  explicit FreshObjects(const flowgraph::Program& program) : program_(program) {}

  // Calls f(op) for every operation of the graph; meanwhile IsFresh tells of the operands.
  template <typename F>
  void Walk(const flowgraph::Graph& graph, const flowgraph::Predecessors& predecessors, F f) {
    std::vector<absl::flat_hash_map<ValueId, ValueId>> at_end(graph.blocks().size());
    for (BlockId id : flowgraph::ReversePostorder(graph)) {
      names_.clear();
      std::span<const BlockId> from = predecessors.Of(id);
      if (from.size() == 1 && graph.block(from[0]).exit.kind == flowgraph::ExitKind::kJump &&
          graph.block(from[0]).exit.links[0].target == id) {
        names_ = std::move(at_end[from[0].index]);
        for (ValueId arg : graph.block(from[0]).exit.links[0].args) Escape(arg);
      }
      for (const flowgraph::Operation& op : graph.block(id).ops) {
        f(op);
        Step(op);
      }
      at_end[id.index] = std::move(names_);
    }
  }

  bool IsFresh(ValueId value) const { return names_.contains(value); }

  // After Walk: the fields of the object that a `new` made, by declaring class and number, that
  // were written before anybody could read them.
  bool IsWritten(ValueId object, ClassId cls, uint32_t field) const {
    auto it = written_.find(object);
    return it != written_.end() && it->second.contains(Key(cls, field));
  }

 private:
  static uint64_t Key(ClassId cls, uint32_t field) { return uint64_t{cls.index} << 32 | field; }

  void Step(const flowgraph::Operation& op);
  void Escape(ValueId value);

  const flowgraph::Program& program_;
  // The names of fresh objects: the result of their `new` and casts of it.
  absl::flat_hash_map<ValueId, ValueId> names_;
  absl::flat_hash_map<ValueId, absl::flat_hash_set<uint64_t>> written_;
};

}  // namespace weft::annotator

#endif  // WEFT_ANNOTATOR_FRESH_OBJECTS_H_
