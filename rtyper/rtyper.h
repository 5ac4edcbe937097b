#ifndef WEFT_RTYPER_RTYPER_H_
#define WEFT_RTYPER_RTYPER_H_

#include <string>
#include <vector>

#include "common/diagnostic.h"
#include "flowgraph/program.h"
#include "typesystem/boxing.h"

namespace weft::annotator {
class Annotations;
}  // namespace weft::annotator

namespace weft::rtyper {

// How one Unboxed class is represented, for `weft report`.
struct UnboxedReport {
  std::string class_name;
  bool is_immediate = false;
  // Of an immediate: which values are objects on the heap all the same. Otherwise why it is none,
  // or what hosts do instead.
  std::string remark;
};

// Takes a program of stage source or annotated to stage rtyped, for one type system: chooses the
// representation of every type (representation.h) and rewrites every graph to low-level operations
// on containers, pointers and scalars. Without annotations nothing is known but what the program
// says. Unboxed objects may be represented as `boxing` says, under lltype (unboxed.h); `reports`,
// if given, gets one for each of their classes that has objects. False when it reported an error;
// the program is then of no further use.
bool Rtype(flowgraph::Program& program, const annotator::Annotations* annotations,
           DiagnosticEngine& diagnostics,
           flowgraph::TypeSystem type_system = flowgraph::TypeSystem::kLltype,
           BoxingScheme boxing = BoxingScheme::kNone,
           std::vector<UnboxedReport>* reports = nullptr);

}  // namespace weft::rtyper

#endif  // WEFT_RTYPER_RTYPER_H_
