#include "optimize/remove_allocations.h"

#include <utility>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/container/flat_hash_map.h"
#include "optimize/promote_locals.h"

namespace weft::optimize {
namespace {

// A field by its declaring class and number, in the order of classes, so that slots come in the
// same order in every run.
using FieldKey = std::pair<uint32_t, uint32_t>;

struct Object {
  bool escapes = false;
  // Its fields that are used, and the slots they become.
  absl::btree_map<FieldKey, ValueId> slots;
};

bool HasFinalizer(const Program& program, ClassId cls) {
  for (; cls.is_valid(); cls = program.cls(cls).parent) {
    if (program.cls(cls).finalizer.is_valid()) return true;
  }
  return false;
}

}  // namespace

bool RemoveAllocations(Program& program, FunctionInfo& function) {
  Graph& graph = function.graph;
  if (graph.empty() || program.stage >= Stage::kRtyped) return false;
  std::vector<Object> objects;
  // Which object a value is: a new one, or a cast of it.
  absl::flat_hash_map<ValueId, size_t> names;
  for (BlockId id : ReversePostorder(graph)) {
    for (const Operation& op : graph.block(id).ops) {
      if (op.opcode == Opcode::kNew) {
        if (HasFinalizer(program, ClassId(op.imm))) continue;
        names[op.result] = objects.size();
        objects.emplace_back();
      } else if (op.opcode == Opcode::kUpcast) {
        auto it = names.find(op.args[0]);
        if (it != names.end()) names.emplace(op.result, size_t{it->second});
      }
    }
  }
  if (objects.empty()) return false;
  auto escape = [&](ValueId value) {
    auto it = names.find(value);
    if (it != names.end()) objects[it->second].escapes = true;
  };
  for (const Block& block : graph.blocks()) {
    for (const Operation& op : block.ops) {
      bool is_access = op.opcode == Opcode::kFieldGet || op.opcode == Opcode::kFieldSet;
      bool is_cast = op.opcode == Opcode::kUpcast || op.opcode == Opcode::kCheckNonNull;
      for (size_t i = is_access || is_cast ? 1 : 0; i < op.args.size(); ++i) escape(op.args[i]);
      if (!is_access) continue;
      auto it = names.find(op.args[0]);
      if (it == names.end()) continue;
      objects[it->second].slots[{op.imm, program.path(PathId(op.imm2))[0]}] = {};
    }
    if (block.exit.value.is_valid()) escape(block.exit.value);
    flowgraph::ForEachLink(block, [&](const Link& link) {
      for (ValueId arg : link.args) escape(arg);
    });
  }
  // All slots first: a block may come before the one that dominates it.
  for (Object& object : objects) {
    if (object.escapes) continue;
    for (auto& [field, slot] : object.slots) {
      TypeId type = program.classes[field.first].fields[field.second].type;
      slot = graph.AddResult(program.types.Ref(type));
    }
  }
  bool changed = false;
  for (Block& block : graph.blocks()) {
    std::vector<Operation> ops;
    ops.reserve(block.ops.size());
    bool is_block_changed = false;
    for (Operation& op : block.ops) {
      ValueId name = op.opcode == Opcode::kNew ? op.result
                     : op.args.empty()         ? ValueId()
                                               : op.args[0];
      auto it = names.find(name);
      if (it == names.end() || objects[it->second].escapes) {
        ops.push_back(std::move(op));
        continue;
      }
      is_block_changed = true;
      Object& object = objects[it->second];
      if (op.opcode == Opcode::kNew) {
        for (const auto& [field, slot] : object.slots) {
          TypeId type = program.types.Element(graph.type(slot));
          ops.push_back(
              {.opcode = Opcode::kLocal, .imm = type.index, .loc = op.loc, .result = slot});
        }
      } else if (op.opcode == Opcode::kFieldGet || op.opcode == Opcode::kFieldSet) {
        const std::vector<uint32_t> path = program.path(PathId(op.imm2));
        op.args[0] = object.slots[{op.imm, path[0]}];
        op.opcode = op.opcode == Opcode::kFieldGet ? Opcode::kRefGet : Opcode::kRefSet;
        op.imm = TypedId<void>::kNone;
        op.imm2 = program.Path({path.begin() + 1, path.end()}).index;
        ops.push_back(std::move(op));
      }
      // Casts and checks of the object are gone with it.
    }
    block.ops = std::move(ops);
    if (!is_block_changed) continue;
    changed = true;
    DropIdleExceptionExit(program, block);
  }
  if (changed) PromoteLocals(program, function);
  return changed;
}

}  // namespace weft::optimize
