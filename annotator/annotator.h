#ifndef WEFT_ANNOTATOR_ANNOTATOR_H_
#define WEFT_ANNOTATOR_ANNOTATOR_H_

#include "annotator/annotations.h"
#include "common/diagnostic.h"
#include "flowgraph/program.h"

// The annotator proves things about a whole program. C++ has given every value a type; starting
// from the entry, the initialiser of globals and what else is called from outside, a fixpoint finds
// out what the types don't say: which functions are reached, which classes have objects, of exactly
// which classes a reference can be, what is never null, in which range an integer is, which fields
// nothing writes, who a call can reach, and which functions can raise or collect.
//
// It is insensitive to contexts (a parameter has one fact, the join over all calls) and sensitive
// to flow: behind a test or a check, what it says holds. Each function is analysed by sweeps over
// its dominator tree; one is looked at again when a parameter, a field, a global or the result of a
// callee that it read has changed. Integers that keep growing are widened, so that every chain of
// changes is short.
namespace weft::annotator {

// Analyses a program of stage source and hands it on at stage annotated, with graphs unchanged but
// for functions that are never reached, which are emptied. Sets FunctionInfo::may_raise,
// may_collect and is_noreturn, and FieldInfo::immutable. Reports what cannot be meant: calls that
// reach nothing, checks that always fail.
Annotations Annotate(flowgraph::Program& program, DiagnosticEngine& diagnostics);

// Changes graphs by what was found: constants for values that always have them, direct calls for
// those with one target, no checks that always hold. Leaves simplifying to the passes that follow.
// The annotations must be of this program as it is. Says whether it changed anything.
bool ApplyAnnotations(flowgraph::Program& program, const Annotations& annotations);

}  // namespace weft::annotator

#endif  // WEFT_ANNOTATOR_ANNOTATOR_H_
