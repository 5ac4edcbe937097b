// Rules for objects, values of value classes, calls and checks.

#include <algorithm>
#include <utility>

#include "common/check.h"
#include "optimize/simplify_rules.h"

namespace weft::optimize {

SimplifyRules::Result SimplifyRules::SimplifyObject(Operation& op) {
  switch (op.opcode) {
    case Opcode::kUpcast:
    case Opcode::kCastPtr:
      return Cast(op);
    case Opcode::kIsa:
      return Isa(op);
    case Opcode::kIsInstance:
    case Opcode::kIsInstanceNonNull:
      return IsInstance(op);
    case Opcode::kBox:
    case Opcode::kUnbox:
    case Opcode::kIsImmediate:
    case Opcode::kFitsImmediate:
      return Boxing(op);
    case Opcode::kCheckNonNull:
    case Opcode::kCheckIndex:
    case Opcode::kCheckNonZero:
    case Opcode::kCheckCast:
    case Opcode::kCheckInstance:
      return Check(op);
    case Opcode::kCallPointer:
    case Opcode::kCallVirtual:
    case Opcode::kCallMethod:
      return Call(op);
    case Opcode::kValueGet:
      return ValuePart(op);
    case Opcode::kValueMake:
      return ValueMake(op);
    case Opcode::kValueWith:
      return ValueWith(op);
    case Opcode::kStrLength:
    case Opcode::kArrayLength:
      return Length(op);
    case Opcode::kTableGet:
    case Opcode::kTableItem:
      return TableItem(op);
    case Opcode::kStrItem:
    case Opcode::kGetField:
    case Opcode::kGetItem:
    case Opcode::kGetLength:
    case Opcode::kGlobalGet:
    case Opcode::kTypeId:
    case Opcode::kDispatch:
      return Load(op);
    case Opcode::kTupleGet:
      if (const Operation* inner = DefinedBy(op.args[0], Opcode::kTupleMake)) {
        return Value(inner->args[op.imm]);
      }
      return {};
    default:
      return {};
  }
}

ClassId SimplifyRules::ExactClass(ValueId value) const {
  for (int i = 0; i < 8; ++i) {
    const Operation* op = Definition(value);
    if (op == nullptr) return {};
    if (op->opcode == Opcode::kNew) return ClassId(op->imm);
    if (op->opcode != Opcode::kUpcast) return {};
    value = op->args[0];
  }
  return {};
}

ContainerId SimplifyRules::ExactContainer(ValueId value) const {
  for (int i = 0; i < 8; ++i) {
    if (graph_.IsConstant(value)) {
      const Constant& constant = graph_.value(value).constant;
      if (constant.kind == Constant::Kind::kImmediate) {
        return program_.ContainerOfImmediate(constant.bits);
      }
      if (constant.kind != Constant::Kind::kFrozen) return {};
      return program_.frozen[constant.bits].container;
    }
    const Operation* op = Definition(value);
    if (op == nullptr) return {};
    if (op->opcode == Opcode::kMalloc || op->opcode == Opcode::kMallocItems ||
        op->opcode == Opcode::kBox) {
      return ContainerId(op->imm);
    }
    if (op->opcode != Opcode::kCastPtr) return {};
    value = op->args[0];
  }
  return {};
}

ClassId SimplifyRules::KnownClass(ValueId value) const {
  ClassId known = program_.types.Class(graph_.type(value));
  for (int i = 0; i < 8; ++i) {
    const Operation* op = DefinedBy(value, Opcode::kUpcast);
    if (op == nullptr) break;
    value = op->args[0];
    ClassId cls = program_.types.Class(graph_.type(value));
    if (program_.IsSubclass(cls, known)) known = cls;
  }
  return known;
}

SimplifyRules::Result SimplifyRules::Cast(Operation& op) {
  TypeId to = graph_.type(op.result);
  ValueId from = op.args[0];
  if (graph_.type(from) == to) return Value(from);
  if (graph_.IsConstant(from)) {
    const Constant& constant = graph_.value(from).constant;
    // A frozen object keeps its identity at any type.
    if (constant.kind == Constant::Kind::kZero || constant.kind == Constant::Kind::kFrozen ||
        constant.kind == Constant::Kind::kImmediate) {
      return Value(graph_.AddConstant(to, constant));
    }
    return {};
  }
  const Operation* inner = DefinedBy(from, op.opcode);
  if (inner == nullptr) return {};
  op.args = {inner->args[0]};
  return Changed();
}

SimplifyRules::Result SimplifyRules::Isa(Operation& op) {
  ValueId object = op.args[0];
  ClassId wanted(op.imm);
  if (IsZeroConstant(graph_, object)) return BoolValue(false);
  if (ClassId exact = ExactClass(object); exact.is_valid()) {
    return BoolValue(program_.IsSubclass(exact, wanted));
  }
  ClassId known = KnownClass(object);
  if (program_.IsSubclass(known, wanted)) {
    return Become(op, Opcode::kNe, {object, graph_.Zero(graph_.type(object))});
  }
  if (!program_.IsSubclass(wanted, known)) return BoolValue(false);
  if (const Operation* cast = DefinedBy(object, Opcode::kUpcast)) {
    op.args = {cast->args[0]};
    return Changed();
  }
  return {};
}

SimplifyRules::Result SimplifyRules::IsInstance(Operation& op) {
  ValueId object = op.args[0];
  if (IsZeroConstant(graph_, object)) return BoolValue(false);
  ContainerId wanted(op.imm);
  const lltype::Container& range = program_.containers.Get(wanted);
  if (range.first_type_id >= range.last_type_id) return BoolValue(false);
  ContainerId exact = ExactContainer(object);
  if (exact.is_valid()) {
    uint32_t id = program_.containers.Get(exact).first_type_id;
    return BoolValue(range.first_type_id <= id && id < range.last_type_id);
  }
  ContainerId known = program_.types.Container(graph_.type(object));
  if (program_.containers.IsPrefixOf(wanted, known)) {
    if (op.opcode == Opcode::kIsInstanceNonNull) return BoolValue(true);
    return Become(op, Opcode::kNe, {object, graph_.Zero(graph_.type(object))});
  }
  if (op.opcode == Opcode::kIsInstance && IsNonNull(object)) {
    op.opcode = Opcode::kIsInstanceNonNull;
    return Changed();
  }
  return {};
}

SimplifyRules::Result SimplifyRules::Check(Operation& op) {
  ValueId value = op.args[0];
  switch (op.opcode) {
    case Opcode::kCheckNonNull:
      if (IsNonNull(value)) return Remove();
      if (const Operation* cast = Definition(value);
          cast != nullptr &&
          (cast->opcode == Opcode::kUpcast || cast->opcode == Opcode::kCastPtr)) {
        op.args = {cast->args[0]};
        return Changed();
      }
      return {};
    case Opcode::kCheckIndex: {
      std::optional<int64_t> index = IntConstant(value);
      std::optional<int64_t> length = IntConstant(op.args[1]);
      if (index && length && *index >= 0 && *index < *length) return Remove();
      return {};
    }
    case Opcode::kCheckNonZero: {
      std::optional<int64_t> divisor = IntConstant(value);
      if (divisor && *divisor != 0) return Remove();
      return {};
    }
    case Opcode::kCheckCast: {
      if (IsZeroConstant(graph_, value)) return Remove();
      ClassId wanted(op.imm);
      ClassId exact = ExactClass(value);
      if (program_.IsSubclass(exact.is_valid() ? exact : KnownClass(value), wanted)) {
        return Remove();
      }
      return {};
    }
    case Opcode::kCheckInstance: {
      if (IsZeroConstant(graph_, value)) return Remove();
      ContainerId known = ExactContainer(value);
      if (!known.is_valid()) known = program_.types.Container(graph_.type(value));
      if (program_.containers.IsPrefixOf(ContainerId(op.imm), known)) return Remove();
      return {};
    }
    default:
      return {};
  }
}

SimplifyRules::Result SimplifyRules::Call(Operation& op) {
  if (op.opcode == Opcode::kCallPointer) {
    ValueId callee = op.args[0];
    if (!graph_.IsConstant(callee)) return {};
    const Constant& constant = graph_.value(callee).constant;
    if (constant.kind != Constant::Kind::kFunction) return {};
    // A function may have been referred to at another type, which only its caller's checks know.
    if (program_.functions[constant.bits]->type != graph_.type(callee)) return {};
    op.opcode = Opcode::kCall;
    op.imm = static_cast<uint32_t>(constant.bits);
    op.args.erase(op.args.begin());
    return Changed();
  }
  bool is_low = op.opcode == Opcode::kCallMethod;
  ClassId exact;
  if (!is_low) {
    exact = ExactClass(op.args[0]);
  } else if (ContainerId container = ExactContainer(op.args[0]); container.is_valid()) {
    exact = program_.containers.Get(container).cls;
  }
  if (!exact.is_valid()) return {};
  FunctionId target = program_.FindImplementation(exact, MethodId(op.imm));
  if (!target.is_valid()) return {};
  const FunctionInfo& callee = program_.function(target);
  // A method that nothing calls has lost its implementations: this is not reached either.
  if (callee.graph.empty()) return {};
  TypeId result = op.result.is_valid() ? graph_.type(op.result) : TypeTable::Void();
  if (program_.types.Element(callee.type) != result) return {};
  TypeId self = program_.types.List(callee.type)[0];
  if (graph_.type(op.args[0]) != self) {
    op.args[0] = Insert(op, is_low ? Opcode::kCastPtr : Opcode::kUpcast, self, {op.args[0]});
  }
  op.opcode = Opcode::kCall;
  op.imm = target.index;
  return Changed();
}

SimplifyRules::Result SimplifyRules::ValuePart(Operation& op) {
  ValueId whole = op.args[0];
  const std::vector<uint32_t> path = program_.path(PathId(op.imm2));
  if (path.empty()) return Value(whole);
  if (IsZeroConstant(graph_, whole)) {
    return Value(ZeroOf(program_, graph_, graph_.type(op.result)));
  }
  const Operation* inner = Definition(whole);
  if (inner == nullptr) return {};
  // Continues with a part of `part`, which lies `steps` deep on the path.
  auto descend = [&](ValueId part, size_t steps) -> Result {
    if (steps == path.size()) return Value(part);
    op.args = {part};
    op.imm = program_.types.ValueClass(graph_.type(part)).index;
    op.imm2 = program_.Path({path.begin() + static_cast<ptrdiff_t>(steps), path.end()}).index;
    return Changed();
  };
  switch (inner->opcode) {
    case Opcode::kValueMake:
      return descend(inner->args[path[0]], 1);
    case Opcode::kValueGet:
      op.args = {inner->args[0]};
      op.imm = inner->imm;
      op.imm2 = program_.JoinPaths(PathId(inner->imm2), PathId(op.imm2)).index;
      return Changed();
    case Opcode::kValueWith: {
      const std::vector<uint32_t>& written = program_.path(PathId(inner->imm2));
      size_t common = 0;
      while (common < path.size() && common < written.size() && path[common] == written[common]) {
        ++common;
      }
      if (common == written.size()) return descend(inner->args[1], common);
      // The part written lies elsewhere, unless it lies within the part read.
      if (common == path.size()) return {};
      op.args = {inner->args[0]};
      return Changed();
    }
    case Opcode::kSelect: {
      // A part of a chosen value, if one of the two is known in pieces.
      auto is_known = [&](ValueId v) {
        return IsZeroConstant(graph_, v) || DefinedBy(v, Opcode::kValueMake) != nullptr;
      };
      if (!is_known(inner->args[1]) || !is_known(inner->args[2])) return {};
      TypeId type = graph_.type(op.result);
      ValueId condition = inner->args[0];
      ValueId yes = Insert(op, Opcode::kValueGet, type, {inner->args[1]}, op.imm, op.imm2);
      ValueId no = Insert(op, Opcode::kValueGet, type, {inner->args[2]}, op.imm, op.imm2);
      return Become(op, Opcode::kSelect, {condition, yes, no});
    }
    default:
      return {};
  }
}

SimplifyRules::Result SimplifyRules::ValueMake(Operation& op) {
  // All parts of one value, in their order, are that value.
  if (op.args.empty()) return {};
  ValueId whole;
  for (size_t i = 0; i < op.args.size(); ++i) {
    const Operation* part = DefinedBy(op.args[i], Opcode::kValueGet);
    if (part == nullptr) return {};
    const std::vector<uint32_t>& path = program_.path(PathId(part->imm2));
    if (path.size() != 1 || path[0] != i) return {};
    if (i == 0) whole = part->args[0];
    if (part->args[0] != whole) return {};
  }
  if (graph_.type(whole) != graph_.type(op.result)) return {};
  return Value(whole);
}

SimplifyRules::Result SimplifyRules::ValueWith(Operation& op) {
  const std::vector<uint32_t>& path = program_.path(PathId(op.imm2));
  if (path.size() != 1) return {};
  const Operation* inner = DefinedBy(op.args[0], Opcode::kValueMake);
  if (inner == nullptr) return {};
  ValueId part = op.args[1];
  uint32_t field = path[0];
  ValueList args = inner->args;
  args[field] = part;
  op.opcode = Opcode::kValueMake;
  op.imm = inner->imm;
  op.imm2 = TypedId<void>::kNone;
  op.args = std::move(args);
  return Changed();
}

SimplifyRules::Result SimplifyRules::Length(Operation& op) {
  ValueId value = op.args[0];
  if (op.opcode == Opcode::kStrLength) {
    if (graph_.IsConstant(value)) {
      const Constant& constant = graph_.value(value).constant;
      if (constant.kind != Constant::Kind::kLiteral) return {};
      const std::string& text = program_.literal(LiteralId(constant.bits));
      return Value(graph_.I64(static_cast<int64_t>(text.size())));
    }
    if (const Operation* made = DefinedBy(value, Opcode::kStrNew)) return Value(made->args[0]);
    return {};
  }
  if (const Operation* made = DefinedBy(value, Opcode::kArrayNew)) return Value(made->args[0]);
  return {};
}

SimplifyRules::Result SimplifyRules::TableItem(Operation& op) {
  std::optional<int64_t> index = IntConstant(op.args[0]);
  if (!index) return {};
  const flowgraph::GlobalInfo& table = program_.global(GlobalId(op.imm));
  TypeId type = graph_.type(op.result);
  TypeKind kind = program_.types.Kind(type);
  if (!IsInt(kind) && !IsFloat(kind) && kind != TypeKind::kFunction) return {};
  size_t scalars = std::max<size_t>(table.item_types.size(), 1);
  size_t offset = 0;
  if (op.opcode == Opcode::kTableItem) {
    offset = op.imm2;
  } else {
    // Source stage: fields are counted in the order in which the frontend flattened them.
    if (!program_.path(PathId(op.imm2)).empty()) return {};
    if (scalars != 1) return {};
  }
  if (*index < 0) return {};
  size_t position = static_cast<size_t>(*index) * scalars + offset;
  if (position >= table.items.size()) return {};
  return Value(graph_.AddConstant(type, table.items[position]));
}

SimplifyRules::Result SimplifyRules::Load(Operation& op) {
  switch (op.opcode) {
    case Opcode::kStrItem: {
      if (!graph_.IsConstant(op.args[0])) return {};
      const Constant& constant = graph_.value(op.args[0]).constant;
      std::optional<int64_t> index = IntConstant(op.args[1]);
      if (!index || constant.kind != Constant::Kind::kLiteral) return {};
      const std::string& text = program_.literal(LiteralId(constant.bits));
      if (*index < 0 || *index >= static_cast<int64_t>(text.size())) return {};
      return Value(graph_.Int(TypeTable::U8(), static_cast<uint8_t>(text[*index])));
    }
    case Opcode::kTypeId: {
      ContainerId exact = ExactContainer(op.args[0]);
      if (exact.is_valid()) {
        const lltype::Container& container = program_.containers.Get(exact);
        return Value(graph_.Int(graph_.type(op.result), container.first_type_id));
      }
      if (const Operation* cast = DefinedBy(op.args[0], Opcode::kCastPtr)) {
        op.args = {cast->args[0]};
        return Changed();
      }
      return {};
    }
    case Opcode::kDispatch: {
      std::optional<int64_t> id = IntConstant(op.args[0]);
      if (!id) return {};
      const flowgraph::DispatchTable& table = program_.dispatch_tables[op.imm];
      int64_t entry = *id - int64_t{table.first_type_id};
      if (entry < 0 || entry >= static_cast<int64_t>(table.functions.size())) return {};
      FunctionId target = table.functions[static_cast<size_t>(entry)];
      if (!target.is_valid()) return {};
      return Value(graph_.Function(graph_.type(op.result), target));
    }
    case Opcode::kGetLength:
      if (const Operation* made = DefinedBy(op.args[0], Opcode::kMallocItems)) {
        return Value(made->args[0]);
      }
      break;
    default:
      break;
  }
  if (std::optional<ValueId> value = FoldFrozenLoad(program_, graph_, op)) return Value(*value);
  return {};
}

}  // namespace weft::optimize
