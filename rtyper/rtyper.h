#ifndef WEFT_RTYPER_RTYPER_H_
#define WEFT_RTYPER_RTYPER_H_

#include "common/diagnostic.h"
#include "flowgraph/program.h"

namespace weft::annotator {
class Annotations;
}  // namespace weft::annotator

namespace weft::rtyper {

// Takes a program of stage source or annotated to stage rtyped, for one type system: chooses the
// representation of every type (representation.h) and rewrites every graph to low-level operations
// on containers, pointers and scalars. Without annotations nothing is known but what the program
// says. False when it reported an error; the program is then of no further use.
bool Rtype(flowgraph::Program& program, const annotator::Annotations* annotations,
           DiagnosticEngine& diagnostics,
           flowgraph::TypeSystem type_system = flowgraph::TypeSystem::kLltype);

}  // namespace weft::rtyper

#endif  // WEFT_RTYPER_RTYPER_H_
