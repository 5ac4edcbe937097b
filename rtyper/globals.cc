// Globals: each scalar of a global becomes a global of its own, under the names that fields have in
// containers. A global whose place is taken is a frozen box instead. Constant tables keep their
// items, which were scalars already.

#include <bit>
#include <cstring>

#include "common/check.h"
#include "rtyper/function_rtyper.h"

namespace weft::rtyper {

Constant Context::LowerConstant(const Constant& constant) {
  if (constant.kind == Constant::Kind::kLiteral) {
    return {Constant::Kind::kFrozen, FrozenLiteral(LiteralId(constant.bits)).index};
  }
  if (constant.kind == Constant::Kind::kFunction && !has_body(FunctionId(constant.bits))) {
    stubs_.push_back(FunctionId(constant.bits));
  }
  return constant;
}

void Context::LowerGlobals() {
  size_t count = program.globals.size();
  globals_.resize(count);
  for (size_t g = 0; g < count; ++g) {
    GlobalId id(g);
    globals_[g].source_type = program.global(id).type;
    if (program.types.Kind(program.global(id).type) == TypeKind::kTable) {
      LowerTable(id);
    } else {
      LowerGlobal(id);
    }
  }
}

void Context::LowerTable(GlobalId id) {
  flowgraph::GlobalInfo& global = program.global(id);
  const Type type = program.types.Get(global.type);
  std::vector<TypeId> scalars = representations.Scalars(type.element);
  WEFT_CHECK(global.items.size() == scalars.size() * type.entity, "table '{}' has {} scalars",
             global.name, global.items.size());
  for (Constant& item : global.items) item = LowerConstant(item);
  TypeId element = scalars.size() == 1 ? scalars[0] : program.types.Tuple(scalars);
  global.type = program.types.Table(element, type.entity);
  global.item_types = std::move(scalars);
  global.is_constant = true;
}

void Context::LowerGlobal(GlobalId id) {
  flowgraph::GlobalInfo& global = program.global(id);
  GlobalLowering& lowering = globals_[id.index];
  const std::vector<TypeId> scalars = representations.Scalars(global.type);
  Constant initial = LowerConstant(global.initial);
  WEFT_CHECK(scalars.size() == 1 || initial.kind == Constant::Kind::kZero);
  auto scalar_initial = [&](TypeId type) {
    TypeKind kind = program.types.Kind(type);
    if (initial.kind == Constant::Kind::kZero && (IsInt(kind) || IsFloat(kind))) {
      return Constant{Constant::Kind::kScalar, 0};
    }
    return initial;
  };

  if (place_taken_[id.index]) {
    lowering.box_container = representations.box(global.type);
    const lltype::Container& container = program.containers.Get(lowering.box_container);
    flowgraph::FrozenObject box;
    box.container = lowering.box_container;
    box.bytes.resize(container.fixed_size);
    if (scalars.size() == 1) {
      uint32_t offset = container.fields[0].offset;
      Constant value = scalar_initial(scalars[0]);
      if (value.kind == Constant::Kind::kFrozen) {
        box.objects.push_back({offset, FrozenId(value.bits)});
      } else if (value.kind == Constant::Kind::kFunction) {
        box.functions.push_back({offset, FunctionId(value.bits)});
      } else {
        uint32_t size = lltype::SizeOf(program.types, scalars[0]);
        uint64_t bits = value.bits;
        if (scalars[0] == TypeTable::F32()) {
          auto narrow = static_cast<float>(std::bit_cast<double>(bits));
          bits = std::bit_cast<uint32_t>(narrow);
        }
        std::memcpy(box.bytes.data() + offset, &bits, size);
      }
    }
    program.frozen.push_back(std::move(box));
    lowering.box = FrozenId(program.frozen.size() - 1);
    // The global itself remains as the name of its box.
    global.type = program.types.Ptr(lowering.box_container);
    global.initial = {Constant::Kind::kFrozen, lowering.box.index};
    global.is_constant = true;
    return;
  }

  std::vector<std::string> names;
  representations.AppendScalarNames(global.name, global.type, &names);
  SourceLoc loc = global.loc;
  if (scalars.empty()) {
    // Nothing is ever read from it or written to it.
    global.type = TypeTable::U8();
    global.initial = {Constant::Kind::kScalar, 0};
    global.is_constant = true;
  }
  for (size_t i = 0; i < scalars.size(); ++i) {
    GlobalId target = id;
    if (i > 0) {
      target = GlobalId(program.globals.size());
      program.globals.emplace_back();
    }
    flowgraph::GlobalInfo& scalar = program.global(target);
    scalar.name = names[i];
    scalar.type = scalars[i];
    scalar.loc = loc;
    scalar.initial = scalar_initial(scalars[i]);
    lowering.scalars.push_back(target);
  }
}

void FunctionRtyper::LowerGlobalGet(const Operation& op) {
  const GlobalLowering& global = context_.global(GlobalId(op.imm));
  ScalarRange part = representations_.Part(global.source_type, PathId(op.imm2));
  if (global.box.is_valid()) {
    return GetFields(op.result,
                     {.pointer = new_.Frozen(types_.Ptr(global.box_container), global.box),
                      .container = global.box_container,
                      .index = {},
                      .first_field = part.first});
  }
  ValueList values;
  for (uint32_t i = 0; i < part.count; ++i) {
    GlobalId scalar = global.scalars[part.first + i];
    values.push_back(Emit(Opcode::kGlobalGet, program_.global(scalar).type, {}, scalar.index,
                          program_.EmptyPath().index));
  }
  Define(op.result, values);
}

void FunctionRtyper::LowerGlobalSet(const Operation& op) {
  const GlobalLowering& global = context_.global(GlobalId(op.imm));
  ScalarRange part = representations_.Part(global.source_type, PathId(op.imm2));
  if (global.box.is_valid()) {
    return SetFields({.pointer = new_.Frozen(types_.Ptr(global.box_container), global.box),
                      .container = global.box_container,
                      .index = {},
                      .first_field = part.first},
                     program_.TypeAtPath(global.source_type, PathId(op.imm2)), op.args[0]);
  }
  for (uint32_t i = 0; i < part.count; ++i) {
    GlobalId scalar = global.scalars[part.first + i];
    ValueId value = Cast(Values(op.args[0])[i], program_.global(scalar).type);
    Emit(Opcode::kGlobalSet, TypeTable::Void(), {value}, scalar.index, program_.EmptyPath().index);
  }
}

void FunctionRtyper::LowerTableGet(const Operation& op) {
  TypeId element = types_.Element(context_.global(GlobalId(op.imm)).source_type);
  ScalarRange part = representations_.Part(element, PathId(op.imm2));
  ValueId index = One(op.args[0]);
  if (new_.type(index) != TypeTable::I64()) {
    index = Emit(Opcode::kConvert, TypeTable::I64(), {index});
  }
  ValueList values;
  for (uint32_t i = part.first; i < part.first + part.count; ++i) {
    values.push_back(
        Emit(Opcode::kTableItem, representations_.Scalars(element)[i], {index}, op.imm, i));
  }
  Define(op.result, values);
}

}  // namespace weft::rtyper
