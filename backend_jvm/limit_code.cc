// An estimate of how many bytes of bytecode a function takes, for cutting those that are too long.
#include "backend_jvm/backend_jvm.h"
#include "optimize/limit_size.h"

namespace weft::backend_jvm {

using flowgraph::Block;
using flowgraph::ExitKind;
using flowgraph::FunctionInfo;
using flowgraph::Opcode;
using flowgraph::Operation;

namespace {

// A load or a store of a local beyond the first four.
constexpr size_t kAccess = 2;

size_t OperationBytes(const FunctionInfo&, const Operation& op) {
  switch (op.opcode) {
    case Opcode::kCastPtr:
      return 3;
    case Opcode::kTupleGet:
      return 6;
    case Opcode::kTupleMake:
      return 3 + 4 * op.args.size();
    case Opcode::kMalloc:
      return 9;
    case Opcode::kItemOffset:
      return 9;
    default:
      // Each operand is loaded, and every third result stored.
      return 3 + kAccess * op.args.size();
  }
}

size_t ExitBytes(const FunctionInfo&, const Block& block) {
  size_t size = 0;
  for (const flowgraph::Link& link : block.exit.links) {
    // Most of what links carry stays where it is.
    size += 3 + link.args.size() * kAccess / 2;
  }
  if (block.exit.kind == ExitKind::kSwitch) size += 12 + 4 * block.exit.cases.size();
  if (block.catches()) size += 4;
  return size + 1;
}

size_t CallBytes(const optimize::RegionShape& shape) {
  return 3 + kAccess * shape.parameters + 6 * shape.results + 4 * shape.exits;
}

}  // namespace

bool LimitCode(flowgraph::Program& program) {
  return optimize::LimitFunctionSize(
      program, {.limit = kCodeLimit,
                .costs = {.operation = OperationBytes, .exit = ExitBytes, .call = CallBytes}});
}

}  // namespace weft::backend_jvm
