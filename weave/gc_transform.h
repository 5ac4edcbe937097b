#ifndef WEFT_WEAVE_GC_TRANSFORM_H_
#define WEFT_WEAVE_GC_TRANSFORM_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "flowgraph/pass.h"
#include "flowgraph/program.h"

namespace weft::weave {

// The stores of references that a collector is told of: none, those that say which objects were
// written to since it last ran, the same with those that only take a reference away, or all of
// them. See gc/weft_gc.h.
enum class Barriers { kNone, kObjects, kOverwrites, kStores };

// What a collector wants of the program.
struct GcTransformOptions {
  // It finds the references in local variables on the shadow stack.
  bool roots = true;
  // It may move objects, so that variables are read back.
  bool moves = false;
  // The stores it is told of.
  Barriers barriers = Barriers::kNone;
  // Arrays of more than this number of bytes never move, and the collector can look at all of one
  // in each of its collections, so that stores into it need no barrier (weave/large_arrays.h). 0 if
  // it does not offer that.
  uint64_t large_array_bytes = 0;
  // Also say in `notes` why each root and barrier is there.
  bool notes = false;
  // For tests of what finds such faults: the n-th barrier is left out, the n-th root is not saved.
  std::optional<size_t> drop_barrier;
  std::optional<size_t> drop_root;
};

// What stands in one function, or in all of them.
struct GcFunctionCounts {
  FunctionId function;
  size_t allocations = 0;
  // Operations that may run the collector, and how many of them stand in cold blocks.
  size_t collecting = 0;
  size_t collecting_cold = 0;
  // Those across which no reference lives: they need nothing.
  size_t without_roots = 0;
  // References that live across one, counted once for each operation; and how many of them were
  // still in their slot, so that nothing is stored.
  size_t roots = 0;
  size_t roots_kept = 0;
  // Stores into the shadow stack, those that empty a slot included, and reads from it.
  size_t root_sets = 0;
  size_t root_gets = 0;
  // Barriers, and stores of references that need none: into a new object, of a value that is no
  // object of the heap, behind another barrier for the object, or into a large array that is
  // remembered for good.
  size_t barriers = 0;
  size_t barriers_new = 0;
  size_t barriers_constant = 0;
  size_t barriers_merged = 0;
  size_t barriers_large = 0;

  void Add(const GcFunctionCounts& other);
};

// Why a root or barrier is there.
struct GcNote {
  FunctionId function;
  SourceLoc loc;
  std::string text;
};

struct GcTransformCounts : GcFunctionCounts {
  // Of the functions where there is something to count.
  std::vector<GcFunctionCounts> functions;
  std::vector<GcNote> notes;
};

// Tells the collector what it has to know: which references are in local variables where it may
// run (weave/gc_roots.h), and which stores it has to follow (weave/gc_barriers.h).
//
// Needs: stage woven, after WeaveExceptions (whose allocations collect in cold blocks only).
// Leaves: the same, with roots and barriers. With `moves`, values are variables from here on:
// root_get gives its operand a new address.
GcTransformCounts TransformForGc(flowgraph::Program& program,
                                 const GcTransformOptions& options = {});

// The same as data, for a PassRunner. What was done is left in `counts`, if it is not null.
flowgraph::Pass GcTransformPass(const GcTransformOptions& options = {},
                                GcTransformCounts* counts = nullptr);

}  // namespace weft::weave

#endif  // WEFT_WEAVE_GC_TRANSFORM_H_
