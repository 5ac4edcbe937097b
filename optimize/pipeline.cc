#include "optimize/pipeline.h"

#include "optimize/drop_checks.h"
#include "optimize/inline.h"
#include "optimize/limit_size.h"
#include "optimize/local_cse.h"
#include "optimize/promote_locals.h"
#include "optimize/remove_allocations.h"
#include "optimize/simplify.h"

namespace weft::optimize {
namespace {

using flowgraph::Pass;

const Pass kPromoteLocals = {.name = "promote_locals",
                             .doc = "Makes SSA values of local variables.",
                             .run_function = PromoteLocals};
const Pass kSimplify = {.name = "simplify",
                        .doc = "Folds constants, copies and branches; removes what nothing needs.",
                        .run_function = Simplify};
const Pass kLocalCse = {.name = "local_cse",
                        .doc = "Computes and loads once what is needed several times.",
                        .run_function = LocalCse};
const Pass kRemoveAllocations = {.name = "remove_allocations",
                                 .doc = "Makes values of objects that never leave their function.",
                                 .run_function = RemoveAllocations};
const Pass kRemoveUnusedFunctions = {.name = "remove_unused_functions",
                                     .doc = "Forgets functions that nothing refers to.",
                                     .run_program = RemoveUnusedFunctions};
const Pass kDropChecks = {.name = "drop_checks",
                          .doc = "Removes the checks that were not proven, as --checks=none asks.",
                          .run_function = DropChecks};

// How eager inlining is at each level.
constexpr InlineOptions kInlineByLevel[] = {
    {.small = 0, .favoured = 0, .once = 0, .tiny = 0, .growth = 1},
    {.small = 12, .favoured = 120, .once = 60, .growth = 1.5},
    {},
    {.small = 60, .favoured = 400, .once = 1000, .growth = 6},
};

Pass InlineAt(int level) {
  return {
      .name = "inline",
      .doc = "Puts small functions, and those called once, where they are called.",
      .run_program = [level](Program& program) { return Inline(program, kInlineByLevel[level]); }};
}

// A pass and when it runs.
struct Row {
  Pass pass;
  int min_level = 0;
  bool is_wanted = true;
};

std::vector<Pass> Select(std::vector<Row> rows, int level) {
  std::vector<Pass> passes;
  for (Row& row : rows) {
    if (level >= row.min_level && row.is_wanted) passes.push_back(std::move(row.pass));
  }
  return passes;
}

}  // namespace

std::vector<Pass> SourcePasses(const PipelineOptions& options) {
  return Select(
      {
          {kPromoteLocals},
          {kSimplify},
          // Functions come out promoted and simplified.
          {InlineAt(options.level), 0, options.inlines},
          {kRemoveUnusedFunctions},
          // One load of a field that is tested and then used is one value to the annotator.
          {kLocalCse, 1},
          {kSimplify, 1},
      },
      options.level);
}

std::vector<Pass> AnnotatedPasses(const PipelineOptions& options) {
  return Select(
      {
          {kSimplify},
          {InlineAt(options.level), 1, options.inlines},
          {kRemoveUnusedFunctions},
          {kLocalCse, 1},
          {kSimplify, 1},
          {kPromoteLocals, 1},
          {kRemoveAllocations, 1},
          {kSimplify, 1},
      },
      options.level);
}

std::vector<Pass> LowLevelPasses(const PipelineOptions& options) {
  return Select(
      {
          {kDropChecks, 0, !options.keeps_checks},
          {kSimplify},
          {kLocalCse, 1},
          {kSimplify, 1},
          {InlineAt(options.level), 2, options.inlines},
          {kLocalCse, 2},
          {kSimplify, 2},
          {kRemoveUnusedFunctions},
          // Last, so that nothing makes the parts larger again.
          {LimitSizePass(options.max_function_size), 0, options.max_function_size > 0},
      },
      options.level);
}

Pass LimitSizePass(size_t limit) {
  return {.name = "limit_function_size",
          .doc = "Cuts functions that are too large into parts.",
          .run_program = [limit](Program& program) {
            return LimitFunctionSize(
                program, {.limit = limit, .max_values = 60, .costs = CountOperations()});
          }};
}

}  // namespace weft::optimize
