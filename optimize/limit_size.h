#ifndef WEFT_OPTIMIZE_LIMIT_SIZE_H_
#define WEFT_OPTIMIZE_LIMIT_SIZE_H_

#include <cstddef>
#include <functional>

#include "optimize/outline.h"

namespace weft::optimize {

// What code takes, in units of the one who asks: bytes of bytecode, or operations.
struct SizeCosts {
  std::function<size_t(const FunctionInfo&, const Operation&)> operation;
  // A block's exit, with what its links pass on.
  std::function<size_t(const FunctionInfo&, const Block&)> exit;
  // An estimate of a call in place of a region, and of what goes on behind it.
  std::function<size_t(const RegionShape&)> call;
};

struct SizeLimit {
  // No function may be larger.
  size_t limit = 0;
  // A part takes no more parameters, and gives no more results, than this.
  size_t max_values = 60;
  SizeCosts costs;
};

// Operations and exits, each as 1.
SizeCosts CountOperations();

size_t SizeWith(const FunctionInfo& function, const SizeCosts& costs);

// Cuts functions that are larger than the limit into parts that are not, as backends need whose
// hosts refuse long methods, or do not compile them to machine code.
//
// Regions are subtrees of the dominator tree, each of which is entered at its root alone. From the
// leaves up, a block whose subtree has become too large gives up children: blocks that are seldom
// run first, then those that lead out of the loop, then the largest. The cases of a switch whose
// calls alone would be too many are cut in groups, each with a switch of its own: one call then
// serves a whole group. Long blocks are split beforehand, and so are switches that are too large by
// themselves (a comparison chooses the half).
//
// So an interpreter loop keeps its dispatch and what small cases there is room for, and straight
// code becomes a chain of functions that each call the next.
//
// Works after the rtyper, before exceptions are woven; see outline.h for what stays correct. Takes
// time nearly linear in the size of the program. A function stays too large if what it would have
// to pass exceeds max_values wherever it is cut. Says whether it changed anything.
bool LimitFunctionSize(Program& program, const SizeLimit& limit);

}  // namespace weft::optimize

#endif  // WEFT_OPTIMIZE_LIMIT_SIZE_H_
