#ifndef WEFT_LLINTERP_FREEZE_H_
#define WEFT_LLINTERP_FREEZE_H_

#include <cstdint>

#include "common/diagnostic.h"
#include "flowgraph/program.h"

namespace weft::llinterp {

struct FreezeOptions {
  // The most calls and backward jumps that the initialisers may take.
  uint64_t step_limit = 200'000'000;
  // The most bytes that they may allocate.
  uint64_t memory_limit = uint64_t{2} << 30;
};

struct FreezeStatistics {
  uint64_t steps = 0;
  uint64_t allocated_bytes = 0;
  size_t frozen_objects = 0;
  uint64_t frozen_bytes = 0;
  size_t constant_globals = 0;
  size_t removed_functions = 0;
};

// Runs the globals' initialisers and keeps what they leave: globals get their initial values, and
// the objects that the rest of the program can reach become its frozen heap. After that
// - program.initializer is invalid, and functions that nothing reaches any more have no graph,
// among
//   them implementations of methods that are never called;
// - a global that nothing writes any more is constant, and reading it is a constant;
// - frozen objects that nothing reaches are gone, the others are numbered densely.
// Needs stage rtyped. False when the initialisers failed, which is reported (W04xx).
bool Freeze(flowgraph::Program& program, DiagnosticEngine& diagnostics,
            const FreezeOptions& options = {}, FreezeStatistics* statistics = nullptr);

}  // namespace weft::llinterp

#endif  // WEFT_LLINTERP_FREEZE_H_
