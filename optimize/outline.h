#ifndef WEFT_OPTIMIZE_OUTLINE_H_
#define WEFT_OPTIMIZE_OUTLINE_H_

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "optimize/graph_edit.h"

// Makes functions of parts of functions: the opposite of inlining.
//
// A region is a set of blocks that is entered at one of them only. Cut moves it into a new function
// and leaves a call in its place:
//
//   b4(%9: i64): ...                b4(%9: i64):
//     the region             ->       %20: tuple(bool, i64) = call{@"f::part:1"} %9, %2
//     branch %12 b7(%13) b8           %21: bool = tuple_get{0} %20
//                                     branch %21 b31 b8
//                                   b31:
//                                     %22: i64 = tuple_get{1} %20
//                                     jump b7(%22)
//
// - What the region uses of the outside becomes parameters. What comes back is the exit that was
//   taken, if there are several, and the values that the exits pass on or that are used behind the
//   region. Exits share results of one type; what an exit passes on of the outside stays there.
// - `return` in the region is an exit. If it is the only one, the call's result is returned.
// - Exceptions that are caught in the region stay there. Those that a handler of the function
//   catches outside of it come back through an exit, as the value that the handler takes. All
//   others leave the new function, and so the old one, with the call.
// - A region that neither returns nor goes anywhere becomes a function that does not return.
//
// The new function is marked as a part of the old one (FunctionInfo::part_of), so that tracebacks
// show what was written, and as never to be inlined. Its facts follow from its operations.
//
// Works after the rtyper, before exceptions are woven. Values of tuple type may not go in or out,
// so a region that holds a call has to hold what takes its result apart.
namespace weft::optimize {

// What a call in place of a region would look like.
struct RegionShape {
  size_t parameters = 0;
  // Values that come back, the exit that was taken among them.
  size_t results = 0;
  size_t exits = 0;
};

// Cuts regions out of one function after the other. Each cut takes time linear in the region; Open
// and Close are linear in the function.
class Outliner {
 public:
  explicit Outliner(Program& program);

  // Begins with a function. Until it is closed, only Cut and AddBlock may change it, and who adds a
  // block fills it and says which uses are new.
  void Open(FunctionId function);
  // Removes the blocks that are left without a link to them. Says whether anything was cut.
  bool Close();

  // The call that would be there in place of the region; nothing when it cannot be cut. The first
  // block is the one that is entered; it is not the function's entry.
  std::optional<RegionShape> Measure(std::span<const BlockId> region);

  struct Part {
    FunctionId function;
    // The blocks behind the call that were added: they, and the block that holds the call, are
    // what is left of the region.
    std::vector<BlockId> landings;
  };
  // Cuts a region that Measure gave a shape for.
  Part Cut(std::span<const BlockId> region);

  // Adds a block without operations, which `dominator` dominates directly.
  BlockId AddBlock(BlockId dominator);
  void NoteUse(ValueId value) { ++uses_[value.index]; }

  const flowgraph::Dominators& dominators() const { return *dominators_; }

 private:
  struct Plan;

  bool MakePlan(std::span<const BlockId> region, Plan* plan);
  void AddExit(Plan* plan, BlockId target, const Link* link, bool is_exception);
  bool PlanResults(Plan* plan);
  bool Dominates(BlockId a, BlockId b) const;
  bool IsInside(BlockId block) const { return stamp_[block.index] == stamp_now_; }
  bool IsOutside(const Plan& plan, ValueId value) const;
  bool IsTuple(ValueId value) const;
  FunctionId MakeFunction(const Plan& plan);
  std::vector<BlockId> Replace(const Plan& plan, FunctionId part);
  void Grow();

  Program& program_;
  // How many parts each function has, by its id.
  absl::flat_hash_map<FunctionId, uint32_t> part_counts_;

  FunctionId id_;
  Graph* graph_ = nullptr;
  bool is_changed_ = false;
  std::unique_ptr<flowgraph::Dominators> dominators_;
  // Of blocks that were added after `dominators_`: a block that was there and dominates them.
  std::vector<BlockId> stands_for_;
  std::vector<uint32_t> uses_;
  std::vector<BlockId> definition_;
  // Marks the blocks of the region at hand.
  std::vector<uint32_t> stamp_;
  uint32_t stamp_now_ = 0;
};

}  // namespace weft::optimize

#endif  // WEFT_OPTIMIZE_OUTLINE_H_
