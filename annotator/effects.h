#ifndef WEFT_ANNOTATOR_EFFECTS_H_
#define WEFT_ANNOTATOR_EFFECTS_H_

#include "annotator/solver.h"

namespace weft::annotator {

// What a function may do to its caller, by a fixpoint along the calls that the solver found:
// FunctionInfo::may_raise, may_collect and is_noreturn of every reached function. A function that
// may be entered again while it runs can exhaust the stack, which is an exception, too.
void FindEffects(Program& program, const Solver& solver, const Annotations& annotations);

// FieldInfo::immutable of every field that only construction writes: of a fresh object, or of its
// own object by a constructor.
void FindImmutableFields(Program& program, const Annotations& annotations);

}  // namespace weft::annotator

#endif  // WEFT_ANNOTATOR_EFFECTS_H_
