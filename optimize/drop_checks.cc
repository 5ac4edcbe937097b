#include "optimize/drop_checks.h"

namespace weft::optimize {

bool DropChecks(Program& program, FunctionInfo& function) {
  bool changed = false;
  for (Block& block : function.graph.blocks()) {
    changed |= std::erase_if(block.ops, [](const Operation& op) { return IsCheck(op.opcode); }) > 0;
  }
  return changed;
}

}  // namespace weft::optimize
