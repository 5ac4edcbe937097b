#ifndef WEFT_OPTIMIZE_PIPELINE_H_
#define WEFT_OPTIMIZE_PIPELINE_H_

#include <cstddef>
#include <vector>

#include "flowgraph/pass.h"

// Which passes run, in order, as data. Each list belongs to a place in the translation; the phases
// in between (the annotator, the rtyper, the initialisers) are the driver's.
namespace weft::optimize {

struct PipelineOptions {
  // 0 to 3, as in -O2.
  int level = 2;
  bool inlines = true;
  // --checks=all.
  bool keeps_checks = false;
  // The most operations of a function after the last pass; 0 for no limit.
  size_t max_function_size = 0;
};

// What the frontend made becomes SSA, and calls become code.
std::vector<flowgraph::Pass> SourcePasses(const PipelineOptions& options);
// After the annotator's facts were applied: there are direct calls where virtual ones were.
std::vector<flowgraph::Pass> AnnotatedPasses(const PipelineOptions& options);
// After the heap was frozen: loads from it are constants.
std::vector<flowgraph::Pass> LowLevelPasses(const PipelineOptions& options);
// The last of them: cuts functions of more operations than `limit` (limit_size.h).
flowgraph::Pass LimitSizePass(size_t limit);

}  // namespace weft::optimize

#endif  // WEFT_OPTIMIZE_PIPELINE_H_
