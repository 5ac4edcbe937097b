#ifndef WEFT_FLOWGRAPH_FOLD_H_
#define WEFT_FLOWGRAPH_FOLD_H_

#include <cstdint>

#include "flowgraph/opcode.h"
#include "typesystem/type.h"

// The one place that knows what the scalar operations of opcodes.def compute. The optimiser folds
// constants with it and llinterp runs programs with it, so that a constant folded at translation
// time can never differ from the same operation run later.
//
// Scalars are 64 bits as in flowgraph::Constant: bools and integers sign- or zero-extended by their
// type, floats as the bits of an f64, an f32 widened.
namespace weft::flowgraph {

// Computes an operation of the groups arithmetic, comparisons, conversions and bits, and of the
// hints. `operand` is the kind of the operands (of the second and third for Select), `result` the
// kind of the result. Gives false, and no result, when the opcode is none of these, the kinds do
// not fit it, or an integer is divided by zero.
bool EvaluateScalar(Opcode opcode, TypeKind operand, TypeKind result, const uint64_t* args,
                    uint64_t* value);

}  // namespace weft::flowgraph

#endif  // WEFT_FLOWGRAPH_FOLD_H_
