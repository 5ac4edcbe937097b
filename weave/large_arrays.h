#ifndef WEFT_WEAVE_LARGE_ARRAYS_H_
#define WEFT_WEAVE_LARGE_ARRAYS_H_

#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "flowgraph/program.h"

namespace weft::weave {

// Which values are arrays of references that are large for certain, or null: arrays that are
// allocated with a constant length, and what is read from a field that holds nothing else, anywhere
// in the program. An interpreter's stack is one.
//
// A generational collector keeps large objects where they are, so such an array need not be read
// back after a collection. And it can look at the whole array in each minor collection, so that
// stores into it need no barrier: `remember_always`, behind each allocation of such an array, asks
// for that. What a collection pays is bounded, as arrays of more than kMostBytes do not count.
//
// Needs: stage woven. Linear in the size of the program times the rounds until no field is found to
// hold something else, which are two or three.
class LargeArrays {
 public:
  // The largest array that is looked at as a whole, in bytes.
  static constexpr uint64_t kMostBytes = uint64_t{256} << 10;

  // Without any: nothing is large.
  explicit LargeArrays(const flowgraph::Program& program) : program_(program) {}
  // Large are arrays of more than this number of bytes.
  LargeArrays(const flowgraph::Program& program, uint64_t bytes);

  // By the number of a value of the function. Empty when there is no such value.
  std::vector<bool> FindIn(const flowgraph::Graph& graph) const;

  // Whether the operation allocates such an array.
  bool IsAllocation(const flowgraph::Graph& graph, const flowgraph::Operation& op) const;

 private:
  // A container and the number of a field; the container is the one that the field is declared in.
  using FieldKey = std::pair<uint32_t, uint32_t>;

  bool IsArrayOfReferences(TypeId type) const;
  FieldKey KeyOf(uint32_t container, uint32_t field) const;
  bool HoldsLarge(const flowgraph::Operation& op) const;
  void FindFields();
  void DropFrozen();
  // Drops the fields to which the function stores what is not large; true if there was one.
  bool DropStored(const flowgraph::Graph& graph);

  const flowgraph::Program& program_;
  uint64_t bytes_ = kMostBytes;
  absl::flat_hash_set<FieldKey> fields_;
};

}  // namespace weft::weave

#endif  // WEFT_WEAVE_LARGE_ARRAYS_H_
