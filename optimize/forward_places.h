#ifndef WEFT_OPTIMIZE_FORWARD_PLACES_H_
#define WEFT_OPTIMIZE_FORWARD_PLACES_H_

#include "optimize/graph_edit.h"

namespace weft::optimize {

// Turns reads and writes by way of a place into the direct forms where the place is made in the
// same function: ref_get of a field_ref becomes field_get, of an array_ref array_get, of a
// global_ref global_get, and the steps of ref_field join the path. A place keeps the base it was
// made with, and so does the direct form, whatever was written in between; therefore the order of
// evaluation stays.
//
// Why: the direct forms need no pair of pointer and offset after the rtyper, and other passes know
// what they touch. Linear. Says whether it changed anything.
bool ForwardPlaces(Program& program, Graph& graph);

}  // namespace weft::optimize

#endif  // WEFT_OPTIMIZE_FORWARD_PLACES_H_
