#ifndef WEFT_FLOWGRAPH_VERIFY_OPERATION_H_
#define WEFT_FLOWGRAPH_VERIFY_OPERATION_H_

#include <string>

#include "flowgraph/program.h"

namespace weft::flowgraph {

// Checks the immediates and the types of operands and result of one operation, whose operands are
// valid values. Gives what is wrong, or an empty string.
std::string CheckOperation(const Program& program, const Graph& graph, const Operation& op);

}  // namespace weft::flowgraph

#endif  // WEFT_FLOWGRAPH_VERIFY_OPERATION_H_
