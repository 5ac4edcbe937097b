#include "weave/gc_transform.h"

#include <utility>

#include "common/check.h"
#include "weave/call_effects.h"
#include "weave/gc_barriers.h"
#include "weave/gc_roots.h"

namespace weft::weave {

using flowgraph::FunctionInfo;
using flowgraph::Program;
using flowgraph::Stage;

void GcFunctionCounts::Add(const GcFunctionCounts& other) {
  allocations += other.allocations;
  collecting += other.collecting;
  collecting_cold += other.collecting_cold;
  without_roots += other.without_roots;
  roots += other.roots;
  roots_kept += other.roots_kept;
  root_sets += other.root_sets;
  root_gets += other.root_gets;
  barriers += other.barriers;
  barriers_new += other.barriers_new;
  barriers_constant += other.barriers_constant;
  barriers_merged += other.barriers_merged;
  barriers_large += other.barriers_large;
}

GcTransformCounts TransformForGc(Program& program, const GcTransformOptions& options) {
  WEFT_CHECK(program.stage == Stage::kWoven, "exceptions are woven in before roots are");
  CallEffects effects(program);
  LargeArrays large = options.large_array_bytes == 0
                          ? LargeArrays(program)
                          : LargeArrays(program, options.large_array_bytes);
  GcTransformCounts totals;
  for (uint32_t i = 0; i < program.functions.size(); ++i) {
    FunctionInfo& function = *program.functions[i];
    if (function.graph.empty()) continue;
    GcWork work{program, effects, options, FunctionId(i), large, function.graph, {}, totals};
    work.counts.function = FunctionId(i);
    if (options.barriers != Barriers::kNone) InsertBarriers(work);
    if (options.roots && function.may_collect) InsertRoots(work);
    const GcFunctionCounts& counts = work.counts;
    if (counts.collecting + counts.barriers + counts.barriers_new + counts.barriers_constant +
            counts.barriers_merged + counts.barriers_large !=
        0) {
      totals.functions.push_back(counts);
    }
    totals.Add(counts);
  }
  return totals;
}

flowgraph::Pass GcTransformPass(const GcTransformOptions& options, GcTransformCounts* counts) {
  return {.name = "gc_transform",
          .doc = "keeps references on the shadow stack across calls that may collect",
          .run_function = nullptr,
          .run_program = [options, counts](Program& program) {
            GcTransformCounts result = TransformForGc(program, options);
            if (counts != nullptr) *counts = result;
            return result.roots + result.barriers != 0;
          }};
}

}  // namespace weft::weave
