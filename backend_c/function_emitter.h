#ifndef WEFT_BACKEND_C_FUNCTION_EMITTER_H_
#define WEFT_BACKEND_C_FUNCTION_EMITTER_H_

#include <string>

#include "backend_c/c_types.h"
#include "backend_c/dispatch.h"
#include "backend_c/shard_uses.h"
#include "flowgraph/program.h"

// Writes a function as C, after the plan in function_plan.h.
namespace weft::backend_c {

struct EmitOptions {
  // Whether #line says before each statement where it comes from.
  bool line_directives = true;
  DispatchStyle dispatch = DispatchStyle::kSwitch;
};

// The definition, with a comment that names the function's source.
std::string EmitFunction(const CTypes& types, FunctionId id, const EmitOptions& options,
                         ShardUses* uses);

}  // namespace weft::backend_c

#endif  // WEFT_BACKEND_C_FUNCTION_EMITTER_H_
