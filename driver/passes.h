#ifndef WEFT_DRIVER_PASSES_H_
#define WEFT_DRIVER_PASSES_H_

#include "flowgraph/pass.h"
#include "optimize/inline.h"
#include "optimize/promote_locals.h"
#include "optimize/simplify.h"
#include "weave/exceptions.h"

// The passes that the pipeline runs, each with its sentence. Those that need something of the
// translation stand in driver/pipeline.cc.
namespace weft::driver::passes {

using flowgraph::Pass;

inline const Pass kPromoteLocals = {.name = "promote_locals",
                                    .doc = "Makes SSA values of local variables.",
                                    .run_function = optimize::PromoteLocals};

inline const Pass kSimplify = {
    .name = "simplify",
    .doc = "Folds constants, copies and branches; removes what nothing needs.",
    .run_function = optimize::Simplify};

inline const Pass kInline = {
    .name = "inline",
    .doc = "Puts small functions, and those called once, where they are called.",
    .run_program = [](flowgraph::Program& program) { return optimize::Inline(program); }};

inline const Pass kRemoveUnusedFunctions = {.name = "remove_unused_functions",
                                            .doc = "Forgets functions that nothing refers to.",
                                            .run_program = optimize::RemoveUnusedFunctions};

inline const Pass kWeaveExceptions = {
    .name = "weave_exceptions",
    .doc = "Raising becomes a pending exception, and a test for it after each call that may raise.",
    .run_program = weave::WeaveExceptions};

}  // namespace weft::driver::passes

#endif  // WEFT_DRIVER_PASSES_H_
