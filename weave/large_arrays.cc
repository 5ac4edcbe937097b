#include "weave/large_arrays.h"

#include <algorithm>
#include <cstddef>

#include "flowgraph/analysis.h"

namespace weft::weave {

using flowgraph::Block;
using flowgraph::Constant;
using flowgraph::Graph;
using flowgraph::Link;
using flowgraph::Opcode;
using flowgraph::Operation;

namespace {

bool IsNull(const Graph& graph, ValueId value) {
  return graph.IsConstant(value) && graph.value(value).constant.kind == Constant::Kind::kZero;
}

}  // namespace

LargeArrays::LargeArrays(const flowgraph::Program& program, uint64_t bytes)
    : program_(program), bytes_(bytes) {
  // All fields at first; then those go that are seen to hold something else, which may make more of
  // them go.
  FindFields();
  DropFrozen();
  bool changed = !fields_.empty();
  while (changed) {
    changed = false;
    for (const auto& function : program_.functions) {
      if (!function->graph.empty()) changed |= DropStored(function->graph);
    }
  }
}

bool LargeArrays::IsArrayOfReferences(TypeId type) const {
  if (program_.types.Kind(type) != TypeKind::kPtr) return false;
  const lltype::Container& container = program_.containers.Get(program_.types.Container(type));
  return container.kind == lltype::ContainerKind::kArray &&
         std::any_of(container.item_fields.begin(), container.item_fields.end(),
                     [this](const lltype::Field& field) {
                       return program_.types.Kind(field.type) == TypeKind::kPtr;
                     });
}

LargeArrays::FieldKey LargeArrays::KeyOf(uint32_t container, uint32_t field) const {
  ContainerId id(container);
  while (true) {
    ContainerId parent = program_.containers.Get(id).parent;
    if (!parent.is_valid() || field >= program_.containers.Get(parent).fields.size()) break;
    id = parent;
  }
  return {id.index, field};
}

bool LargeArrays::HoldsLarge(const Operation& op) const {
  return fields_.contains(KeyOf(op.imm, op.imm2));
}

bool LargeArrays::IsAllocation(const Graph& graph, const Operation& op) const {
  switch (op.opcode) {
    case Opcode::kMallocItems:
    case Opcode::kMallocItemsTry:
    case Opcode::kMallocItemsSlow:
      break;
    default:
      return false;
  }
  if (!IsArrayOfReferences(graph.type(op.result)) || !graph.IsConstant(op.args[0])) return false;
  const Constant& length = graph.value(op.args[0]).constant;
  if (length.kind != Constant::Kind::kScalar || length.bits > kMostBytes) return false;
  const lltype::Container& container = program_.containers.Get(ContainerId(op.imm));
  uint64_t bytes = container.fixed_size + length.bits * container.item_size;
  return bytes > bytes_ && bytes <= kMostBytes;
}

void LargeArrays::FindFields() {
  for (uint32_t id = 0; id < program_.containers.size(); ++id) {
    const lltype::Container& container = program_.containers.Get(ContainerId(id));
    size_t inherited =
        container.parent.is_valid() ? program_.containers.Get(container.parent).fields.size() : 0;
    for (size_t i = inherited; i < container.fields.size(); ++i) {
      if (IsArrayOfReferences(container.fields[i].type)) {
        fields_.insert({id, static_cast<uint32_t>(i)});
      }
    }
  }
}

void LargeArrays::DropFrozen() {
  for (const flowgraph::FrozenObject& object : program_.frozen) {
    const lltype::Container& container = program_.containers.Get(object.container);
    for (const auto& link : object.objects) {
      for (uint32_t i = 0; i < container.fields.size(); ++i) {
        if (container.fields[i].offset == link.offset) {
          fields_.erase(KeyOf(object.container.index, i));
        }
      }
    }
  }
}

bool LargeArrays::DropStored(const Graph& graph) {
  std::vector<bool> large;
  bool is_known = false;
  bool changed = false;
  for (const Block& block : graph.blocks()) {
    for (const Operation& op : block.ops) {
      if (op.opcode == Opcode::kStoreAt && IsArrayOfReferences(graph.type(op.args[2]))) {
        // Into any field of this type, for all that is known.
        changed |=
            absl::erase_if(fields_, [&](const FieldKey& key) {
              return program_.containers.Get(ContainerId(key.first)).fields[key.second].type ==
                     graph.type(op.args[2]);
            }) != 0;
      }
      if (op.opcode != Opcode::kSetField || !IsArrayOfReferences(graph.type(op.args[1])) ||
          !HoldsLarge(op) || IsNull(graph, op.args[1])) {
        continue;
      }
      if (!is_known) large = FindIn(graph);
      is_known = true;
      if (op.args[1].index < large.size() && large[op.args[1].index]) continue;
      fields_.erase(KeyOf(op.imm, op.imm2));
      changed = true;
    }
  }
  return changed;
}

std::vector<bool> LargeArrays::FindIn(const Graph& graph) const {
  std::vector<bool> large;
  if (bytes_ == kMostBytes) return large;
  auto make = [&](ValueId value) {
    if (large.empty()) large.resize(graph.value_count());
    large[value.index] = true;
  };
  for (const Block& block : graph.blocks()) {
    for (const Operation& op : block.ops) {
      if (IsAllocation(graph, op) ||
          (op.opcode == Opcode::kGetField && IsArrayOfReferences(graph.type(op.result)) &&
           HoldsLarge(op))) {
        make(op.result);
      }
    }
  }
  if (large.empty()) return large;
  // Block arguments and casts hold such an array until something else is seen to come in.
  for (uint32_t b = 0; b < graph.blocks().size(); ++b) {
    const Block& block = graph.block(BlockId(b));
    if (BlockId(b) != Graph::Entry()) {
      for (ValueId argument : block.args) {
        if (IsArrayOfReferences(graph.type(argument))) make(argument);
      }
    }
    for (const Operation& op : block.ops) {
      if (op.opcode == Opcode::kCastPtr && IsArrayOfReferences(graph.type(op.result))) {
        make(op.result);
      }
    }
  }
  auto may_be_small = [&](ValueId value) {
    return graph.IsConstant(value) ? !IsNull(graph, value) : !large[value.index];
  };
  bool changed = true;
  while (changed) {
    changed = false;
    auto drop_if = [&](bool condition, ValueId value) {
      if (!condition || !large[value.index]) return;
      large[value.index] = false;
      changed = true;
    };
    for (const Block& block : graph.blocks()) {
      for (const Operation& op : block.ops) {
        if (op.opcode == Opcode::kCastPtr) drop_if(may_be_small(op.args[0]), op.result);
      }
      // What an exception edge or a switch brings in comes by links, too.
      flowgraph::ForEachLink(block, [&](const Link& link) {
        const auto& arguments = graph.block(link.target).args;
        for (size_t i = 0; i < arguments.size(); ++i) {
          drop_if(may_be_small(link.args[i]), arguments[i]);
        }
      });
    }
  }
  return large;
}

}  // namespace weft::weave
