#ifndef WEFT_BACKEND_CLI_SCALAR_OPERATIONS_H_
#define WEFT_BACKEND_CLI_SCALAR_OPERATIONS_H_

#include <cstdint>
#include <optional>

#include "backend_cli/il_code.h"
#include "flowgraph/opcode.h"
#include "typesystem/type.h"

// Arithmetic, conversions and bits in IL, to the bit what flowgraph/fold.cc computes. The operands
// are on the stack.
namespace weft::backend_cli {

// Writes the operation if it is one of these; false otherwise. `constant` is the value of the last
// operand when that is known: a divisor, or the count of a shift, which then is not on the stack.
bool WriteScalar(flowgraph::Opcode opcode, TypeKind operand, TypeKind result,
                 std::optional<int64_t> constant, IlCode* code);

// Jumps when the comparison of the two operands is `when`. An unordered comparison of floats is
// false, but for `ne`.
void BranchIfCompare(flowgraph::Opcode opcode, TypeKind operand, bool when, uint32_t label,
                     IlCode* code);

// Leaves the outcome of a comparison on the stack.
void Compare(flowgraph::Opcode opcode, TypeKind operand, IlCode* code);

}  // namespace weft::backend_cli

#endif  // WEFT_BACKEND_CLI_SCALAR_OPERATIONS_H_
