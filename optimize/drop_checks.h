#ifndef WEFT_OPTIMIZE_DROP_CHECKS_H_
#define WEFT_OPTIMIZE_DROP_CHECKS_H_

#include "optimize/graph_edit.h"

namespace weft::optimize {

// Removes every check for null, range, division by zero and casts: what --checks=none means. To be
// run when the heap has been frozen, so that initialisers are still checked, and when the facts
// that follow from checks have been used. A check that always fails stays: nothing is behind it.
// Linear. Says whether it changed anything.
bool DropChecks(Program& program, FunctionInfo& function);

}  // namespace weft::optimize

#endif  // WEFT_OPTIMIZE_DROP_CHECKS_H_
