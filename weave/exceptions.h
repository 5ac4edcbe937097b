#ifndef WEFT_WEAVE_EXCEPTIONS_H_
#define WEFT_WEAVE_EXCEPTIONS_H_

#include "flowgraph/pass.h"
#include "flowgraph/program.h"

namespace weft::weave {

// Exceptions become tests. A function that raises makes the exception pending (one global variable)
// and returns zero; its caller tests the variable after the call and passes the exception on, or
// takes it and goes to its handler.
//
// Needs: stage rtyped. Leaves: stage woven, without exception exits and without `raise` exits;
// `may_raise` and `may_collect` of every function are up to date.
//
// - A call that may raise ends its block with exception_occurred and a branch; a call that cannot
//   raise is left alone.
// - malloc becomes malloc_try, which is a few instructions and cannot raise, and in a cold block
//   malloc_slow, whose null result says that MemoryError is pending. The variable is not read.
// - weakref_make becomes such an allocation and a store of the target.
// - stack_check becomes stack_used_up and a branch.
// - Every exceptional path notes its place for the traceback (traceback_add), in a cold block.
// - A `raise` with a handler in the same function becomes a jump.
//
// Costs a load, a comparison and a branch that is never taken for each call that may raise. Raising
// itself costs the returns and the notes on the way. Linear in the size of the program.
bool WeaveExceptions(flowgraph::Program& program);

// The same as data, for a PassRunner.
flowgraph::Pass ExceptionsPass();

}  // namespace weft::weave

#endif  // WEFT_WEAVE_EXCEPTIONS_H_
