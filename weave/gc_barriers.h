#ifndef WEFT_WEAVE_GC_BARRIERS_H_
#define WEFT_WEAVE_GC_BARRIERS_H_

#include "weave/gc_work.h"

namespace weft::weave {

// Puts a barrier in front of each store of a reference that the collector is to be told of.
//
// With Barriers::kStores that is every store, into globals too. With Barriers::kObjects the
// collector keeps a list of the objects that young ones were stored into, from one collection to
// the next, and these stores need none:
//
// - into an object that was allocated since the last operation that may collect: the collector
//   looks at new objects anyhow. With Barriers::kObjects this does not hold for the items of an
//   array that may be long, which it would have to look through;
// - of null or of a frozen object; but Barriers::kOverwrites is told of these, because such a
//   collector asks what an object referred to before;
// - into an array that is large for certain, which the collector was told to look at as a whole
//   when it was allocated (weave/large_arrays.h);
// - into the fixed part of an object, when a barrier for that part of it came before, on every way
//   and with no operation in between that may collect. With Barriers::kObjects a barrier that tells
//   the value as well does not count; where another store into the same object follows in the
//   block, it tells the object as such. (Items are told one by one: of a long array the collector
//   remembers which part was written to.)
//
// The first and the last of these hold across blocks: they are facts about objects that flow
// forward, with what all predecessors agree on.
//
// Linear in the size of the function times the rounds until loops agree, which are two or three.
void InsertBarriers(GcWork& work);

}  // namespace weft::weave

#endif  // WEFT_WEAVE_GC_BARRIERS_H_
