#ifndef WEFT_BACKEND_C_COALESCE_H_
#define WEFT_BACKEND_C_COALESCE_H_

#include "backend_c/function_plan.h"
#include "flowgraph/program.h"

// Gives every value of form kVariable its variable. A block argument shares one with the values
// that links carry to it as far as their lifetimes allow, so that most links need no assignment.
namespace weft::backend_c {

void AssignVariables(const flowgraph::Graph& graph, FunctionPlan* plan);

}  // namespace weft::backend_c

#endif  // WEFT_BACKEND_C_COALESCE_H_
