#ifndef WEFT_OPTIMIZE_INLINE_H_
#define WEFT_OPTIMIZE_INLINE_H_

#include <cstddef>

#include "optimize/graph_edit.h"

namespace weft::optimize {

// How eager to be. Sizes are in operations and exits (SizeOf).
struct InlineOptions {
  // A callee up to this size goes everywhere but into blocks that are seldom run.
  size_t small = 30;
  // One that is handed places or functions: its caller's locals become values again, and calls of
  // what it was handed become direct.
  size_t favoured = 250;
  // One that is called from a single place.
  size_t once = 400;
  // Into a block that is seldom run, and into callers over the limit.
  size_t tiny = 8;
  // A caller this large takes in only tiny callees, and those that ask for it.
  size_t caller_limit = 20000;
  // The program may grow to this many times its size.
  double growth = 3;
};

// Replaces calls by the bodies of what they call, callees first, so that what is copied was already
// made small. A function that was inlined into is brought to SSA and simplified at once, which
// shows calls by pointer as direct ones; they are looked at again.
//
// Never inlined: what says so, calls within a cycle of direct calls (one function of it stays),
// functions that do not return normally, and functions marked cold: error paths cost size where
// speed is wanted. Always inlined: what says so, unless it is recursive.
//
// An operation of the callee that may raise and has no handler there gets the call's. Works at the
// source stages and after the rtyper. Linear in the size of the result. Says whether it changed
// anything.
bool Inline(Program& program, const InlineOptions& options = {});

// Empties the graphs of functions that nothing calls or refers to, starting from the entry, the
// initializer, virtual methods, finalizers, tables and the frozen heap.
bool RemoveUnusedFunctions(Program& program);

}  // namespace weft::optimize

#endif  // WEFT_OPTIMIZE_INLINE_H_
