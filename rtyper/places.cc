// References to places. A place that is passed on is a base pointer, at the container of
// weft::Object, and a byte offset; the collector may move the base. A place whose container is
// known in this function is read and written through it directly.
//
// A local whose place is taken, and that was not promoted to an SSA value, lives in a box on the
// heap: a container for its type. That is independent of backend and collector, and each turn of a
// loop gets a box of its own.

#include <array>

#include "rtyper/function_rtyper.h"

namespace weft::rtyper {

void FunctionRtyper::LowerPlaceMaker(const Operation& op) {
  TypeId element = types_.Element(OldType(op.result));
  KnownPlace place;
  switch (op.opcode) {
    case Opcode::kLocal: {
      place.container = representations_.box(element);
      place.pointer = Emit(Opcode::kMalloc, types_.Ptr(place.container), {}, place.container.index);
      break;
    }
    case Opcode::kFieldRef:
      place = FieldPlace(op);
      break;
    case Opcode::kArrayRef:
      place = ItemPlace(op);
      break;
    default: {
      const GlobalLowering& global = context_.global(GlobalId(op.imm));
      place.container = global.box_container;
      place.pointer = new_.Frozen(types_.Ptr(place.container), global.box);
      place.first_field = representations_.Part(global.source_type, PathId(op.imm2)).first;
    }
  }
  ValueId offset;
  if (representations_.Scalars(element).empty()) {
    offset = new_.I64(0);
  } else if (place.index.is_valid()) {
    offset = Emit(Opcode::kItemOffset, TypeTable::I64(), {place.index}, place.container.index,
                  place.first_field);
  } else {
    offset =
        Emit(Opcode::kFieldOffset, TypeTable::I64(), {}, place.container.index, place.first_field);
  }
  ValueId base = Cast(place.pointer, representations_.root_pointer());
  Define(op.result, std::array{base, offset});
  known_places_.emplace(op.result, place);
}

void FunctionRtyper::LowerRefField(const Operation& op) {
  TypeId element = types_.Element(OldType(op.args[0]));
  ScalarRange part = representations_.Part(element, PathId(op.imm2));
  ValueId base = Values(op.args[0])[0];
  ValueId offset = Values(op.args[0])[1];
  uint32_t distance = part.count == 0 ? 0 : representations_.Layout(element).offsets[part.first];
  if (distance != 0) {
    offset = Emit(Opcode::kAdd, TypeTable::I64(), {offset, new_.I64(distance)});
  }
  Define(op.result, std::array{base, offset});
  auto known = known_places_.find(op.args[0]);
  if (known == known_places_.end()) return;
  KnownPlace place = known->second;
  place.first_field += part.first;
  known_places_.emplace(op.result, place);
}

void FunctionRtyper::LowerRefGet(const Operation& op) {
  TypeId element = types_.Element(OldType(op.args[0]));
  ScalarRange part = representations_.Part(element, PathId(op.imm2));
  if (auto known = known_places_.find(op.args[0]); known != known_places_.end()) {
    KnownPlace place = known->second;
    place.first_field += part.first;
    return GetFields(op.result, place);
  }
  ValueId base = Values(op.args[0])[0];
  ValueId offset = Values(op.args[0])[1];
  ValueList results;
  for (uint32_t i = part.first; i < part.first + part.count; ++i) {
    uint32_t distance = representations_.Layout(element).offsets[i];
    ValueId at =
        distance == 0 ? offset : Emit(Opcode::kAdd, TypeTable::I64(), {offset, new_.I64(distance)});
    results.push_back(Emit(Opcode::kLoadAt, representations_.Scalars(element)[i], {base, at}));
  }
  Define(op.result, results);
}

void FunctionRtyper::LowerRefSet(const Operation& op) {
  TypeId element = types_.Element(OldType(op.args[0]));
  ScalarRange part = representations_.Part(element, PathId(op.imm2));
  if (auto known = known_places_.find(op.args[0]); known != known_places_.end()) {
    KnownPlace place = known->second;
    place.first_field += part.first;
    return SetFields(place, program_.TypeAtPath(element, PathId(op.imm2)), op.args[1]);
  }
  ValueId base = Values(op.args[0])[0];
  ValueId offset = Values(op.args[0])[1];
  for (uint32_t i = 0; i < part.count; ++i) {
    uint32_t distance = representations_.Layout(element).offsets[part.first + i];
    ValueId at =
        distance == 0 ? offset : Emit(Opcode::kAdd, TypeTable::I64(), {offset, new_.I64(distance)});
    ValueId value = Cast(Values(op.args[1])[i], representations_.Scalars(element)[part.first + i]);
    Emit(Opcode::kStoreAt, TypeTable::Void(), {base, at, value});
  }
}

}  // namespace weft::rtyper
