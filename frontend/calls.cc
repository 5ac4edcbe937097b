// Calls: of functions, methods, virtual methods, lambdas, function pointers, externals.
#include <utility>

#include "common/check.h"
#include "frontend/function_builder.h"

namespace weft::frontend {

using flowgraph::Opcode;
using flowgraph::ValueList;

ValueId FunctionBuilder::UpcastTo(ValueId value, TypeId type) {
  TypeId from = TypeOf(value);
  if (from == type) return value;
  TypeKind kind = program_.types.Kind(type);
  if (kind != TypeKind::kObject || program_.types.Kind(from) != TypeKind::kObject) return value;
  if (graph_.IsConstant(value)) return Zero(type);
  ValueId result = Emit(Opcode::kUpcast, type, {value});
  if (nonnull_.contains(value)) nonnull_.insert(result);
  return result;
}

ValueId FunctionBuilder::EmitArgument(const clang::Expr* argument, clang::QualType parameter) {
  if (parameter->isReferenceType()) {
    ValueId value = EmitReference(argument);
    if (const clang::CXXRecordDecl* record = parameter->getPointeeCXXRecordDecl();
        record != nullptr && translator_.IsObjectClass(record)) {
      return UpcastTo(value, Type(parameter, argument->getExprLoc()));
    }
    return value;
  }
  ValueId value = EmitValue(argument);
  if (!value.is_valid()) return Poison(parameter);
  return UpcastTo(value, Type(parameter.getUnqualifiedType(), argument->getExprLoc()));
}

// The object of a method call as the first argument.
ValueId FunctionBuilder::EmitObject(const clang::Expr* object, bool is_pointer,
                                    const clang::CXXMethodDecl* method) {
  RecordInfo& info = translator_.Record(method->getParent(), At(object->getExprLoc()));
  if (info.is_object()) {
    ValueId value;
    if (is_pointer) {
      value = CheckedObject(object);
    } else {
      Place place = EmitPlace(object);
      value = place.kind == Place::Kind::kObject ? place.base : Zero(info.type);
    }
    return UpcastTo(value, info.type);
  }
  if (info.this_by_value) {
    if (!is_pointer && object->isPRValue()) return EmitResult(object);
    Place place = is_pointer ? EmitPointee(object) : EmitPlace(object);
    return Load(place);
  }
  Place place = is_pointer ? EmitPointee(object) : EmitPlace(object);
  if (place.kind == Place::Kind::kValue && !method->isConst() && place.type == info.type &&
      has_this_ && place.base == this_.base && this_.kind == Place::Kind::kValue) {
    Report(object->getExprLoc(), diag::kHandleWritesField,
           this_record_ == nullptr ? "" : translator_.NameOf(this_record_));
  }
  return Materialize(place);
}

FunctionBuilder::CallResult FunctionBuilder::ResultOf(ValueId value, clang::QualType type,
                                                      clang::SourceLocation loc) {
  CallResult result;
  result.value = value;
  if (!value.is_valid() || !type->isReferenceType()) {
    if (value.is_valid() && type->isPointerType()) {
      result.value = UpcastTo(value, Type(type.getUnqualifiedType(), loc));
    }
    return result;
  }
  switch (program_.types.Kind(TypeOf(value))) {
    case TypeKind::kRef:
      result.place = RefPlace(value);
      return result;
    case TypeKind::kObject:
      nonnull_.insert(value);
      value = UpcastTo(value, Type(type, loc));
      result.place = {.kind = Place::Kind::kObject, .base = value, .type = TypeOf(value)};
      return result;
    default:
      result.place = ValuePlace(value);
      return result;
  }
}

FunctionBuilder::CallResult FunctionBuilder::EmitCall(const clang::CallExpr* call) {
  clang::SourceLocation loc = call->getExprLoc();
  llvm::ArrayRef<const clang::Expr*> arguments(call->getArgs(), call->getNumArgs());
  const auto* callee = llvm::dyn_cast_or_null<clang::FunctionDecl>(call->getCalleeDecl());
  if (const auto* member_call = llvm::dyn_cast<clang::CXXMemberCallExpr>(call)) {
    const auto* member =
        llvm::dyn_cast<clang::MemberExpr>(member_call->getCallee()->IgnoreParens());
    const clang::CXXMethodDecl* method = member_call->getMethodDecl();
    if (member == nullptr || method == nullptr) {
      Report(loc, diag::kMemberPointer);
      return {};
    }
    if (llvm::isa<clang::CXXDestructorDecl>(method)) {
      Report(loc, diag::kExplicitDestructor);
      return {};
    }
    const clang::Expr* object = member->getBase();
    bool is_virtual = method->isVirtual() && !member->hasQualifier();
    if (is_virtual) {
      const clang::Expr* bare = object->IgnoreParenImpCasts();
      if (const clang::CXXMethodDecl* known =
              method->getDevirtualizedMethod(object, /*IsAppleKext=*/false)) {
        method = known;
        is_virtual = false;
      } else if (is_constructor_ && llvm::isa<clang::CXXThisExpr>(bare)) {
        // While a constructor runs, its object is of its own class.
        if (const clang::CXXMethodDecl* own = method->getCorrespondingMethodInClass(this_record_)) {
          method = own;
        }
        is_virtual = false;
      }
    }
    return EmitCallTo(method, object, member->isArrow(), is_virtual, arguments, call);
  }
  if (const auto* operator_call = llvm::dyn_cast<clang::CXXOperatorCallExpr>(call)) {
    const auto* method = llvm::dyn_cast_or_null<clang::CXXMethodDecl>(callee);
    if (method != nullptr && method->isInstance()) {
      if ((method->isCopyAssignmentOperator() || method->isMoveAssignmentOperator()) &&
          !method->isUserProvided()) {
        return EmitCopyAssignment(operator_call);
      }
      bool is_virtual = method->isVirtual();
      if (is_virtual) {
        if (const clang::CXXMethodDecl* known =
                method->getDevirtualizedMethod(arguments[0], /*IsAppleKext=*/false)) {
          method = known;
          is_virtual = false;
        }
      }
      return EmitCallTo(method, arguments[0], false, is_virtual, arguments.drop_front(), call);
    }
  }
  if (llvm::isa<clang::CXXPseudoDestructorExpr>(call->getCallee()->IgnoreParens())) {
    return {};
  }
  if (callee == nullptr) return EmitPointerCall(call);
  bool is_known = Translator::HasAnnotation(callee, "weft.intrinsic") ||
                  Translator::HasAnnotation(callee, "weft.external");
  if (unsigned builtin = callee->getBuiltinID(); builtin != 0 && !is_known) {
    return EmitBuiltin(call, builtin);
  }
  if (const auto* method = llvm::dyn_cast<clang::CXXMethodDecl>(callee);
      method != nullptr && method->isStatic()) {
    if (const auto* member =
            llvm::dyn_cast<clang::MemberExpr>(call->getCallee()->IgnoreParenImpCasts())) {
      EmitDiscarded(member->getBase());
    }
  }
  return EmitCallTo(callee, nullptr, false, false, arguments, call);
}

// `a = b` for values: the fields are copied. The right side comes first.
FunctionBuilder::CallResult FunctionBuilder::EmitCopyAssignment(
    const clang::CXXOperatorCallExpr* call) {
  clang::SourceLocation loc = call->getOperatorLoc();
  ValueId value = EmitValue(call->getArg(1));
  Place place = EmitPlace(call->getArg(0));
  SetLoc(loc);
  if (place.kind == Place::Kind::kObject) {
    Report(loc, diag::kObjectCopied, translator_.Print(call->getArg(0)->getType()));
  } else if (value.is_valid()) {
    Store(place, value, loc);
  }
  return {.value = value, .place = place};
}

FunctionBuilder::CallResult FunctionBuilder::EmitCallTo(
    const clang::FunctionDecl* callee, const clang::Expr* object, bool object_is_pointer,
    bool is_virtual, llvm::ArrayRef<const clang::Expr*> arguments, const clang::Expr* call) {
  clang::SourceLocation loc = call->getExprLoc();
  const auto* method = llvm::dyn_cast<clang::CXXMethodDecl>(callee);
  bool is_instance = method != nullptr && method->isInstance();
  if (method != nullptr && !is_instance && object != nullptr) {
    EmitDiscarded(object);
    object = nullptr;
  }
  // An overloaded assignment is sequenced like a built-in one.
  bool right_first = false;
  if (const auto* operator_call = llvm::dyn_cast<clang::CXXOperatorCallExpr>(call)) {
    right_first = operator_call->isAssignmentOp() && object != nullptr;
  }
  std::vector<ValueId> values;
  auto emit_object = [&] {
    if (!is_instance) return;
    values.insert(values.begin(), object != nullptr ? EmitObject(object, object_is_pointer, method)
                                                    : Zero(TypeTable::I32()));
  };
  std::optional<std::string> intrinsic = Translator::AnnotationArgument(callee, "weft.intrinsic");
  if (IsOrderingTest(callee)) {
    return {.value = EmitOrderingTest(callee, arguments, loc), .place = {}};
  }
  if (!right_first) emit_object();
  for (size_t i = 0; i < arguments.size(); ++i) {
    if (i >= callee->getNumParams()) {
      Report(arguments[i]->getExprLoc(), diag::kVariadicFunction);
      break;
    }
    values.push_back(EmitArgument(arguments[i], callee->getParamDecl(i)->getType()));
  }
  if (right_first) emit_object();
  SetLoc(loc);
  if (intrinsic.has_value()) {
    return EmitIntrinsic(*intrinsic, callee, std::move(values), call, arguments);
  }
  ValueList list(values.begin(), values.end());
  if (std::optional<std::string> symbol = Translator::AnnotationArgument(callee, "weft.external")) {
    ExternalId external = translator_.External(callee, *symbol, At(loc));
    TypeId result = program_.types.Element(program_.external(external).type);
    ValueId value = Emit(Opcode::kCallExternal, result, std::move(list), external.index);
    if (callee->isNoReturn()) Unreachable();
    return ResultOf(value, callee->getReturnType(), loc);
  }
  if (std::optional<std::string> text = translator_.HostText(callee)) {
    ExternalId external = translator_.HostExternal(callee, *text, At(loc));
    TypeId result = program_.types.Element(program_.external(external).type);
    ValueId value = Emit(Opcode::kCallExternal, result, std::move(list), external.index);
    if (callee->isNoReturn()) Unreachable();
    return ResultOf(value, callee->getReturnType(), loc);
  }
  ValueId value;
  if (is_virtual) {
    MethodId id = translator_.Method(method, At(loc));
    TypeId type = program_.method(id).type;
    list[0] = UpcastTo(list[0], program_.types.List(type)[0]);
    value = Emit(Opcode::kCallVirtual, program_.types.Element(type), std::move(list), id.index);
  } else {
    if (method != nullptr && method->isPureVirtual() && !method->hasBody()) {
      Report(loc, diag::kUndefinedFunction, translator_.NameOf(method));
      return {};
    }
    FunctionId function = translator_.Function(callee, At(loc));
    if (!function.is_valid()) {
      CallResult failed;
      if (callee->getReturnType()->isReferenceType()) {
        failed.place = PoisonPlace(callee->getReturnType().getNonReferenceType());
      } else if (!callee->getReturnType()->isVoidType()) {
        failed.value = Poison(callee->getReturnType());
      }
      return failed;
    }
    TypeId result = program_.types.Element(program_.function(function).type);
    value = Emit(Opcode::kCall, result, std::move(list), function.index);
  }
  if (callee->isNoReturn()) Unreachable();
  return ResultOf(value, callee->getReturnType(), loc);
}

namespace {

bool IsUnspecifiedZero(clang::QualType type) {
  const clang::CXXRecordDecl* record = type->getAsCXXRecordDecl();
  return record != nullptr && record->getDeclName().isIdentifier() &&
         record->getName() == "__unspec";
}

}  // namespace

// Whether a function is one of <compare>'s operators that compare an ordering with a literal 0.
bool FunctionBuilder::IsOrderingTest(const clang::FunctionDecl* callee) {
  return callee->isOverloadedOperator() && callee->getNumParams() == 2 &&
         (IsUnspecifiedZero(callee->getParamDecl(0)->getType()) ||
          IsUnspecifiedZero(callee->getParamDecl(1)->getType())) &&
         translator_.IsInSystemHeader(translator_.SiteOf(callee));
}

// `order < 0`: a test of the one field, which holds -1, 0, 1 or, unordered, 2.
ValueId FunctionBuilder::EmitOrderingTest(const clang::FunctionDecl* callee,
                                          llvm::ArrayRef<const clang::Expr*> arguments,
                                          clang::SourceLocation loc) {
  bool reversed = IsUnspecifiedZero(callee->getParamDecl(0)->getType());
  clang::OverloadedOperatorKind kind = callee->getOverloadedOperator();
  if (reversed) {
    kind = kind == clang::OO_Less           ? clang::OO_Greater
           : kind == clang::OO_Greater      ? clang::OO_Less
           : kind == clang::OO_LessEqual    ? clang::OO_GreaterEqual
           : kind == clang::OO_GreaterEqual ? clang::OO_LessEqual
                                            : kind;
  }
  ValueId order = EmitValue(arguments[reversed ? 1 : 0]);
  SetLoc(loc);
  TypeId type = TypeOf(order);
  if (program_.types.Kind(type) != TypeKind::kValue) return graph_.Bool(false);
  ValueClassId cls = program_.types.ValueClass(type);
  if (program_.value_class(cls).fields.size() != 1) return graph_.Bool(false);
  TypeId field = program_.value_class(cls).fields[0].type;
  ValueId value = Emit(Opcode::kValueGet, field, {order}, cls.index, program_.Path({0}).index);
  ValueId zero = Int(field, 0);
  TypeId boolean = TypeTable::Bool();
  switch (kind) {
    case clang::OO_Less:
      return Emit(Opcode::kLt, boolean, {value, zero});
    case clang::OO_LessEqual:
      return Emit(Opcode::kLe, boolean, {value, zero});
    case clang::OO_Greater:
      return Emit(Opcode::kEq, boolean, {value, Int(field, 1)});
    case clang::OO_GreaterEqual: {
      ValueId low = Emit(Opcode::kAnd, field, {value, Int(field, 1)});
      return Emit(Opcode::kEq, boolean, {low, value});
    }
    case clang::OO_ExclaimEqual:
      return Emit(Opcode::kNe, boolean, {value, zero});
    case clang::OO_EqualEqual:
      return Emit(Opcode::kEq, boolean, {value, zero});
    default:
      Report(loc, diag::kUnsupportedExpression, "this operator of an ordering");
      return graph_.Bool(false);
  }
}

FunctionBuilder::CallResult FunctionBuilder::EmitPointerCall(const clang::CallExpr* call) {
  clang::SourceLocation loc = call->getExprLoc();
  const clang::Expr* callee = call->getCallee();
  clang::QualType pointee = callee->getType();
  if (pointee->isPointerType()) pointee = pointee->getPointeeType();
  const auto* type = pointee->getAs<clang::FunctionProtoType>();
  if (type == nullptr) {
    Report(loc, diag::kUnsupportedExpression, "this call");
    return {};
  }
  ValueId function = EmitValue(callee);
  if (program_.types.Kind(TypeOf(function)) != TypeKind::kFunction) return {};
  ValueList values = {function};
  for (unsigned i = 0; i < call->getNumArgs(); ++i) {
    if (i >= type->getNumParams()) {
      Report(call->getArg(i)->getExprLoc(), diag::kVariadicFunction);
      break;
    }
    values.push_back(EmitArgument(call->getArg(i), type->getParamType(i)));
  }
  SetLoc(loc);
  CheckNonNull(function);
  TypeId result = program_.types.Element(TypeOf(function));
  ValueId value = Emit(Opcode::kCallPointer, result, std::move(values));
  return ResultOf(value, type->getReturnType(), loc);
}

FunctionBuilder::CallResult FunctionBuilder::EmitBuiltin(const clang::CallExpr* call,
                                                         unsigned builtin) {
  clang::SourceLocation loc = call->getExprLoc();
  switch (builtin) {
    case clang::Builtin::BI__builtin_expect:
    case clang::Builtin::BI__builtin_expect_with_probability: {
      // The hint is given for the bool that the condition was before C made a long of it.
      const clang::Expr* condition = call->getArg(0)->IgnoreParens();
      const auto* cast = llvm::dyn_cast<clang::ImplicitCastExpr>(condition);
      bool is_bool = cast != nullptr && cast->getSubExpr()->getType()->isBooleanType();
      ValueId value = EmitValue(is_bool ? cast->getSubExpr() : condition);
      ValueId expected = TryConstant(call->getArg(1));
      SetLoc(loc);
      if (expected.is_valid() && graph_.IsConstant(expected)) {
        value = Emit(Opcode::kExpect, TypeOf(value), {value, Convert(expected, TypeOf(value))});
      } else {
        EmitDiscarded(call->getArg(1));
      }
      return {.value = Convert(value, Type(call->getType(), loc)), .place = {}};
    }
    case clang::Builtin::BI__builtin_unreachable:
      Unreachable();
      return {};
    case clang::Builtin::BImove:
    case clang::Builtin::BImove_if_noexcept:
    case clang::Builtin::BIforward:
    case clang::Builtin::BIforward_like:
    case clang::Builtin::BIas_const:
      return {.value = {}, .place = EmitPlace(call->getArg(0))};
    default:
      break;
  }
  if (!call->getType()->isReferenceType() && !call->isGLValue()) {
    if (ValueId value = TryConstant(call); value.is_valid()) return {.value = value, .place = {}};
  }
  const auto* callee = llvm::cast<clang::FunctionDecl>(call->getCalleeDecl());
  if (translator_.IsInSystemHeader(translator_.SiteOf(callee)) &&
      !callee->getName().starts_with("__builtin")) {
    Report(loc, diag::kStandardLibrary, translator_.NameOf(callee));
  } else {
    Report(loc, diag::kBuiltinFunction, callee->getNameAsString());
  }
  return {};
}

}  // namespace weft::frontend
