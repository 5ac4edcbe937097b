// Loads from the frozen heap.
//
// What the initialisers of globals built is known, byte for byte, when the heap has been frozen. A
// load from a known object of a field that is only written while an object is constructed is its
// value; a global that nothing writes any more is its initial value. Together with dispatch on a
// known type id, this is how a method of an object that an interpreter set up once (a type, a
// native function) becomes a direct call.

#include <bit>
#include <cstring>

#include "optimize/simplify_rules.h"

namespace weft::optimize {
namespace {

using flowgraph::FrozenObject;

std::optional<Constant> ReadFrozen(const Program& program, const FrozenObject& object,
                                   const lltype::Field& field, uint32_t offset) {
  TypeKind kind = program.types.Kind(field.type);
  if (IsReference(kind)) {
    for (const FrozenObject::ObjectLink& link : object.objects) {
      if (link.offset == offset) return Constant{Constant::Kind::kFrozen, link.object.index};
    }
    uint64_t word = 0;
    if (size_t{offset} + sizeof word <= object.bytes.size()) {
      std::memcpy(&word, object.bytes.data() + offset, sizeof word);
    }
    if (word != 0) return Constant{Constant::Kind::kImmediate, word};
    return Constant{Constant::Kind::kZero, 0};
  }
  if (kind == TypeKind::kFunction) {
    for (const FrozenObject::FunctionLink& link : object.functions) {
      if (link.offset == offset) return Constant{Constant::Kind::kFunction, link.function.index};
    }
    return Constant{Constant::Kind::kZero, 0};
  }
  if (!IsInt(kind) && !IsFloat(kind)) return std::nullopt;
  uint32_t size = lltype::SizeOf(program.types, field.type);
  if (size_t{offset} + size > object.bytes.size()) return std::nullopt;
  uint64_t bits = 0;
  std::memcpy(&bits, object.bytes.data() + offset, size);
  if (kind == TypeKind::kF32) {
    bits = std::bit_cast<uint64_t>(double{std::bit_cast<float>(static_cast<uint32_t>(bits))});
  } else if (IsInt(kind)) {
    bits = static_cast<uint64_t>(flowgraph::CanonicalInt(kind, static_cast<int64_t>(bits)));
  }
  return Constant{Constant::Kind::kScalar, bits};
}

}  // namespace

std::optional<ValueId> FoldFrozenLoad(const Program& program, Graph& graph, const Operation& op) {
  if (program.stage < Stage::kRtyped) return std::nullopt;
  if (op.opcode == Opcode::kGlobalGet) {
    const flowgraph::GlobalInfo& global = program.global(GlobalId(op.imm));
    if (!global.is_constant) return std::nullopt;
    TypeId type = graph.type(op.result);
    Constant constant = global.initial;
    TypeKind kind = program.types.Kind(type);
    // Zero of a scalar is written as a scalar in graphs.
    if (constant.kind == Constant::Kind::kZero && (IsInt(kind) || IsFloat(kind))) {
      constant = {Constant::Kind::kScalar, 0};
    }
    return graph.AddConstant(type, constant);
  }
  if (op.args.empty() || !graph.IsConstant(op.args[0])) return std::nullopt;
  const Constant base = graph.value(op.args[0]).constant;
  if (base.kind != Constant::Kind::kFrozen) return std::nullopt;
  const FrozenObject& object = program.frozen[base.bits];
  TypeId type = graph.type(op.result);
  switch (op.opcode) {
    case Opcode::kGetLength:
      return graph.I64(object.length);
    case Opcode::kGetField: {
      const lltype::Field& field = program.containers.Get(ContainerId(op.imm)).fields[op.imm2];
      if (!field.immutable) return std::nullopt;
      std::optional<Constant> constant = ReadFrozen(program, object, field, field.offset);
      if (!constant) return std::nullopt;
      return graph.AddConstant(type, *constant);
    }
    case Opcode::kGetItem: {
      const lltype::Container& container = program.containers.Get(ContainerId(op.imm));
      const lltype::Field& field = container.item_fields[op.imm2];
      if (!field.immutable || !IsScalarConstant(graph, op.args[1])) return std::nullopt;
      int64_t index = flowgraph::ConstantInt(graph, op.args[1]);
      if (index < 0 || index >= object.length) return std::nullopt;
      uint64_t offset =
          container.fixed_size + static_cast<uint64_t>(index) * container.item_size + field.offset;
      std::optional<Constant> constant =
          ReadFrozen(program, object, field, static_cast<uint32_t>(offset));
      if (!constant) return std::nullopt;
      return graph.AddConstant(type, *constant);
    }
    default:
      return std::nullopt;
  }
}

}  // namespace weft::optimize
