#ifndef WEFT_WEAVE_GC_TRANSFORM_H_
#define WEFT_WEAVE_GC_TRANSFORM_H_

#include <cstddef>

#include "flowgraph/pass.h"
#include "flowgraph/program.h"

namespace weft::weave {

struct GcTransformOptions {
  // Announce stores of references into objects to the collector. Neither `marksweep` nor `none`
  // wants that.
  bool write_barriers = false;
};

// What the transform did, for `weft report`.
struct GcTransformCounts {
  // Operations that may run the collector, and how many of them stand in cold blocks.
  size_t collecting = 0;
  size_t collecting_cold = 0;
  // Those across which no reference lives: they need nothing.
  size_t without_roots = 0;
  // References saved, counting one for each operation across which it lives.
  size_t roots = 0;
  size_t barriers = 0;
};

// Makes the references in local variables visible to the collector. Around every operation that may
// collect, the references that live across it stand on the shadow stack:
//
//     root_set{0} %3
//     root_set{1} %7
//     roots_enter{2}
//     %9 = call{f} ...
//     roots_leave{2}
//
// Needs: stage woven, after WeaveExceptions (whose allocations collect in cold blocks only).
// Leaves: the same, with roots and barriers. The collector does not move objects: values stay what
// they are.
//
// - Which functions may collect follows from the call graph: a function that allocates nothing, and
//   calls only such functions, pays nothing; so does any path that comes by no collecting
//   operation. Allocation itself pays in its cold path alone.
// - Arguments that are not used after a call are not saved: the callee saves what it needs.
// - Several values that are one object (casts of each other) are saved once. Constants are not
//   saved: frozen objects are immortal.
//
// Costs one store for each reference and two for the top of the stack around each call. Linear in
// the size of the program plus the lengths of the live ranges.
GcTransformCounts TransformForGc(flowgraph::Program& program,
                                 const GcTransformOptions& options = {});

// The same as data, for a PassRunner. What was done is left in `counts`, if it is not null.
flowgraph::Pass GcTransformPass(const GcTransformOptions& options = {},
                                GcTransformCounts* counts = nullptr);

}  // namespace weft::weave

#endif  // WEFT_WEAVE_GC_TRANSFORM_H_
