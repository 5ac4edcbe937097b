#ifndef WEFT_RTYPER_STACK_CHECKS_H_
#define WEFT_RTYPER_STACK_CHECKS_H_

#include "flowgraph/program.h"

namespace weft::rtyper {

// Puts a stack_check at the entry of every function that may call itself, directly or through
// others: whatever else is on the stack is bounded by the size of the program. Brings may_raise and
// may_collect of all functions up to date with that, and with the boxes that the rtyper allocates.
//
// Under ootype there are no checks: the host's own error is caught where StackOverflowError is, and
// only may_raise says so.
//
// Needs stage rtyped, and changes nothing when all checks are there. Inlining may copy a check to
// where it is of no more use: a function that has one at its entry loses all others.
void InsertStackChecks(flowgraph::Program& program);

}  // namespace weft::rtyper

#endif  // WEFT_RTYPER_STACK_CHECKS_H_
