#ifndef WEFT_BACKEND_CLI_CLASS_WRITER_H_
#define WEFT_BACKEND_CLI_CLASS_WRITER_H_

#include <string>

#include "backend_cli/cli_types.h"
#include "backend_cli/method_emitter.h"
#include "backend_common/reachability.h"

namespace weft::backend_cli {

// Every class but `code` and `program`: those of containers with their virtual methods, the value
// types of items and tuples, delegates, constant tables, and `globals`, `heap` and `places`.
std::string EmitClasses(const CliTypes& types, const backend_common::Reachable& reachable,
                        const MethodUses& uses);

// The name of a virtual method.
std::string MethodName(const flowgraph::Program& program, MethodId method);

}  // namespace weft::backend_cli

#endif  // WEFT_BACKEND_CLI_CLASS_WRITER_H_
