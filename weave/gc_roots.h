#ifndef WEFT_WEAVE_GC_ROOTS_H_
#define WEFT_WEAVE_GC_ROOTS_H_

#include "weave/gc_work.h"

namespace weft::weave {

// Makes the references in local variables visible to the collector. Around every operation that may
// collect, the references that live across it stand on the shadow stack, and are read back behind
// it when the collector moves objects:
//
//     root_set{0} %3
//     root_set{1} %7
//     roots_enter{2}
//     %9 = call{f} ...
//     roots_leave{2}
//     root_get{0} %3
//     root_get{1} %7
//
// - Which functions may collect follows from the call graph: a function that allocates nothing, and
//   calls only such functions, pays nothing; so does any path that comes by no collecting
//   operation. Allocation itself pays in its cold path alone.
// - Arguments that are not used after a call are not saved: the callee saves what it needs.
// - Several values that are one object (casts of each other) are saved once. Constants are not
//   saved: frozen objects are immortal.
// - An object has one slot throughout its life, which a variable of a loop shares with what it is
//   set to where possible. It is stored only when the slot does not hold it yet: what the slots
//   hold after one operation is still there at the next one. Objects that live long have the low
//   slots, so that few slots in between are empty; such a slot is set to null.
// - Arrays that are large for certain never move, and are not read back (weave/large_arrays.h).
// - Several results of a call are taken apart before the next operation that may collect.
//
// Costs, around each call, a store for each reference that is not in its slot yet, two for the top
// of the stack, and a load for each reference when the collector moves objects. Linear in the size
// of the function, plus the lengths of the live ranges, times the rounds until loops agree on what
// the slots hold.
void InsertRoots(GcWork& work);

}  // namespace weft::weave

#endif  // WEFT_WEAVE_GC_ROOTS_H_
