// Making values and objects: constructors, aggregates, `new`.
#include <utility>

#include "common/check.h"
#include "frontend/function_builder.h"

namespace weft::frontend {

using flowgraph::Opcode;
using flowgraph::ValueList;

namespace {

// What stands around an initialiser without changing what it makes.
const clang::Expr* StripInit(const clang::Expr* init) {
  while (true) {
    if (const auto* cleanups = llvm::dyn_cast<clang::ExprWithCleanups>(init)) {
      init = cleanups->getSubExpr();
    } else if (const auto* paren = llvm::dyn_cast<clang::ParenExpr>(init)) {
      init = paren->getSubExpr();
    } else if (const auto* bind = llvm::dyn_cast<clang::CXXBindTemporaryExpr>(init)) {
      init = bind->getSubExpr();
    } else if (const auto* expansion = llvm::dyn_cast<clang::CXXDefaultInitExpr>(init)) {
      init = expansion->getExpr();
    } else if (const auto* argument = llvm::dyn_cast<clang::CXXDefaultArgExpr>(init)) {
      init = argument->getExpr();
    } else if (const auto* cast = llvm::dyn_cast<clang::CastExpr>(init);
               cast != nullptr && init->isPRValue() && init->getType()->isRecordType() &&
               (cast->getCastKind() == clang::CK_NoOp ||
                cast->getCastKind() == clang::CK_ConstructorConversion ||
                cast->getCastKind() == clang::CK_UserDefinedConversion)) {
      init = cast->getSubExpr();
    } else {
      return init;
    }
  }
}

// A constructor that only copies its argument.
bool IsCopy(const clang::CXXConstructorDecl* constructor) {
  return constructor->isCopyOrMoveConstructor() && !constructor->isUserProvided();
}

// A constructor that leaves everything as it is.
bool DoesNothing(const clang::CXXConstructorDecl* constructor) {
  return constructor->isDefaultConstructor() && constructor->isTrivial();
}

}  // namespace

ValueId FunctionBuilder::EmitResult(const clang::Expr* expression) {
  return EmitValue(StripInit(expression));
}

ValueId FunctionBuilder::EmitConstruct(const clang::CXXConstructExpr* expression) {
  clang::SourceLocation loc = expression->getExprLoc();
  const clang::CXXConstructorDecl* constructor = expression->getConstructor();
  clang::QualType type = expression->getType();
  if (type->isArrayType()) {
    Report(loc, diag::kArrayType, translator_.Print(type));
    return Poison(type);
  }
  RecordInfo& info = translator_.Record(constructor->getParent(), At(loc));
  if (info.is_object()) {
    Report(loc, diag::kObjectByValue, translator_.Print(type));
    return Poison(type);
  }
  if (IsCopy(constructor)) {
    const clang::Expr* source = expression->getArg(0);
    return source->isGLValue() ? EmitValue(source) : EmitResult(source);
  }
  if (std::optional<std::string> name =
          Translator::AnnotationArgument(constructor, "weft.intrinsic")) {
    llvm::ArrayRef<const clang::Expr*> expressions(expression->getArgs(), expression->getNumArgs());
    std::vector<ValueId> arguments;
    if (*name != "str_literal") {
      for (unsigned i = 0; i < expressions.size(); ++i) {
        arguments.push_back(EmitArgument(expressions[i], constructor->getParamDecl(i)->getType()));
      }
    }
    SetLoc(loc);
    return EmitIntrinsic(*name, constructor, std::move(arguments), expression, expressions).value;
  }
  if (DoesNothing(constructor)) return Zero(info.type);
  Place place = LocalPlace(info.type);
  EmitInit(place, expression);
  return Load(place);
}

void FunctionBuilder::EmitInit(const Place& place, const clang::Expr* init) {
  clang::SourceLocation loc = init->getExprLoc();
  const clang::Expr* inner = StripInit(init);
  const auto* construct = llvm::dyn_cast<clang::CXXConstructExpr>(inner);
  bool calls = construct != nullptr && !construct->getType()->isArrayType() &&
               !IsCopy(construct->getConstructor()) && !DoesNothing(construct->getConstructor()) &&
               !Translator::HasAnnotation(construct->getConstructor(), "weft.intrinsic") &&
               !translator_.IsObjectClass(construct->getConstructor()->getParent());
  if (calls && (place.kind == Place::Kind::kRef)) {
    if (construct->requiresZeroInitialization()) Store(place, Zero(place.type), loc);
    ValueList arguments = EmitArguments(construct);
    SetLoc(loc);
    CallConstructor(construct->getConstructor(), Materialize(place), std::move(arguments), loc);
    return;
  }
  if (calls) {
    // Made aside, so that nothing but this function sees it half made.
    Place made = LocalPlace(place.type);
    EmitInit(made, construct);
    Store(place, Load(made), loc);
    return;
  }
  // `T x;` without a constructor that does something leaves x unset.
  if (construct != nullptr && DoesNothing(construct->getConstructor()) &&
      !construct->requiresZeroInitialization() && !construct->getType()->isArrayType() &&
      place.kind == Place::Kind::kRef) {
    Store(place, Zero(place.type), loc);
    return;
  }
  ValueId value = EmitValue(inner);
  SetLoc(loc);
  if (value.is_valid()) Store(place, UpcastTo(value, place.type), loc);
}

ValueList FunctionBuilder::EmitArguments(const clang::CXXConstructExpr* expression) {
  ValueList arguments;
  const clang::CXXConstructorDecl* constructor = expression->getConstructor();
  for (unsigned i = 0; i < expression->getNumArgs(); ++i) {
    if (i >= constructor->getNumParams()) {
      Report(expression->getArg(i)->getExprLoc(), diag::kVariadicFunction);
      break;
    }
    arguments.push_back(
        EmitArgument(expression->getArg(i), constructor->getParamDecl(i)->getType()));
  }
  return arguments;
}

void FunctionBuilder::CallConstructor(const clang::CXXConstructorDecl* constructor, ValueId object,
                                      ValueList arguments, clang::SourceLocation loc) {
  FunctionId function = translator_.Function(constructor, At(loc));
  if (!function.is_valid()) return;
  arguments.insert(arguments.begin(), object);
  Emit(Opcode::kCall, TypeTable::Void(), std::move(arguments), function.index);
}

ValueId FunctionBuilder::EmitInitList(const clang::InitListExpr* list) {
  clang::QualType type = list->getType();
  clang::SourceLocation loc = list->getBeginLoc();
  if (list->isSyntacticForm() && list->getSemanticForm() != nullptr) {
    list = list->getSemanticForm();
  }
  if (type->isArrayType()) {
    Report(loc, diag::kArrayType, translator_.Print(type));
    return Poison(type);
  }
  if (list->isTransparent()) return EmitValue(list->getInit(0));
  if (!type->isRecordType()) {
    if (list->getNumInits() == 0) return Zero(Type(type.getUnqualifiedType(), loc));
    return EmitValue(list->getInit(0));
  }
  return EmitAggregate(type, list->inits(), loc);
}

ValueId FunctionBuilder::EmitParenList(const clang::CXXParenListInitExpr* list) {
  std::vector<const clang::Expr*> inits;
  for (const clang::Expr* init : list->getInitExprs()) inits.push_back(init);
  return EmitAggregate(list->getType(), inits, list->getBeginLoc());
}

ValueId FunctionBuilder::EmitAggregate(clang::QualType type,
                                       llvm::ArrayRef<const clang::Expr*> inits,
                                       clang::SourceLocation loc) {
  const clang::CXXRecordDecl* record = type->getAsCXXRecordDecl();
  RecordInfo& info = translator_.Record(record, At(loc));
  if (!info.is_value() || record->isUnion()) {
    Report(loc, diag::kObjectByValue, translator_.Print(type));
    return Poison(type);
  }
  size_t count = program_.value_class(info.value_class).fields.size();
  ValueList parts;
  for (const clang::Expr* init : inits) {
    if (parts.size() >= count) break;
    TypeId part_type = program_.value_class(info.value_class).fields[parts.size()].type;
    bool is_place = program_.types.Kind(part_type) == TypeKind::kRef ||
                    (init->isGLValue() && !init->getType()->isFunctionType());
    ValueId part = is_place ? EmitReference(init) : EmitResult(init);
    parts.push_back(part.is_valid() ? UpcastTo(part, part_type) : Zero(part_type));
  }
  while (parts.size() < count) {
    parts.push_back(Zero(program_.value_class(info.value_class).fields[parts.size()].type));
  }
  SetLoc(loc);
  return Emit(Opcode::kValueMake, info.type, std::move(parts), info.value_class.index);
}

ValueId FunctionBuilder::EmitNew(const clang::CXXNewExpr* expression) {
  clang::SourceLocation loc = expression->getBeginLoc();
  clang::QualType allocated = expression->getAllocatedType();
  if (expression->isArray()) {
    Report(loc, diag::kUnsupportedNew, "'new' of an array");
    return Poison(expression->getType());
  }
  if (expression->getNumPlacementArgs() > 0) {
    Report(loc, diag::kUnsupportedNew, "placement 'new'");
    return Poison(expression->getType());
  }
  const clang::CXXRecordDecl* record = allocated->getAsCXXRecordDecl();
  if (record == nullptr || !translator_.IsObjectClass(record)) {
    Report(loc, diag::kNewOfValue, translator_.Print(allocated));
    return Poison(expression->getType());
  }
  RecordInfo& info = translator_.Record(record, At(loc));
  if (!program_.cls(info.cls).host.name.empty()) {
    Report(loc, diag::kHostClass, program_.cls(info.cls).name, "only the host makes its objects");
    return Poison(expression->getType());
  }
  translator_.Instantiate(record);
  const clang::CXXConstructExpr* construct = expression->getConstructExpr();
  ValueList arguments;
  if (construct != nullptr) {
    if (IsCopy(construct->getConstructor())) {
      Report(loc, diag::kObjectCopied, translator_.Print(allocated));
      return Poison(expression->getType());
    }
    arguments = EmitArguments(construct);
  } else if (const clang::Expr* init = expression->getInitializer();
             init != nullptr && llvm::isa<clang::InitListExpr>(init) &&
             llvm::cast<clang::InitListExpr>(init)->getNumInits() > 0) {
    Report(loc, diag::kUnsupportedNew, "aggregate initialisation of an object");
  }
  SetLoc(loc);
  ValueId object = Emit(Opcode::kNew, info.type, {}, info.cls.index);
  nonnull_.insert(object);
  if (construct != nullptr && !DoesNothing(construct->getConstructor())) {
    CallConstructor(construct->getConstructor(), object, std::move(arguments), loc);
  }
  return object;
}

// A constructor's member initialisers, the base class first.
void FunctionBuilder::EmitConstructorInits(const clang::CXXConstructorDecl* constructor) {
  for (const clang::CXXCtorInitializer* init : constructor->inits()) {
    clang::SourceLocation loc =
        init->isWritten() ? init->getSourceLocation() : constructor->getLocation();
    SetLoc(loc);
    const clang::Expr* value = init->getInit();
    if (init->isAnyMemberInitializer()) {
      if (init->isIndirectMemberInitializer()) {
        Report(loc, diag::kUnsupportedExpression, "an anonymous struct");
        continue;
      }
      EmitFieldInit(init);
      continue;
    }
    Place object = this_;
    const clang::CXXRecordDecl* record = constructor->getParent();
    if (init->isBaseInitializer()) {
      record = init->getBaseClass()->getAsCXXRecordDecl();
      RecordInfo& base = translator_.Record(record, At(loc));
      if (base.is_object()) {
        object.base = UpcastTo(object.base, base.type);
      } else if (base.is_value()) {
        object.path.push_back(0);
      } else {
        continue;
      }
      object.type = base.type;
    }
    const clang::Expr* inner = StripInit(value);
    if (const auto* inherited = llvm::dyn_cast<clang::CXXInheritedCtorInitExpr>(inner)) {
      // `using Base::Base;`: the parameters are passed on.
      ValueList arguments;
      for (const clang::ParmVarDecl* parameter : constructor->parameters()) {
        const Place& place = variables_.at(parameter);
        arguments.push_back(parameter->getType()->isReferenceType() ? Materialize(place)
                                                                    : Load(place));
      }
      CallConstructor(inherited->getConstructor(), Materialize(object), std::move(arguments), loc);
      continue;
    }
    if (object.kind == Place::Kind::kObject) {
      const auto* construct = llvm::dyn_cast<clang::CXXConstructExpr>(inner);
      if (construct == nullptr) continue;
      if (IsCopy(construct->getConstructor())) {
        Report(loc, diag::kObjectCopied, translator_.Print(construct->getType()));
        continue;
      }
      if (DoesNothing(construct->getConstructor())) continue;
      ValueList arguments = EmitArguments(construct);
      SetLoc(loc);
      CallConstructor(construct->getConstructor(), object.base, std::move(arguments), loc);
      continue;
    }
    EmitInit(object, value);
    // An exception from the rest of the constructor undoes what has been made.
    RecordInfo& part = translator_.Record(record, At(loc));
    if (part.has_destructor && init->isBaseInitializer()) {
      PushCleanup(object, part.decl, loc);
      scopes_.back().only_unwinding = true;
    }
  }
}

void FunctionBuilder::EmitFieldInit(const clang::CXXCtorInitializer* init) {
  const clang::FieldDecl* field = init->getMember();
  clang::SourceLocation loc = init->getSourceLocation();
  if (field->getType()->isArrayType()) return;
  Place place = RawFieldOf(this_, field, loc);
  if (field->getType()->isReferenceType()) {
    ValueId value = EmitReference(StripInit(init->getInit()));
    value = UpcastTo(value, place.type);
    if (TypeOf(value) == place.type) Store(place, value, loc);
    return;
  }
  const clang::Expr* inner = StripInit(init->getInit());
  if (const auto* construct = llvm::dyn_cast<clang::CXXConstructExpr>(inner);
      construct != nullptr && DoesNothing(construct->getConstructor()) &&
      !construct->requiresZeroInitialization()) {
    return;
  }
  EmitInit(place, init->getInit());
  RecordInfo* record = translator_.RecordOf(field->getType(), At(loc));
  if (record != nullptr && record->is_value() && record->has_destructor) {
    PushCleanup(place, record->decl, loc);
    scopes_.back().only_unwinding = true;
  }
}

}  // namespace weft::frontend
