#ifndef WEFT_FLOWGRAPH_VERIFIER_H_
#define WEFT_FLOWGRAPH_VERIFIER_H_

#include <string>
#include <vector>

#include "flowgraph/program.h"

// The verifier states what every graph satisfies between passes:
//
// Structure
// - The entry's arguments are the function's parameters, and no link targets the entry.
// - Every block has an exit with the links, cases and value that its kind needs; cases differ.
// - A link carries one value for each argument of its target, of the same type; an exception link
//   leaves out the first argument, which has the type of an exception.
// - Only a block whose last operation may raise, or that raises, has an exception exit.
// Values
// - A value is defined once, and its definition dominates each use; the result of the last
//   operation of a block is not used along its exception link.
// Operations
// - Opcodes belong to the program's stage; operand counts, operand and result types and immediates
//   fit the table (opcodes.def).
// - Types belong to the stage: no objects, values or places after the rtyper, no pointers before.
// - Opcodes belong to the type system: no dispatch, type ids, stack checks and nothing woven under
//   ootype, no call_method and no classes of the host under lltype.
// Program
// - Names of functions are unique; an implementation takes what its method takes, its object at the
//   implementing class (at the low level: under ootype only); entry and initializer exist.
// - ootype: no stage woven, no dispatch tables; only the host makes objects of its classes.
//
// Each fault names the function, the block and the operation.
namespace weft::flowgraph {

// Gives the faults found, none when all is well. At most `limit` are collected.
std::vector<std::string> Verify(const Program& program, size_t limit = 20);
std::vector<std::string> VerifyFunction(const Program& program, FunctionId id, size_t limit = 20);

}  // namespace weft::flowgraph

#endif  // WEFT_FLOWGRAPH_VERIFIER_H_
