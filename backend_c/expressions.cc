#include "backend_c/expressions.h"

#include <fmt/format.h>

#include <utility>

#include "backend_c/literals.h"
#include "common/check.h"

namespace weft::backend_c {

using flowgraph::Constant;
using flowgraph::FunctionInfo;
using flowgraph::Opcode;
using flowgraph::Operation;
using flowgraph::ValueKind;

namespace {

// The C operator that means the opposite, for integers and pointers.
const char* OppositeComparison(Opcode opcode) {
  switch (opcode) {
    case Opcode::kEq:
      return "!=";
    case Opcode::kNe:
      return "==";
    case Opcode::kLt:
      return ">=";
    case Opcode::kLe:
      return ">";
    case Opcode::kGt:
      return "<=";
    default:
      return "<";
  }
}

const char* ComparisonSymbol(Opcode opcode) {
  switch (opcode) {
    case Opcode::kEq:
      return "==";
    case Opcode::kNe:
      return "!=";
    case Opcode::kLt:
      return "<";
    case Opcode::kLe:
      return "<=";
    case Opcode::kGt:
      return ">";
    default:
      return ">=";
  }
}

constexpr const char* kAllImmediates = "WEFT_ALL_IMMEDIATES";

bool IsComparison(Opcode opcode) { return opcode >= Opcode::kEq && opcode <= Opcode::kGe; }

Expression Primary(std::string text) { return {std::move(text), Binding::kPrimary}; }

}  // namespace

bool ExpressionWriter::IsNullConstant(ValueId id) const {
  return graph_.IsConstant(id) && graph_.value(id).constant.kind == Constant::Kind::kZero;
}

bool ExpressionWriter::IsAddressConstant(ValueId id) const {
  if (!graph_.IsConstant(id)) return false;
  Constant::Kind kind = graph_.value(id).constant.kind;
  return kind == Constant::Kind::kFrozen || kind == Constant::Kind::kFunction ||
         kind == Constant::Kind::kImmediate;
}

Expression ExpressionWriter::Value(ValueId id) {
  if (graph_.IsConstant(id)) {
    const Constant& constant = graph_.value(id).constant;
    bool is_address = IsAddressConstant(id);
    return {uses_.Constant(graph_.type(id), constant),
            is_address ? Binding::kUnary : Binding::kPrimary};
  }
  const ValuePlan& value = plan_.value(id);
  if (value.form == ValuePlan::Form::kFolded) {
    return Result(graph_.block(value.block).ops[value.op]);
  }
  WEFT_CHECK(value.form == ValuePlan::Form::kVariable, "{}: value {} is used but not needed",
             function_.name, id.index);
  return Primary(variable_names_[value.variable]);
}

std::string ExpressionWriter::As(ValueId id, TypeId type) {
  if (program_.types.Kind(type) != TypeKind::kPtr || graph_.type(id) == type ||
      IsNullConstant(id)) {
    return Loose(id);
  }
  if (IsAddressConstant(id)) return uses_.Constant(type, graph_.value(id).constant);
  return fmt::format("({}){}", uses_.Spell(type), Unary(id));
}

std::string ExpressionWriter::PointerTo(ValueId object, ContainerId container) {
  TypeId type = graph_.type(object);
  const std::string& tag = uses_.Struct(container);
  // What is read through a null constant is behind a check that fails.
  if (program_.types.Kind(type) == TypeKind::kPtr && !IsNullConstant(object)) {
    ContainerId own = program_.types.Container(type);
    if (own == container) return Value(object).Within(Binding::kPrimary);
    // A derived object's struct has the same members under the same names.
    if (program_.containers.IsPrefixOf(container, own)) {
      uses_.Struct(own);
      return Value(object).Within(Binding::kPrimary);
    }
  }
  return fmt::format("((struct {}*){})", tag, Unary(object));
}

std::string ExpressionWriter::FieldAccess(ValueId object, ContainerId container, uint32_t field) {
  return fmt::format("{}->{}", PointerTo(object, container),
                     types_.names().Fields(container)[field]);
}

std::string ExpressionWriter::ItemAccess(ValueId object, ValueId index, ContainerId container,
                                         uint32_t field) {
  std::string item = fmt::format("{}->items[{}]", PointerTo(object, container), Loose(index));
  if (!types_.HasItemStruct(container)) return item;
  return fmt::format("{}.{}", item, types_.names().ItemFields(container)[field]);
}

std::string ExpressionWriter::ItemAddress(ValueId object, ValueId index, uint32_t item_size) {
  ContainerId container = program_.types.Container(graph_.type(object));
  uint32_t start = program_.containers.Get(container).fixed_size;
  return fmt::format("WEFT_ITEM_ADDRESS({}, {}, {}, {})", Loose(object), start, Loose(index),
                     item_size);
}

Expression ExpressionWriter::Binary(const Operation& op, const char* symbol) {
  return {fmt::format("{} {} {}", Unary(op.args[0]), symbol, Unary(op.args[1])), Binding::kLoose};
}

Expression ExpressionWriter::CallOf(const std::string& name, const Operation& op) {
  std::string arguments;
  for (ValueId arg : op.args) {
    if (!arguments.empty()) arguments += ", ";
    arguments += Loose(arg);
  }
  return Primary(fmt::format("{}({})", name, arguments));
}

Expression ExpressionWriter::Arithmetic(const Operation& op) {
  TypeId type = graph_.type(op.args[0]);
  TypeKind kind = program_.types.Kind(type);
  bool is_bool = kind == TypeKind::kBool;
  // Widths at which C's own operators do what the operation says.
  bool is_plain = IsFloat(kind) || kind == TypeKind::kU32 || kind == TypeKind::kU64;
  // Compilers warn about an operator with the divisor 0, which stands behind a check that fails.
  bool divides_plainly =
      !IsFloat(kind) && !IsSigned(kind) && op.args.size() == 2 &&
      !(graph_.IsConstant(op.args[1]) && graph_.value(op.args[1]).constant.bits == 0);
  auto named = [&](const char* name) {
    return CallOf(fmt::format("weft_{}_{}", name, types_.Suffix(type)), op);
  };
  switch (op.opcode) {
    case Opcode::kAdd:
      return is_plain ? Binary(op, "+") : named("add");
    case Opcode::kSub:
      return is_plain ? Binary(op, "-") : named("sub");
    case Opcode::kMul:
      return is_plain ? Binary(op, "*") : named("mul");
    case Opcode::kDiv:
      return IsFloat(kind) || divides_plainly ? Binary(op, "/") : named("div");
    case Opcode::kRem:
      return divides_plainly ? Binary(op, "%") : named("rem");
    case Opcode::kNeg:
      if (IsFloat(kind)) return {"-" + Unary(op.args[0]), Binding::kUnary};
      return named("neg");
    case Opcode::kAnd:
      return Binary(op, is_bool ? "&&" : "&");
    case Opcode::kOr:
      return Binary(op, is_bool ? "||" : "|");
    case Opcode::kXor:
      return Binary(op, is_bool ? "!=" : "^");
    case Opcode::kNot:
      if (is_bool) return Condition(op.args[0], true);
      // The operand is promoted to int; the cast brings the narrow types back.
      return {fmt::format("({})~{}", uses_.Spell(type), Unary(op.args[0])), Binding::kUnary};
    case Opcode::kShl:
      return named("shl");
    case Opcode::kShr:
      return named("shr");
    case Opcode::kAddOverflows:
      return named("add_overflows");
    case Opcode::kSubOverflows:
      return named("sub_overflows");
    case Opcode::kMulOverflows:
      return named("mul_overflows");
    default:
      WEFT_FATAL("no arithmetic");
  }
}

Expression ExpressionWriter::Comparison(const Operation& op, bool negated) {
  ValueId left = op.args[0];
  ValueId right = op.args[1];
  TypeKind kind = Kind(left);
  if (!IsFloat(kind) && (op.opcode == Opcode::kEq || op.opcode == Opcode::kNe)) {
    // Compilers warn about comparisons whose outcome the text gives away.
    bool address_and_null = (IsAddressConstant(left) && IsNullConstant(right)) ||
                            (IsAddressConstant(right) && IsNullConstant(left));
    if (address_and_null || left == right) {
      bool result = (op.opcode == Opcode::kEq) == (left == right);
      return Primary(result != negated ? "true" : "false");
    }
  }
  if (left == right && !IsFloat(kind)) {
    bool result = op.opcode == Opcode::kLe || op.opcode == Opcode::kGe;
    return Primary(result != negated ? "true" : "false");
  }
  if (IsFloat(kind) && negated && op.opcode != Opcode::kEq && op.opcode != Opcode::kNe) {
    return {"!(" + Binary(op, ComparisonSymbol(op.opcode)).text + ")", Binding::kUnary};
  }
  const char* symbol = negated ? OppositeComparison(op.opcode) : ComparisonSymbol(op.opcode);
  std::string first = Unary(left);
  std::string second = Unary(right);
  if (kind == TypeKind::kPtr && graph_.type(left) != graph_.type(right)) {
    if (!IsNullConstant(left)) first = "(void*)" + first;
    if (!IsNullConstant(right)) second = "(void*)" + second;
  }
  return {fmt::format("{} {} {}", first, symbol, second), Binding::kLoose};
}

Expression ExpressionWriter::Conversion(const Operation& op) {
  TypeId to = graph_.type(op.result);
  TypeKind to_kind = program_.types.Kind(to);
  TypeKind from_kind = Kind(op.args[0]);
  if (to == graph_.type(op.args[0])) return Value(op.args[0]);
  if (to_kind == TypeKind::kBool) {
    return {fmt::format("{} != 0", Unary(op.args[0])), Binding::kLoose};
  }
  if (IsFloat(from_kind) && !IsFloat(to_kind)) {
    return CallOf(
        fmt::format("weft_{}_from_{}", types_.Suffix(to), types_.Suffix(graph_.type(op.args[0]))),
        op);
  }
  return {fmt::format("({}){}", uses_.Spell(to), Unary(op.args[0])), Binding::kUnary};
}

Expression ExpressionWriter::Condition(ValueId id, bool negated) {
  if (!negated) return Value(id);
  if (!graph_.IsConstant(id) && plan_.value(id).form == ValuePlan::Form::kFolded) {
    const ValuePlan& value = plan_.value(id);
    const Operation& op = graph_.block(value.block).ops[value.op];
    if (op.opcode == Opcode::kNot) return Value(op.args[0]);
    if (IsComparison(op.opcode)) return Comparison(op, true);
  }
  return {"!" + Unary(id), Binding::kUnary};
}

std::string ExpressionWriter::Arguments(const Operation& op, size_t first, TypeId function_type) {
  std::string text;
  auto parameters = program_.types.List(function_type);
  for (size_t i = first; i < op.args.size(); ++i) {
    if (i > first) text += ", ";
    text += As(op.args[i], parameters[i - first]);
  }
  return text;
}

std::string ExpressionWriter::Call(const Operation& op) {
  TypeId type;
  std::string call;
  if (op.opcode == Opcode::kCall) {
    FunctionId callee(op.imm);
    type = program_.function(callee).type;
    call = fmt::format("{}({})", uses_.Function(callee), Arguments(op, 0, type));
  } else if (op.opcode == Opcode::kCallPointer) {
    type = graph_.type(op.args[0]);
    call = fmt::format("(({}){})({})", uses_.FunctionPointer(type), Unary(op.args[0]),
                       Arguments(op, 1, type));
  } else {
    ExternalId callee(op.imm);
    type = program_.external(callee).type;
    // Pointers go as void*, which every pointer converts to.
    std::string arguments;
    for (ValueId arg : op.args) {
      if (!arguments.empty()) arguments += ", ";
      arguments += IsAddressConstant(arg) ? As(arg, graph_.type(arg)) : Loose(arg);
    }
    call = fmt::format("{}({})", uses_.External(callee), arguments);
    TypeId result = program_.types.Element(type);
    if (op.result.is_valid() && program_.types.Kind(result) == TypeKind::kPtr) {
      return fmt::format("({}){}", uses_.Spell(graph_.type(op.result)), call);
    }
    return call;
  }
  TypeId result = program_.types.Element(type);
  if (op.result.is_valid() && program_.types.Kind(result) == TypeKind::kPtr &&
      result != graph_.type(op.result)) {
    return fmt::format("({}){}", uses_.Spell(graph_.type(op.result)), call);
  }
  return call;
}

std::string ExpressionWriter::Allocation(const Operation& op) {
  ContainerId id(op.imm);
  const lltype::Container& container = program_.containers.Get(id);
  std::string cast = fmt::format("({})", uses_.Spell(graph_.type(op.result)));
  const std::string& type_id = uses_.TypeIdOf(id);
  if (!op.args.empty() && op.opcode != Opcode::kWeakRefMake) {
    const char* function = op.opcode == Opcode::kMallocItemsTry    ? "weft_gc_try_alloc_items"
                           : op.opcode == Opcode::kMallocItemsSlow ? "weft_gc_alloc_items_slow"
                                                                   : "weft_gc_alloc_items";
    return fmt::format("{}{}({}, {}, {}, {}, {})", cast, function, type_id, container.fixed_size,
                       container.item_size, container.length_offset, Loose(op.args[0]));
  }
  if (op.opcode == Opcode::kWeakRefMake) {
    return fmt::format("{}weft_weakref_make({}, {}, {}, {})", cast, type_id, container.fixed_size,
                       container.fields[0].offset, Loose(op.args[0]));
  }
  // What has a finalizer is known to the collector from its allocation on.
  if (container.has_finalizer && op.opcode == Opcode::kMallocTry) return "NULL";
  if (container.has_finalizer) {
    return fmt::format("{}weft_gc_alloc_finalizable({})", cast, type_id);
  }
  const char* function = op.opcode == Opcode::kMallocTry    ? "weft_gc_try_alloc"
                         : op.opcode == Opcode::kMallocSlow ? "weft_gc_alloc_slow"
                                                            : "weft_gc_alloc";
  return fmt::format("{}{}({}, {})", cast, function, type_id, container.fixed_size);
}

bool ExpressionWriter::MayBeImmediate(ValueId id) const {
  return program_.MayBeImmediate(program_.types.Container(graph_.type(id)));
}

std::string ExpressionWriter::TypeIdOrZero(ContainerId id) {
  return id.is_valid() ? uses_.TypeIdOf(id) : "0";
}

const char* ExpressionWriter::ImmediatesIn(ContainerId id) const {
  const lltype::Container& range = program_.containers.Get(id);
  auto covers = [&](ContainerId immediate) {
    uint32_t type_id = program_.containers.Get(immediate).first_type_id;
    return range.first_type_id <= type_id && type_id < range.last_type_id;
  };
  const flowgraph::Boxing& boxing = program_.boxing;
  bool has_floats = boxing.float_container.is_valid();
  bool has_ints = boxing.int_container.is_valid();
  bool floats = has_floats && covers(boxing.float_container);
  bool ints = has_ints && covers(boxing.int_container);
  if (floats == has_floats && ints == has_ints) return kAllImmediates;
  if (!floats && !ints) return "WEFT_NO_IMMEDIATES";
  return floats ? "WEFT_FLOAT_IMMEDIATES" : "WEFT_INT_IMMEDIATES";
}

Expression ExpressionWriter::TypeIdOf(ValueId object) {
  if (!MayBeImmediate(object)) return Primary(fmt::format("weft_type_id({})", Loose(object)));
  return Primary(fmt::format("weft_type_id_of_any({}, {}, {})", Loose(object),
                             TypeIdOrZero(program_.boxing.float_container),
                             TypeIdOrZero(program_.boxing.int_container)));
}

Expression ExpressionWriter::InstanceTest(const Operation& op, bool may_be_null) {
  ContainerId id(op.imm);
  if (!MayBeImmediate(op.args[0])) {
    return Primary(fmt::format("{}({}, {})", may_be_null ? "WEFT_IS_INSTANCE" : "WEFT_HAS_TYPE",
                               Loose(op.args[0]), uses_.TypeIdOf(id)));
  }
  return Primary(fmt::format("{}({}, {}, {})",
                             may_be_null ? "WEFT_IS_INSTANCE_OF_ANY" : "WEFT_HAS_TYPE_OF_ANY",
                             Loose(op.args[0]), uses_.TypeIdOf(id), ImmediatesIn(id)));
}

Expression ExpressionWriter::Result(const Operation& op) {
  switch (op.opcode) {
    case Opcode::kAdd:
    case Opcode::kSub:
    case Opcode::kMul:
    case Opcode::kDiv:
    case Opcode::kRem:
    case Opcode::kNeg:
    case Opcode::kAnd:
    case Opcode::kOr:
    case Opcode::kXor:
    case Opcode::kNot:
    case Opcode::kShl:
    case Opcode::kShr:
    case Opcode::kAddOverflows:
    case Opcode::kSubOverflows:
    case Opcode::kMulOverflows:
      return Arithmetic(op);
    case Opcode::kSelect: {
      TypeId type = graph_.type(op.result);
      auto operand = [&](ValueId id) {
        return Expression{As(id, type), Binding::kLoose}.Within(Binding::kUnary);
      };
      return {
          fmt::format("{} ? {} : {}", Unary(op.args[0]), operand(op.args[1]), operand(op.args[2])),
          Binding::kLoose};
    }
    case Opcode::kEq:
    case Opcode::kNe:
    case Opcode::kLt:
    case Opcode::kLe:
    case Opcode::kGt:
    case Opcode::kGe:
      return Comparison(op, false);
    case Opcode::kConvert:
      return Conversion(op);
    case Opcode::kF64Bits:
      return CallOf("weft_f64_bits", op);
    case Opcode::kF64FromBits:
      return CallOf("weft_f64_from_bits", op);
    case Opcode::kF32Bits:
      return CallOf("weft_f32_bits", op);
    case Opcode::kF32FromBits:
      return CallOf("weft_f32_from_bits", op);
    case Opcode::kClz:
      return CallOf("weft_clz_" + types_.Suffix(graph_.type(op.args[0])), op);
    case Opcode::kCtz:
      return CallOf("weft_ctz_" + types_.Suffix(graph_.type(op.args[0])), op);
    case Opcode::kPopcount:
      return CallOf("weft_popcount_" + types_.Suffix(graph_.type(op.args[0])), op);
    case Opcode::kExpect:
      if (Kind(op.args[0]) == TypeKind::kBool && graph_.IsConstant(op.args[1])) {
        bool likely = flowgraph::ConstantInt(graph_, op.args[1]) != 0;
        return Primary(
            fmt::format("{}({})", likely ? "WEFT_LIKELY" : "WEFT_UNLIKELY", Loose(op.args[0])));
      }
      return Value(op.args[0]);
    case Opcode::kPromote:
      return Value(op.args[0]);
    case Opcode::kCall:
    case Opcode::kCallPointer:
    case Opcode::kCallExternal:
      return {Call(op), Binding::kUnary};
    case Opcode::kIdentityHash:
      return CallOf("weft_identity_hash", op);
    case Opcode::kGlobalGet:
      return Primary(uses_.Global(GlobalId(op.imm)));
    case Opcode::kGcStat:
      return CallOf("weft_gc_stat", op);
    case Opcode::kMalloc:
    case Opcode::kMallocItems:
    case Opcode::kMallocTry:
    case Opcode::kMallocItemsTry:
    case Opcode::kMallocSlow:
    case Opcode::kMallocItemsSlow:
    case Opcode::kWeakRefMake:
      return {Allocation(op), Binding::kUnary};
    case Opcode::kGetField:
      return Primary(FieldAccess(op.args[0], ContainerId(op.imm), op.imm2));
    case Opcode::kGetItem:
      return Primary(ItemAccess(op.args[0], op.args[1], ContainerId(op.imm), op.imm2));
    case Opcode::kGetLength:
      return Primary(PointerTo(op.args[0], ContainerId(op.imm)) + "->length");
    case Opcode::kItemsEqual:
    case Opcode::kItemsCompare: {
      uint32_t size = program_.containers.Get(ContainerId(op.imm)).item_size;
      return Primary(fmt::format(
          "weft_{}({}, {}, {})", op.opcode == Opcode::kItemsEqual ? "bytes_equal" : "bytes_compare",
          ItemAddress(op.args[0], op.args[1], size), ItemAddress(op.args[2], op.args[3], size),
          size == 1 ? Loose(op.args[4]) : fmt::format("{} * {}", Unary(op.args[4]), size)));
    }
    case Opcode::kBytesHash: {
      const lltype::Container& container = program_.containers.Get(ContainerId(op.imm));
      WEFT_CHECK(container.length_offset == 8 && container.fields[0].offset == 16,
                 "the run time computes hashes of weft_str");
      return CallOf("weft_str_hash", op);
    }
    case Opcode::kFieldOffset:
      return Primary(
          fmt::format("{}", program_.containers.Get(ContainerId(op.imm)).fields[op.imm2].offset));
    case Opcode::kItemOffset: {
      const lltype::Container& container = program_.containers.Get(ContainerId(op.imm));
      return Primary(fmt::format("WEFT_ITEM_OFFSET({}, {}, {})",
                                 container.fixed_size + container.item_fields[op.imm2].offset,
                                 Loose(op.args[0]), container.item_size));
    }
    case Opcode::kLoadAt:
      return Primary(fmt::format("WEFT_AT({}, {}, {})", uses_.Spell(graph_.type(op.result)),
                                 Loose(op.args[0]), Loose(op.args[1])));
    case Opcode::kCastPtr:
      return {As(op.args[0], graph_.type(op.result)), Binding::kUnary};
    case Opcode::kTypeId:
      return TypeIdOf(op.args[0]);
    case Opcode::kIsInstance:
    case Opcode::kIsInstanceNonNull:
      return InstanceTest(op, op.opcode == Opcode::kIsInstance);
    case Opcode::kBox:
      return {fmt::format("({}){}({})", uses_.Spell(graph_.type(op.result)),
                          IsFloat(Kind(op.args[0])) ? "weft_box_f64" : "weft_box_i64",
                          Loose(op.args[0])),
              Binding::kUnary};
    case Opcode::kUnbox:
      return CallOf(IsFloat(Kind(op.result)) ? "weft_unbox_f64" : "weft_unbox_i64", op);
    case Opcode::kIsImmediate:
      if (ImmediatesIn(ContainerId(op.imm)) == kAllImmediates)
        return CallOf("weft_is_immediate", op);
      return CallOf(
          ContainerId(op.imm) == program_.boxing.float_container ? "weft_is_f64" : "weft_is_i64",
          op);
    case Opcode::kFitsImmediate:
      return CallOf("weft_fits_i64", op);
    case Opcode::kDispatch: {
      const std::string& table = uses_.Dispatch(DispatchTableId(op.imm));
      return Primary(fmt::format("{}[{} - {}_FIRST]", table, Unary(op.args[0]), table));
    }
    case Opcode::kTableItem:
      return Primary(
          fmt::format("{}[{}]", uses_.Table(GlobalId(op.imm), op.imm2), Loose(op.args[0])));
    case Opcode::kTupleGet: {
      std::string part = fmt::format("{}.r{}", Value(op.args[0]).Within(Binding::kPrimary), op.imm);
      if (Kind(op.result) != TypeKind::kPtr) return Primary(part);
      return {fmt::format("({}){}", uses_.Spell(graph_.type(op.result)), part), Binding::kUnary};
    }
    case Opcode::kWeakRefRead: {
      const lltype::Container& container = program_.containers.Get(ContainerId(op.imm));
      WEFT_CHECK(!container.fields.empty(), "a weak reference has a field");
      return {fmt::format("({}){}", uses_.Spell(graph_.type(op.result)),
                          FieldAccess(op.args[0], ContainerId(op.imm), 0)),
              Binding::kUnary};
    }
    case Opcode::kExceptionOccurred:
      return {"weft_exception != NULL", Binding::kLoose};
    case Opcode::kExceptionTake:
      return {fmt::format("({})weft_exception_take()", uses_.Spell(graph_.type(op.result))),
              Binding::kUnary};
    default:
      WEFT_FATAL("{}: the operation {} has no C expression", function_.name, op.info().name);
  }
}

}  // namespace weft::backend_c
