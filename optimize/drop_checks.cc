#include "optimize/drop_checks.h"

#include <utility>

namespace weft::optimize {

bool DropChecks(Program& program, FunctionInfo& function) {
  bool changed = false;
  for (Block& block : function.graph.blocks()) {
    // Behind a check that always fails there is nothing left to go on with.
    const Operation* last = block.exit.kind == ExitKind::kUnreachable && !block.ops.empty()
                                ? &block.ops.back()
                                : nullptr;
    size_t kept = 0;
    for (size_t i = 0; i < block.ops.size(); ++i) {
      if (IsCheck(block.ops[i].opcode) && &block.ops[i] != last) continue;
      if (kept != i) block.ops[kept] = std::move(block.ops[i]);
      ++kept;
    }
    changed |= kept != block.ops.size();
    block.ops.resize(kept);
  }
  return changed;
}

}  // namespace weft::optimize
