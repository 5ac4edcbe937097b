#include "flowgraph/graph.h"

#include <bit>
#include <utility>

#include "common/check.h"

namespace weft::flowgraph {

BlockId Graph::AddBlock() {
  blocks_.emplace_back();
  return BlockId(blocks_.size() - 1);
}

ValueId Graph::AddArgument(BlockId block_id, TypeId type) {
  std::vector<ValueId>& args = block(block_id).args;
  values_.push_back({.type = type,
                     .kind = ValueKind::kBlockArgument,
                     .block = block_id,
                     .position = static_cast<uint32_t>(args.size()),
                     .constant = {}});
  args.push_back(ValueId(values_.size() - 1));
  return args.back();
}

ValueId Graph::AddResult(TypeId type) {
  values_.push_back(
      {.type = type, .kind = ValueKind::kResult, .block = {}, .position = 0, .constant = {}});
  return ValueId(values_.size() - 1);
}

ValueId Graph::AddConstant(TypeId type, Constant constant) {
  auto [it, inserted] = constants_.try_emplace({type, constant}, ValueId(values_.size()));
  if (inserted) {
    values_.push_back({.type = type,
                       .kind = ValueKind::kConstant,
                       .block = {},
                       .position = 0,
                       .constant = constant});
  }
  return it->second;
}

ValueId Graph::Int(TypeId type, int64_t value) {
  // Primitive types have the numbers of their kinds as ids.
  auto kind = static_cast<TypeKind>(type.index);
  WEFT_CHECK(IsInt(kind));
  return AddConstant(type,
                     {Constant::Kind::kScalar, static_cast<uint64_t>(CanonicalInt(kind, value))});
}

ValueId Graph::Float(TypeId type, double value) {
  if (type == TypeTable::F32()) value = static_cast<float>(value);
  return AddConstant(type, {Constant::Kind::kScalar, std::bit_cast<uint64_t>(value)});
}

ValueId Graph::Append(BlockId block_id, Opcode opcode, TypeId result_type, ValueList args,
                      uint32_t imm, uint32_t imm2, SourceLoc loc) {
  ValueId result;
  if (result_type != TypeTable::Void()) result = AddResult(result_type);
  block(block_id).ops.push_back({.opcode = opcode,
                                 .imm = imm,
                                 .imm2 = imm2,
                                 .loc = loc,
                                 .result = result,
                                 .args = std::move(args)});
  return result;
}

void Graph::RenumberFrozen(std::span<const FrozenId> numbers) {
  absl::flat_hash_map<std::pair<TypeId, Constant>, ValueId> constants;
  constants.reserve(constants_.size());
  // In the order of their making, so that nothing depends on the order of a hash table.
  for (size_t v = 0; v < values_.size(); ++v) {
    ValueInfo& info = values_[v];
    if (info.kind != ValueKind::kConstant) continue;
    if (info.constant.kind == Constant::Kind::kFrozen) {
      FrozenId number = numbers[info.constant.bits];
      info.constant = number.is_valid() ? Constant{Constant::Kind::kFrozen, number.index}
                                        : Constant{Constant::Kind::kZero, 0};
    }
    constants.try_emplace({info.type, info.constant}, ValueId(v));
  }
  constants_ = std::move(constants);
}

void Graph::RenumberArguments() {
  for (size_t b = 0; b < blocks_.size(); ++b) {
    for (size_t i = 0; i < blocks_[b].args.size(); ++i) {
      ValueInfo& info = value(blocks_[b].args[i]);
      info.block = BlockId(b);
      info.position = static_cast<uint32_t>(i);
    }
  }
}

int64_t ConstantInt(const Graph& graph, ValueId id) {
  const ValueInfo& info = graph.value(id);
  WEFT_CHECK(info.kind == ValueKind::kConstant && info.constant.kind == Constant::Kind::kScalar);
  return static_cast<int64_t>(info.constant.bits);
}

double ConstantFloat(const Graph& graph, ValueId id) {
  return std::bit_cast<double>(static_cast<uint64_t>(ConstantInt(graph, id)));
}

int64_t CanonicalInt(TypeKind kind, int64_t bits) {
  switch (kind) {
    case TypeKind::kBool:
      return bits & 1;
    case TypeKind::kI8:
      return static_cast<int8_t>(bits);
    case TypeKind::kI16:
      return static_cast<int16_t>(bits);
    case TypeKind::kI32:
      return static_cast<int32_t>(bits);
    case TypeKind::kU8:
      return static_cast<uint8_t>(bits);
    case TypeKind::kU16:
      return static_cast<uint16_t>(bits);
    case TypeKind::kU32:
      return static_cast<uint32_t>(bits);
    default:
      return bits;
  }
}

}  // namespace weft::flowgraph
