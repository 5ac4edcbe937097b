// Strings: one container with the hash as its only field and bytes as items. A literal is a frozen
// string, one for each text.

#include <cstring>

#include "rtyper/function_rtyper.h"
#include "typesystem/str_hash.h"

namespace weft::rtyper {

void FunctionRtyper::LowerStringOperation(const Operation& op) {
  ContainerId str = representations_.str();
  auto emit = [&](Opcode opcode, TypeId type, uint32_t imm2 = TypedId<void>::kNone) {
    ValueId result = Emit(opcode, type, Flatten(op.args), str.index, imm2);
    if (op.result.is_valid()) Define(op.result, result);
  };
  switch (op.opcode) {
    case Opcode::kStrLength:
      return emit(Opcode::kGetLength, TypeTable::I64());
    case Opcode::kStrItem:
      return emit(Opcode::kGetItem, TypeTable::U8(), 0);
    case Opcode::kStrNew:
      return emit(Opcode::kMallocItems, types_.Ptr(str));
    case Opcode::kStrSetItem:
      return emit(Opcode::kSetItem, TypeTable::Void(), 0);
    case Opcode::kStrRegionEqual:
      return emit(Opcode::kItemsEqual, TypeTable::Bool());
    case Opcode::kStrRegionCompare:
      return emit(Opcode::kItemsCompare, TypeTable::I32());
    case Opcode::kStrHash:
      return emit(Opcode::kBytesHash, TypeTable::I64());
    default:
      // The copies: bytes of strings and arrays have one layout.
      return emit(Opcode::kCopyItems, TypeTable::Void());
  }
}

FrozenId Context::FrozenLiteral(LiteralId literal) {
  if (literals_.size() <= literal.index) literals_.resize(program.literal_count());
  FrozenId& id = literals_[literal.index];
  if (id.is_valid()) return id;
  const std::string& text = program.literal(literal);
  const lltype::Container& container = program.containers.Get(representations.str());
  flowgraph::FrozenObject object;
  object.container = representations.str();
  object.length = static_cast<int64_t>(text.size());
  object.bytes.resize(container.fixed_size);
  auto store = [&](uint32_t offset, int64_t value) {
    std::memcpy(object.bytes.data() + offset, &value, sizeof value);
  };
  store(container.length_offset, object.length);
  store(container.fields[0].offset, StrHash(text));
  object.bytes.insert(object.bytes.end(), text.begin(), text.end());
  program.frozen.push_back(std::move(object));
  id = FrozenId(program.frozen.size() - 1);
  return id;
}

}  // namespace weft::rtyper
