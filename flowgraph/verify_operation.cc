#include "flowgraph/verify_operation.h"

#include <fmt/format.h>

#include "flowgraph/text.h"

namespace weft::flowgraph {
namespace {

class OperationChecker {
 public:
  OperationChecker(const Program& program, const Graph& graph, const Operation& op)
      : program_(program), types_(program.types), graph_(graph), op_(op) {}

  std::string Run() {
    const OpcodeInfo& info = op_.info();
    if (!IsAllowedAt(op_.opcode, program_.stage)) {
      return fmt::format("does not belong to stage {}", StageName(program_.stage));
    }
    if (program_.stage >= Stage::kRtyped && !IsAllowedIn(op_.opcode, program_.type_system)) {
      return fmt::format("does not belong to {}", TypeSystemName(program_.type_system));
    }
    if (info.arity != kVariadic && static_cast<size_t>(info.arity) != op_.args.size()) {
      return fmt::format("has {} operands instead of {}", op_.args.size(), info.arity);
    }
    if (!ImmediatesExist()) return "names an entity that does not exist";
    CheckTypes();
    return fault_;
  }

 private:
  // --- Immediates.

  bool ImmediatesExist() const {
    size_t imm = op_.imm;
    switch (op_.info().imm) {
      case Imm::None:
      case Imm::Index:
        return true;
      case Imm::Type:
        return imm < types_.size();
      case Imm::Function:
        return imm < program_.functions.size();
      case Imm::Method:
        return imm < program_.methods.size();
      case Imm::External:
        return imm < program_.externals.size();
      case Imm::Class:
        return imm < program_.classes.size();
      case Imm::ClassPath:
        return imm < program_.classes.size() &&
               PathExists(program_.classes[imm].fields, /*may_be_empty=*/false);
      case Imm::Path:
        return op_.args.empty() || PathExistsFrom(types_.Element(Type(0)));
      case Imm::ValuePath:
        return imm < program_.value_classes.size() &&
               PathExists(program_.value_classes[imm].fields, /*may_be_empty=*/false);
      case Imm::ValueClass:
        return imm < program_.value_classes.size();
      case Imm::GlobalPath:
        return imm < program_.globals.size() && PathExistsFrom(GlobalValueType());
      case Imm::Global:
        return imm < program_.globals.size();
      case Imm::GlobalField:
        return imm < program_.globals.size() && op_.imm2 < program_.globals[imm].item_types.size();
      case Imm::Container:
        return imm < program_.containers.size();
      case Imm::Field:
        return imm < program_.containers.size() && op_.imm2 < Container().fields.size();
      case Imm::ItemField:
        return imm < program_.containers.size() && op_.imm2 < Container().item_fields.size();
      case Imm::Dispatch:
        return imm < program_.dispatch_tables.size();
    }
    return false;
  }

  bool PathExists(const std::vector<FieldInfo>& fields, bool may_be_empty) const {
    if (op_.imm2 == TypedId<void>::kNone) return false;
    const std::vector<uint32_t>& steps = program_.path(PathId(op_.imm2));
    if (steps.empty()) return may_be_empty;
    if (steps[0] >= fields.size()) return false;
    return Follow(fields[steps[0]].type, steps, 1);
  }

  bool PathExistsFrom(TypeId type) const {
    if (op_.imm2 == TypedId<void>::kNone) return false;
    return Follow(type, program_.path(PathId(op_.imm2)), 0);
  }

  bool Follow(TypeId type, const std::vector<uint32_t>& steps, size_t i) const {
    for (; i < steps.size(); ++i) {
      if (!type.is_valid() || types_.Kind(type) != TypeKind::kValue) return false;
      const auto& fields = program_.value_class(types_.ValueClass(type)).fields;
      if (steps[i] >= fields.size()) return false;
      type = fields[steps[i]].type;
    }
    return true;
  }

  // --- Types.

  TypeId Type(size_t i) const { return graph_.type(op_.args[i]); }
  TypeKind Kind(size_t i) const { return types_.Kind(Type(i)); }
  TypeId Result() const {
    return op_.result.is_valid() ? graph_.type(op_.result) : TypeTable::Void();
  }
  TypeKind ResultKind() const { return types_.Kind(Result()); }
  const lltype::Container& Container() const {
    return program_.containers.Get(ContainerId(op_.imm));
  }
  PathId Path() const { return PathId(op_.imm2); }

  // What the path of a GlobalPath starts from: the item of a table, else the global.
  TypeId GlobalValueType() const {
    TypeId type = program_.global(GlobalId(op_.imm)).type;
    return types_.Kind(type) == TypeKind::kTable ? types_.Element(type) : type;
  }

  void Require(bool condition, std::string_view what) {
    if (!condition && fault_.empty()) fault_ = what;
  }
  void Operand(size_t i, TypeId type) {
    if (Type(i) != type && fault_.empty()) {
      fault_ = fmt::format("operand {} is a {}, not a {}", i, PrintType(program_, Type(i)),
                           PrintType(program_, type));
    }
  }
  void Gives(TypeId type) {
    if (Result() != type && fault_.empty()) {
      fault_ = fmt::format("gives a {}, not a {}", PrintType(program_, Result()),
                           PrintType(program_, type));
    }
  }
  void OperandIs(size_t i, TypeKind kind) {
    if (Kind(i) != kind && fault_.empty()) {
      fault_ = fmt::format("operand {} is a {}, not of kind {}", i, PrintType(program_, Type(i)),
                           Spelling(kind));
    }
  }
  void SameOperands() { Operand(1, Type(0)); }
  void I64Operand(size_t i) { Operand(i, TypeTable::I64()); }
  void OperandIsInt(size_t i) { Require(IsInt(Kind(i)), "wants an integer operand"); }
  // An object of the class or of one derived from it.
  void ObjectOperand(size_t i, ClassId cls) {
    OperandIs(i, TypeKind::kObject);
    if (!fault_.empty()) return;
    Require(program_.IsSubclass(types_.Class(Type(i)), cls), "its object is not of the class");
  }
  // A pointer to the container or to one whose prefix it is.
  void PointerOperand(size_t i, ContainerId container) {
    OperandIs(i, TypeKind::kPtr);
    if (!fault_.empty()) return;
    Require(program_.containers.IsPrefixOf(container, types_.Container(Type(i))),
            "its pointer is not to the container");
  }
  void ArrayAndIndex() {
    OperandIs(0, TypeKind::kArray);
    I64Operand(1);
  }
  TypeId PathFromElement(size_t i) { return program_.TypeAtPath(types_.Element(Type(i)), Path()); }
  void Region(TypeId dst, TypeId src) {
    Operand(0, dst);
    I64Operand(1);
    Operand(2, src);
    I64Operand(3);
    I64Operand(4);
  }
  void CallOf(TypeId function_type, size_t first) {
    if (types_.Kind(function_type) != TypeKind::kFunction) {
      return Require(false, "calls what is not a function");
    }
    std::span<const TypeId> parameters = types_.List(function_type);
    Require(op_.args.size() - first == parameters.size(), "has the wrong number of arguments");
    if (!fault_.empty()) return;
    for (size_t i = 0; i < parameters.size(); ++i) {
      if (op_.opcode == Opcode::kCallVirtual && i == 0) {
        ObjectOperand(0, types_.Class(parameters[0]));
      } else if (op_.opcode == Opcode::kCallMethod && i == 0) {
        PointerOperand(0, types_.Container(parameters[0]));
      } else {
        Operand(first + i, parameters[i]);
      }
    }
    Gives(types_.Element(function_type));
  }

  void CheckTypes();
  void CheckScalar();
  void CheckSource();
  void CheckLow();

  const Program& program_;
  const TypeTable& types_;
  const Graph& graph_;
  const Operation& op_;
  std::string fault_;
};

void OperationChecker::CheckTypes() {
  const TypeId array_of_bytes = const_cast<TypeTable&>(types_).Array(TypeTable::U8());
  const TypeId str = TypeTable::Str();
  switch (op_.opcode) {
    case Opcode::kCall:
      return CallOf(program_.function(FunctionId(op_.imm)).type, 0);
    case Opcode::kCallVirtual:
    case Opcode::kCallMethod:
      return CallOf(program_.method(MethodId(op_.imm)).type, 0);
    case Opcode::kCallPointer:
      Require(!op_.args.empty(), "has no function");
      if (fault_.empty()) CallOf(Type(0), 1);
      return;
    case Opcode::kCallExternal:
      return CallOf(program_.external(ExternalId(op_.imm)).type, 0);
    case Opcode::kCheckNonNull:
      Require(IsReference(Kind(0)) || Kind(0) == TypeKind::kFunction, "wants a reference");
      return Gives(TypeTable::Void());
    case Opcode::kCheckIndex:
      I64Operand(0);
      I64Operand(1);
      return Gives(TypeTable::Void());
    case Opcode::kCheckNonZero:
      OperandIsInt(0);
      return Gives(TypeTable::Void());
    case Opcode::kStrCopy:
      Region(str, str);
      return Gives(TypeTable::Void());
    case Opcode::kStrFromBytesCopy:
      Region(str, array_of_bytes);
      return Gives(TypeTable::Void());
    case Opcode::kStrToBytesCopy:
      Region(array_of_bytes, str);
      return Gives(TypeTable::Void());
    case Opcode::kStrRegionEqual:
      Region(str, str);
      return Gives(TypeTable::Bool());
    case Opcode::kStrRegionCompare:
      Region(str, str);
      return Gives(TypeTable::I32());
    case Opcode::kArrayCopy:
      OperandIs(0, TypeKind::kArray);
      Region(Type(0), Type(0));
      return Gives(TypeTable::Void());
    default:
      break;
  }
  switch (op_.info().stages) {
    case OpStages::Both:
      return CheckScalar();
    case OpStages::Source:
      return CheckSource();
    case OpStages::Low:
    case OpStages::Woven:
      return CheckLow();
  }
}

// Scalars and what else every stage has.
void OperationChecker::CheckScalar() {
  switch (op_.opcode) {
    case Opcode::kAdd:
    case Opcode::kSub:
    case Opcode::kMul:
    case Opcode::kDiv:
      Require(IsInt(Kind(0)) || IsFloat(Kind(0)), "wants numbers");
      SameOperands();
      return Gives(Type(0));
    case Opcode::kRem:
    case Opcode::kAnd:
    case Opcode::kOr:
    case Opcode::kXor:
    case Opcode::kShl:
    case Opcode::kShr:
      OperandIsInt(0);
      SameOperands();
      return Gives(Type(0));
    case Opcode::kNeg:
      Require(IsInt(Kind(0)) || IsFloat(Kind(0)), "wants a number");
      return Gives(Type(0));
    case Opcode::kNot:
      OperandIsInt(0);
      return Gives(Type(0));
    case Opcode::kSelect:
      Operand(0, TypeTable::Bool());
      Operand(2, Type(1));
      return Gives(Type(1));
    case Opcode::kAddOverflows:
    case Opcode::kSubOverflows:
    case Opcode::kMulOverflows:
      OperandIsInt(0);
      SameOperands();
      return Gives(TypeTable::Bool());
    case Opcode::kEq:
    case Opcode::kNe:
      Require(IsInt(Kind(0)) || IsFloat(Kind(0)) || IsReference(Kind(0)) ||
                  Kind(0) == TypeKind::kFunction,
              "compares what has no identity");
      SameOperands();
      return Gives(TypeTable::Bool());
    case Opcode::kLt:
    case Opcode::kLe:
    case Opcode::kGt:
    case Opcode::kGe:
      Require(IsInt(Kind(0)) || IsFloat(Kind(0)), "wants numbers");
      SameOperands();
      return Gives(TypeTable::Bool());
    case Opcode::kConvert:
      Require(IsInt(Kind(0)) || IsFloat(Kind(0)), "wants a number");
      return Require(IsInt(ResultKind()) || IsFloat(ResultKind()), "gives no number");
    case Opcode::kF64Bits:
      Operand(0, TypeTable::F64());
      return Gives(TypeTable::U64());
    case Opcode::kF64FromBits:
      Operand(0, TypeTable::U64());
      return Gives(TypeTable::F64());
    case Opcode::kF32Bits:
      Operand(0, TypeTable::F32());
      return Gives(TypeTable::U32());
    case Opcode::kF32FromBits:
      Operand(0, TypeTable::U32());
      return Gives(TypeTable::F32());
    case Opcode::kClz:
    case Opcode::kCtz:
    case Opcode::kPopcount:
      Require(Kind(0) == TypeKind::kU32 || Kind(0) == TypeKind::kU64, "wants a u32 or u64");
      return Gives(TypeTable::I32());
    case Opcode::kExpect:
      SameOperands();
      return Gives(Type(0));
    case Opcode::kPromote:
      return Gives(Type(0));
    case Opcode::kIdentityHash:
      Require(IsReference(Kind(0)), "wants a reference");
      return Gives(TypeTable::I64());
    case Opcode::kGlobalGet:
      return Gives(program_.TypeAtPath(program_.global(GlobalId(op_.imm)).type, Path()));
    case Opcode::kGlobalSet:
      Operand(0, program_.TypeAtPath(program_.global(GlobalId(op_.imm)).type, Path()));
      return Gives(TypeTable::Void());
    case Opcode::kGcCollect:
      return Gives(TypeTable::Void());
    case Opcode::kGcStat:
      Operand(0, TypeTable::I32());
      return Gives(TypeTable::I64());
    case Opcode::kFatal:
      Require(Kind(0) == TypeKind::kStr || Kind(0) == TypeKind::kPtr, "wants a string");
      return Gives(TypeTable::Void());
    default:
      return Require(false, "has no rule in the verifier");
  }
}

void OperationChecker::CheckSource() {
  const TypeId str = TypeTable::Str();
  switch (op_.opcode) {
    case Opcode::kCheckCast:
      OperandIs(0, TypeKind::kObject);
      return Gives(TypeTable::Void());
    case Opcode::kNew:
      Require(!program_.cls(ClassId(op_.imm)).is_abstract, "makes an object of an abstract class");
      Require(ResultKind() == TypeKind::kObject && types_.Class(Result()) == ClassId(op_.imm),
              "gives something other than the new object");
      return;
    case Opcode::kFieldGet:
      ObjectOperand(0, ClassId(op_.imm));
      return Gives(program_.TypeOfField(ClassId(op_.imm), Path()));
    case Opcode::kFieldSet:
      ObjectOperand(0, ClassId(op_.imm));
      Operand(1, program_.TypeOfField(ClassId(op_.imm), Path()));
      return Gives(TypeTable::Void());
    case Opcode::kFieldRef:
      ObjectOperand(0, ClassId(op_.imm));
      Require(ResultKind() == TypeKind::kRef, "gives no place");
      return Require(types_.Element(Result()) == program_.TypeOfField(ClassId(op_.imm), Path()),
                     "gives the place of another type");
    case Opcode::kUpcast:
      OperandIs(0, TypeKind::kObject);
      return Require(ResultKind() == TypeKind::kObject, "gives no object");
    case Opcode::kIsa:
      OperandIs(0, TypeKind::kObject);
      return Gives(TypeTable::Bool());
    case Opcode::kArrayNew:
      I64Operand(0);
      return Require(ResultKind() == TypeKind::kArray, "gives no array");
    case Opcode::kArrayLength:
      OperandIs(0, TypeKind::kArray);
      return Gives(TypeTable::I64());
    case Opcode::kArrayGet:
      ArrayAndIndex();
      return Gives(PathFromElement(0));
    case Opcode::kArraySet:
      ArrayAndIndex();
      Operand(2, PathFromElement(0));
      return Gives(TypeTable::Void());
    case Opcode::kArrayRef:
      ArrayAndIndex();
      Require(ResultKind() == TypeKind::kRef, "gives no place");
      return Require(types_.Element(Result()) == PathFromElement(0),
                     "gives the place of another type");
    case Opcode::kStrLength:
    case Opcode::kStrHash:
      Operand(0, str);
      return Gives(TypeTable::I64());
    case Opcode::kStrItem:
      Operand(0, str);
      I64Operand(1);
      return Gives(TypeTable::U8());
    case Opcode::kStrNew:
      I64Operand(0);
      return Gives(str);
    case Opcode::kStrSetItem:
      Operand(0, str);
      I64Operand(1);
      Operand(2, TypeTable::U8());
      return Gives(TypeTable::Void());
    case Opcode::kValueMake: {
      const auto& fields = program_.value_class(ValueClassId(op_.imm)).fields;
      Require(fields.size() == op_.args.size(), "has the wrong number of fields");
      if (!fault_.empty()) return;
      for (size_t i = 0; i < fields.size(); ++i) Operand(i, fields[i].type);
      return Require(
          ResultKind() == TypeKind::kValue && types_.ValueClass(Result()) == ValueClassId(op_.imm),
          "gives something other than the value");
    }
    case Opcode::kValueGet:
      OperandIs(0, TypeKind::kValue);
      return Gives(program_.TypeAtPath(Type(0), Path()));
    case Opcode::kValueWith:
      OperandIs(0, TypeKind::kValue);
      Operand(1, program_.TypeAtPath(Type(0), Path()));
      return Gives(Type(0));
    case Opcode::kLocal:
      Require(ResultKind() == TypeKind::kRef, "gives no place");
      return Require(types_.Element(Result()) == TypeId(op_.imm),
                     "gives the place of another type");
    case Opcode::kRefField:
      OperandIs(0, TypeKind::kRef);
      Require(ResultKind() == TypeKind::kRef, "gives no place");
      return Require(types_.Element(Result()) == PathFromElement(0),
                     "gives the place of another type");
    case Opcode::kRefGet:
      OperandIs(0, TypeKind::kRef);
      return Gives(PathFromElement(0));
    case Opcode::kRefSet:
      OperandIs(0, TypeKind::kRef);
      Operand(1, PathFromElement(0));
      return Gives(TypeTable::Void());
    case Opcode::kGlobalRef:
      Require(ResultKind() == TypeKind::kRef, "gives no place");
      return Require(types_.Element(Result()) == program_.TypeAtPath(GlobalValueType(), Path()),
                     "gives the place of another type");
    case Opcode::kTableGet:
      I64Operand(0);
      return Gives(program_.TypeAtPath(GlobalValueType(), Path()));
    case Opcode::kWeakRefNew:
      OperandIs(0, TypeKind::kObject);
      return Require(ResultKind() == TypeKind::kObject, "gives no object");
    case Opcode::kWeakRefGet:
      OperandIs(0, TypeKind::kObject);
      return Require(ResultKind() == TypeKind::kObject, "gives no object");
    default:
      return Require(false, "has no rule in the verifier");
  }
}

void OperationChecker::CheckLow() {
  ContainerId container(op_.imm);
  switch (op_.opcode) {
    case Opcode::kCheckInstance:
      OperandIs(0, TypeKind::kPtr);
      return Gives(TypeTable::Void());
    case Opcode::kMalloc:
    case Opcode::kMallocTry:
    case Opcode::kMallocSlow:
      Require(Container().kind != lltype::ContainerKind::kHost, "makes an object of the host's");
      return Require(ResultKind() == TypeKind::kPtr && types_.Container(Result()) == container,
                     "gives something other than the new object");
    case Opcode::kMallocItems:
    case Opcode::kMallocItemsTry:
    case Opcode::kMallocItemsSlow:
      I64Operand(0);
      Require(Container().has_items(), "gives a length to a container without items");
      return Require(ResultKind() == TypeKind::kPtr && types_.Container(Result()) == container,
                     "gives something other than the new object");
    case Opcode::kGetField:
      PointerOperand(0, container);
      return Gives(Container().fields[op_.imm2].type);
    case Opcode::kSetField:
      PointerOperand(0, container);
      Operand(1, Container().fields[op_.imm2].type);
      return Gives(TypeTable::Void());
    case Opcode::kGetItem:
      PointerOperand(0, container);
      I64Operand(1);
      return Gives(Container().item_fields[op_.imm2].type);
    case Opcode::kSetItem:
      PointerOperand(0, container);
      I64Operand(1);
      Operand(2, Container().item_fields[op_.imm2].type);
      return Gives(TypeTable::Void());
    case Opcode::kGetLength:
      PointerOperand(0, container);
      return Gives(TypeTable::I64());
    case Opcode::kCopyItems:
    case Opcode::kWriteBarrierCopy:
    case Opcode::kItemsEqual:
    case Opcode::kItemsCompare:
      OperandIs(0, TypeKind::kPtr);
      I64Operand(1);
      OperandIs(2, TypeKind::kPtr);
      I64Operand(3);
      I64Operand(4);
      if (op_.opcode == Opcode::kCopyItems || op_.opcode == Opcode::kWriteBarrierCopy) {
        return Gives(TypeTable::Void());
      }
      return Gives(op_.opcode == Opcode::kItemsEqual ? TypeTable::Bool() : TypeTable::I32());
    case Opcode::kBytesHash:
      PointerOperand(0, container);
      return Gives(TypeTable::I64());
    case Opcode::kFieldOffset:
      return Gives(TypeTable::I64());
    case Opcode::kItemOffset:
      I64Operand(0);
      return Gives(TypeTable::I64());
    case Opcode::kLoadAt:
      OperandIs(0, TypeKind::kPtr);
      I64Operand(1);
      return Require(op_.result.is_valid(), "reads nothing");
    case Opcode::kStoreAt:
      OperandIs(0, TypeKind::kPtr);
      I64Operand(1);
      return Gives(TypeTable::Void());
    case Opcode::kCastPtr:
      OperandIs(0, TypeKind::kPtr);
      return Require(ResultKind() == TypeKind::kPtr, "gives no pointer");
    case Opcode::kTypeId:
      OperandIs(0, TypeKind::kPtr);
      return Gives(TypeTable::U32());
    case Opcode::kIsInstance:
    case Opcode::kIsInstanceNonNull:
      OperandIs(0, TypeKind::kPtr);
      return Gives(TypeTable::Bool());
    case Opcode::kBox:
    case Opcode::kFitsImmediate:
      if (Container().fields.size() != 1) return Require(false, "names a container of other form");
      Operand(0, Container().fields[0].type);
      if (op_.opcode == Opcode::kFitsImmediate) return Gives(TypeTable::Bool());
      return Require(op_.result.is_valid() && ResultKind() == TypeKind::kPtr &&
                         types_.Container(Result()) == ContainerId(op_.imm),
                     "gives no pointer to the container");
    case Opcode::kUnbox:
      if (Container().fields.size() != 1) return Require(false, "names a container of other form");
      PointerOperand(0, ContainerId(op_.imm));
      return Gives(Container().fields[0].type);
    case Opcode::kIsImmediate:
      OperandIs(0, TypeKind::kPtr);
      return Gives(TypeTable::Bool());
    case Opcode::kDispatch:
      Operand(0, TypeTable::U32());
      return Gives(program_.dispatch_tables[op_.imm].type);
    case Opcode::kTableItem:
      I64Operand(0);
      return Gives(program_.globals[op_.imm].item_types[op_.imm2]);
    case Opcode::kTupleMake: {
      Require(ResultKind() == TypeKind::kTuple, "gives no tuple");
      if (!fault_.empty()) return;
      std::span<const TypeId> elements = types_.List(Result());
      Require(elements.size() == op_.args.size(), "has the wrong number of elements");
      for (size_t i = 0; fault_.empty() && i < elements.size(); ++i) Operand(i, elements[i]);
      return;
    }
    case Opcode::kTupleGet:
      OperandIs(0, TypeKind::kTuple);
      if (!fault_.empty()) return;
      Require(op_.imm < types_.List(Type(0)).size(), "takes an element that is not there");
      if (fault_.empty()) Gives(types_.List(Type(0))[op_.imm]);
      return;
    case Opcode::kWeakRefMake:
    case Opcode::kWeakRefRead:
      OperandIs(0, TypeKind::kPtr);
      return Require(ResultKind() == TypeKind::kPtr, "gives no pointer");
    case Opcode::kExceptionOccurred:
    case Opcode::kStackUsedUp:
      return Gives(TypeTable::Bool());
    case Opcode::kExceptionTake:
      return Require(ResultKind() == TypeKind::kPtr, "gives no pointer");
    case Opcode::kExceptionSet:
    case Opcode::kRootSet:
    case Opcode::kRootGet:
      OperandIs(0, TypeKind::kPtr);
      return Gives(TypeTable::Void());
    case Opcode::kWriteBarrier:
      PointerOperand(0, container);
      Operand(1, Container().fields[op_.imm2].type);
      return Gives(TypeTable::Void());
    case Opcode::kWriteBarrierItem:
      PointerOperand(0, container);
      I64Operand(1);
      Operand(2, Container().item_fields[op_.imm2].type);
      return Gives(TypeTable::Void());
    case Opcode::kWriteBarrierAt:
      OperandIs(0, TypeKind::kPtr);
      I64Operand(1);
      OperandIs(2, TypeKind::kPtr);
      return Gives(TypeTable::Void());
    case Opcode::kWriteBarrierGlobal:
    case Opcode::kWriteBarrierObject:
    case Opcode::kRememberAlways:
      OperandIs(0, TypeKind::kPtr);
      return Gives(TypeTable::Void());
    case Opcode::kPin:
      Require(IsInt(Kind(0)) || IsReference(Kind(0)), "wants an integer or a reference");
      return Gives(Type(0));
    case Opcode::kStackCheck:
    case Opcode::kTracebackAdd:
    case Opcode::kRootsEnter:
    case Opcode::kRootsLeave:
      return Gives(TypeTable::Void());
    default:
      return Require(false, "has no rule in the verifier");
  }
}

}  // namespace

std::string CheckOperation(const Program& program, const Graph& graph, const Operation& op) {
  return OperationChecker(program, graph, op).Run();
}

}  // namespace weft::flowgraph
