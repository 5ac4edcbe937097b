#include "optimize/forward_places.h"

#include <vector>

namespace weft::optimize {
namespace {

uint32_t Join(Program& program, uint32_t first, uint32_t second) {
  if (second == PathId::kNone) return first;
  if (first == PathId::kNone) return second;
  return program.JoinPaths(PathId(first), PathId(second)).index;
}

}  // namespace

bool ForwardPlaces(Program& program, Graph& graph) {
  std::vector<const Operation*> place(graph.value_count(), nullptr);
  for (const Block& block : graph.blocks()) {
    for (const Operation& op : block.ops) {
      switch (op.opcode) {
        case Opcode::kFieldRef:
        case Opcode::kArrayRef:
        case Opcode::kGlobalRef:
        case Opcode::kRefField:
          place[op.result.index] = &op;
          break;
        default:
          break;
      }
    }
  }
  // Turns `op`, whose first operand is the place, into the operation on the place's base. `field`,
  // `item` and `global` are the direct forms.
  auto forward = [&](Operation& op, Opcode field, Opcode item, Opcode global) {
    const Operation* base = place[op.args[0].index];
    if (base == nullptr) return false;
    uint32_t path = Join(program, base->imm2, op.imm2);
    ValueList args = base->args;
    args.insert(args.end(), op.args.begin() + 1, op.args.end());
    switch (base->opcode) {
      case Opcode::kFieldRef:
        op.opcode = field;
        op.imm = base->imm;
        break;
      case Opcode::kArrayRef:
        op.opcode = item;
        op.imm = base->imm;
        break;
      case Opcode::kGlobalRef:
        op.opcode = global;
        op.imm = base->imm;
        break;
      default:
        // A part of a part: still a place, nearer to its base.
        if (op.opcode == Opcode::kRefField) op.imm = base->imm;
        break;
    }
    op.imm2 = path;
    op.args = std::move(args);
    return true;
  };
  bool changed = false;
  for (Block& block : graph.blocks()) {
    for (Operation& op : block.ops) {
      // One step a time along ref_field; the paths of the source bound the number of steps.
      for (bool again = true; again;) {
        again = false;
        switch (op.opcode) {
          case Opcode::kRefGet:
            again = forward(op, Opcode::kFieldGet, Opcode::kArrayGet, Opcode::kGlobalGet);
            break;
          case Opcode::kRefSet:
            again = forward(op, Opcode::kFieldSet, Opcode::kArraySet, Opcode::kGlobalSet);
            break;
          case Opcode::kRefField:
            again = forward(op, Opcode::kFieldRef, Opcode::kArrayRef, Opcode::kGlobalRef);
            break;
          default:
            break;
        }
        changed |= again;
      }
    }
  }
  return changed;
}

}  // namespace weft::optimize
