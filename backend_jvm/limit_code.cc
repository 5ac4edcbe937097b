// An estimate of how many bytes of bytecode a function takes, for cutting those that are too long.
#include <algorithm>

#include "absl/container/flat_hash_map.h"
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
  // The estimate errs on the side of too much, by as much as locals are shared and operands stand
  // in instructions. How much, a function that is too long shows by itself.
  constexpr size_t kUnit = 64;
  optimize::SizeCosts plain = {OperationBytes, ExitBytes, CallBytes};
  bool changed = false;
  for (int round = 0; round < 3; ++round) {
    std::vector<size_t> sizes = GenerateClasses(program).code_sizes;
    absl::flat_hash_map<const FunctionInfo*, size_t> units;
    for (size_t i = 0; i < sizes.size(); ++i) {
      if (sizes[i] < kCodeLimit) continue;
      const FunctionInfo& function = *program.functions[i];
      size_t estimate = optimize::SizeWith(function, plain);
      // Each round takes it more strictly.
      units[&function] = std::max<size_t>(1, kUnit * sizes[i] / estimate) * (4 + round) / 4;
    }
    if (units.empty()) return changed;
    auto unit = [&](const FunctionInfo& function) {
      auto at = units.find(&function);
      // Others are short enough, but for the parts that are made here.
      return at != units.end() ? at->second : function.part_of.is_valid() ? kUnit / 2 : 0;
    };
    changed |= optimize::LimitFunctionSize(
        program,
        {.limit = kCodeLimit * kUnit,
         .costs = {.operation = [&](const FunctionInfo& function, const Operation& op) -> size_t {
                     return unit(function) * OperationBytes(function, op);
                   },
                   .exit = [&](const FunctionInfo& function, const Block& block) -> size_t {
                     return unit(function) * ExitBytes(function, block);
                   },
                   .call = [&](const optimize::RegionShape& shape) -> size_t {
                     return kUnit / 2 * CallBytes(shape);
                   }}});
  }
  return changed;
}

}  // namespace weft::backend_jvm
