// Lvalues: what they name, and reading and writing it.
#include <utility>

#include "common/check.h"
#include "frontend/function_builder.h"

namespace weft::frontend {

using flowgraph::Opcode;

Place FunctionBuilder::RefPlace(ValueId ref) {
  return {.kind = Place::Kind::kRef, .base = ref, .type = program_.types.Element(TypeOf(ref))};
}

Place FunctionBuilder::ValuePlace(ValueId value) {
  return {.kind = Place::Kind::kValue, .base = value, .type = TypeOf(value)};
}

ValueId FunctionBuilder::Load(const Place& place) {
  uint32_t path = program_.Path(place.path).index;
  switch (place.kind) {
    case Place::Kind::kRef:
      return Emit(Opcode::kRefGet, place.type, {place.base}, TypedId<void>::kNone, path);
    case Place::Kind::kField:
      return Emit(Opcode::kFieldGet, place.type, {place.base}, place.entity, path);
    case Place::Kind::kItem:
      return Emit(Opcode::kArrayGet, place.type, {place.base, place.index}, TypedId<void>::kNone,
                  path);
    case Place::Kind::kGlobal:
      return Emit(Opcode::kGlobalGet, place.type, {}, place.entity, path);
    case Place::Kind::kTable:
      if (!place.index.is_valid()) return Zero(place.type);
      return Emit(Opcode::kTableGet, place.type, {place.index}, place.entity, path);
    case Place::Kind::kValue:
      if (place.path.empty()) return place.base;
      return Emit(Opcode::kValueGet, place.type, {place.base},
                  program_.types.ValueClass(TypeOf(place.base)).index, path);
    case Place::Kind::kObject:
    case Place::Kind::kNone:
      break;
  }
  return place.base.is_valid() ? place.base : Zero(TypeTable::I32());
}

void FunctionBuilder::Store(const Place& place, ValueId value, clang::SourceLocation loc) {
  uint32_t path = program_.Path(place.path).index;
  switch (place.kind) {
    case Place::Kind::kRef:
      Emit(Opcode::kRefSet, TypeTable::Void(), {place.base, value}, TypedId<void>::kNone, path);
      return;
    case Place::Kind::kField:
      Emit(Opcode::kFieldSet, TypeTable::Void(), {place.base, value}, place.entity, path);
      return;
    case Place::Kind::kItem:
      Emit(Opcode::kArraySet, TypeTable::Void(), {place.base, place.index, value},
           TypedId<void>::kNone, path);
      return;
    case Place::Kind::kGlobal:
      Emit(Opcode::kGlobalSet, TypeTable::Void(), {value}, place.entity, path);
      return;
    case Place::Kind::kValue:
      Report(loc, diag::kHandleWritesField,
             this_record_ == nullptr ? "" : translator_.NameOf(this_record_));
      return;
    case Place::Kind::kObject:
      Report(loc, diag::kObjectCopied, program_.TypeName(place.type));
      return;
    case Place::Kind::kTable:
    case Place::Kind::kNone:
      return;
  }
}

ValueId FunctionBuilder::Materialize(const Place& place) {
  TypeId type = program_.types.Ref(place.type);
  uint32_t path = program_.Path(place.path).index;
  switch (place.kind) {
    case Place::Kind::kRef:
      if (place.path.empty()) return place.base;
      return Emit(Opcode::kRefField, type, {place.base},
                  program_.types.ValueClass(program_.types.Element(TypeOf(place.base))).index,
                  path);
    case Place::Kind::kField:
      return Emit(Opcode::kFieldRef, type, {place.base}, place.entity, path);
    case Place::Kind::kItem:
      return Emit(Opcode::kArrayRef, type, {place.base, place.index}, TypedId<void>::kNone, path);
    case Place::Kind::kGlobal:
      return Emit(Opcode::kGlobalRef, type, {}, place.entity, path);
    case Place::Kind::kTable:
    case Place::Kind::kValue: {
      // Nothing writes through a reference to these: they are constant.
      ValueId value = Load(place);
      ValueId slot = NewLocal(place.type);
      Emit(Opcode::kRefSet, TypeTable::Void(), {slot, value}, TypedId<void>::kNone,
           program_.EmptyPath().index);
      return slot;
    }
    case Place::Kind::kObject:
      return place.base;
    case Place::Kind::kNone:
      break;
  }
  return NewLocal(TypeTable::I32());
}

void FunctionBuilder::CheckNonNull(ValueId value) {
  if (!nonnull_.insert(value).second) return;
  Emit(Opcode::kCheckNonNull, TypeTable::Void(), {value});
}

bool FunctionBuilder::IsKnownNonNull(const clang::Expr* pointer) {
  pointer = pointer->IgnoreParenImpCasts();
  if (llvm::isa<clang::CXXThisExpr, clang::CXXNewExpr>(pointer)) return true;
  const auto* address = llvm::dyn_cast<clang::UnaryOperator>(pointer);
  return address != nullptr && address->getOpcode() == clang::UO_AddrOf;
}

ValueId FunctionBuilder::CheckedObject(const clang::Expr* pointer) {
  ValueId object = EmitValue(pointer);
  if (!IsKnownNonNull(pointer)) {
    SetLoc(pointer->getExprLoc());
    CheckNonNull(object);
  }
  return object;
}

Place FunctionBuilder::ThisPlace(clang::SourceLocation loc) {
  if (captured_this_ != nullptr) {
    Place place = this_;
    place.path.push_back(translator_.FieldStep(captured_this_));
    const flowgraph::ValueClassInfo& closure =
        program_.value_class(translator_.Record(this_record_, At(loc)).value_class);
    place.type = closure.fields[place.path.back()].type;
    if (captured_this_->getType()->isRecordType()) return place;
    ValueId value = Load(place);
    switch (program_.types.Kind(TypeOf(value))) {
      case TypeKind::kObject:
        nonnull_.insert(value);
        return {.kind = Place::Kind::kObject, .base = value, .type = TypeOf(value)};
      case TypeKind::kRef:
        return RefPlace(value);
      default:
        return ValuePlace(value);
    }
  }
  if (has_this_) return this_;
  Report(loc, diag::kUnsupportedExpression, "'this' here");
  return LocalPlace(TypeTable::I32());
}

Place FunctionBuilder::FieldOf(Place object, const clang::FieldDecl* field,
                               clang::SourceLocation loc) {
  Place place = RawFieldOf(std::move(object), field, loc);
  if (!field->getType()->isReferenceType() || place.kind == Place::Kind::kNone) return place;
  ValueId value = Load(place);
  switch (program_.types.Kind(TypeOf(value))) {
    case TypeKind::kRef:
      return RefPlace(value);
    case TypeKind::kObject:
      nonnull_.insert(value);
      return {.kind = Place::Kind::kObject, .base = value, .type = TypeOf(value)};
    default:
      return ValuePlace(value);
  }
}

Place FunctionBuilder::RawFieldOf(Place object, const clang::FieldDecl* field,
                                  clang::SourceLocation loc) {
  uint32_t step = translator_.FieldStep(field);
  const auto* record = llvm::cast<clang::CXXRecordDecl>(field->getParent());
  RecordInfo& info = translator_.Record(record, At(loc));
  if (info.is_object()) {
    if (object.kind != Place::Kind::kObject) return PoisonPlace(field->getType());
    if (!program_.cls(info.cls).host.name.empty()) {
      Report(loc, diag::kHostClass, program_.cls(info.cls).name,
             fmt::format("it has no field '{}' here", field->getNameAsString()));
      return PoisonPlace(field->getType());
    }
    Place place{
        .kind = Place::Kind::kField, .base = object.base, .entity = info.cls.index, .path = {step}};
    if (step >= program_.cls(info.cls).fields.size()) return PoisonPlace(field->getType());
    place.type = program_.cls(info.cls).fields[step].type;
    return place;
  }
  if (!info.is_value() || object.type != info.type) return PoisonPlace(field->getType());
  const std::vector<flowgraph::FieldInfo>& fields = program_.value_class(info.value_class).fields;
  if (step >= fields.size()) return PoisonPlace(field->getType());
  object.path.push_back(step);
  object.type = fields[step].type;
  return object;
}

Place FunctionBuilder::EmitPointee(const clang::Expr* pointer) {
  pointer = pointer->IgnoreParens();
  clang::QualType pointee = pointer->getType()->getPointeeType();
  if (const clang::CXXRecordDecl* record = pointee->getAsCXXRecordDecl();
      record != nullptr && translator_.IsObjectClass(record)) {
    ValueId object = CheckedObject(pointer);
    return {.kind = Place::Kind::kObject, .base = object, .type = TypeOf(object)};
  }
  if (llvm::isa<clang::CXXThisExpr>(pointer)) return ThisPlace(pointer->getExprLoc());
  if (const auto* cast = llvm::dyn_cast<clang::CastExpr>(pointer)) {
    switch (cast->getCastKind()) {
      case clang::CK_NoOp:
        return EmitPointee(cast->getSubExpr());
      case clang::CK_DerivedToBase:
      case clang::CK_UncheckedDerivedToBase:
        return CastToBase(EmitPointee(cast->getSubExpr()), cast);
      default:
        break;
    }
  }
  if (const auto* unary = llvm::dyn_cast<clang::UnaryOperator>(pointer);
      unary != nullptr && unary->getOpcode() == clang::UO_AddrOf) {
    return EmitPlace(unary->getSubExpr());
  }
  Report(pointer->getExprLoc(), diag::kPointerToValue, translator_.Print(pointee));
  return PoisonPlace(pointee);
}

// Steps from a value, or an object, to its base class.
Place FunctionBuilder::CastToBase(Place derived, const clang::CastExpr* cast) {
  for (auto step = cast->path_begin(); step != cast->path_end(); ++step) {
    RecordInfo* base = translator_.RecordOf((*step)->getType(), At(cast->getExprLoc()));
    if (base == nullptr) return derived;
    if (base->is_object()) {
      derived.base = UpcastTo(derived.base, base->type);
      nonnull_.insert(derived.base);
      derived.type = base->type;
    } else {
      if (program_.types.Kind(derived.type) != TypeKind::kValue) return derived;
      derived.path.push_back(0);
      derived.type = base->type;
    }
  }
  return derived;
}

Place FunctionBuilder::EmitPlace(const clang::Expr* expression) {
  if (++depth_ > kMaxDepth) {
    --depth_;
    Report(expression->getExprLoc(), diag::kNestedTooDeeply);
    return PoisonPlace(expression->getType());
  }
  Place place = EmitPlaceInner(expression);
  --depth_;
  return place;
}

Place FunctionBuilder::EmitPlaceInner(const clang::Expr* expression) {
  clang::SourceLocation loc = expression->getExprLoc();
  switch (expression->getStmtClass()) {
    case clang::Stmt::ParenExprClass:
      return EmitPlace(llvm::cast<clang::ParenExpr>(expression)->getSubExpr());
    case clang::Stmt::ConstantExprClass:
      return EmitPlace(llvm::cast<clang::ConstantExpr>(expression)->getSubExpr());
    case clang::Stmt::ExprWithCleanupsClass:
      return EmitPlace(llvm::cast<clang::ExprWithCleanups>(expression)->getSubExpr());
    case clang::Stmt::SubstNonTypeTemplateParmExprClass:
      return EmitPlace(
          llvm::cast<clang::SubstNonTypeTemplateParmExpr>(expression)->getReplacement());
    case clang::Stmt::CXXDefaultArgExprClass:
      return EmitPlace(llvm::cast<clang::CXXDefaultArgExpr>(expression)->getExpr());
    case clang::Stmt::CXXDefaultInitExprClass:
      return EmitPlace(llvm::cast<clang::CXXDefaultInitExpr>(expression)->getExpr());
    case clang::Stmt::GenericSelectionExprClass:
      return EmitPlace(llvm::cast<clang::GenericSelectionExpr>(expression)->getResultExpr());
    case clang::Stmt::DeclRefExprClass: {
      const auto* use = llvm::cast<clang::DeclRefExpr>(expression);
      if (const auto* binding = llvm::dyn_cast<clang::BindingDecl>(use->getDecl())) {
        if (auto it = captures_.find(binding); it != captures_.end()) {
          return FieldOf(this_, it->second, loc);
        }
        const clang::Expr* bound = binding->getBinding();
        if (bound == nullptr || binding->getHoldingVar() != nullptr) {
          return PoisonPlace(expression->getType());
        }
        return EmitPlace(bound);
      }
      if (const auto* variable = llvm::dyn_cast<clang::VarDecl>(use->getDecl())) {
        return EmitVariablePlace(variable, use, loc);
      }
      break;
    }
    case clang::Stmt::MemberExprClass:
      return EmitMemberPlace(llvm::cast<clang::MemberExpr>(expression));
    case clang::Stmt::ArraySubscriptExprClass:
      return EmitSubscript(llvm::cast<clang::ArraySubscriptExpr>(expression));
    case clang::Stmt::UnaryOperatorClass: {
      const auto* unary = llvm::cast<clang::UnaryOperator>(expression);
      if (unary->getOpcode() == clang::UO_Deref) return EmitPointee(unary->getSubExpr());
      if (unary->isPrefix() && unary->isIncrementDecrementOp()) {
        return EmitIncrement(unary, nullptr);
      }
      if (unary->getOpcode() == clang::UO_Extension) return EmitPlace(unary->getSubExpr());
      break;
    }
    case clang::Stmt::BinaryOperatorClass:
    case clang::Stmt::CompoundAssignOperatorClass: {
      const auto* binary = llvm::cast<clang::BinaryOperator>(expression);
      if (binary->isAssignmentOp()) return EmitAssignment(binary);
      if (binary->getOpcode() == clang::BO_Comma) {
        EmitDiscarded(binary->getLHS());
        return EmitPlace(binary->getRHS());
      }
      if (binary->isPtrMemOp()) {
        Report(loc, diag::kMemberPointer);
        return PoisonPlace(expression->getType());
      }
      break;
    }
    case clang::Stmt::CallExprClass:
    case clang::Stmt::CXXMemberCallExprClass:
    case clang::Stmt::CXXOperatorCallExprClass:
    case clang::Stmt::UserDefinedLiteralClass: {
      if (!expression->isGLValue()) break;
      CallResult result = EmitCall(llvm::cast<clang::CallExpr>(expression));
      if (result.place.kind != Place::Kind::kNone) return result.place;
      return PoisonPlace(expression->getType());
    }
    case clang::Stmt::ImplicitCastExprClass:
    case clang::Stmt::CStyleCastExprClass:
    case clang::Stmt::CXXStaticCastExprClass:
    case clang::Stmt::CXXConstCastExprClass:
    case clang::Stmt::CXXReinterpretCastExprClass:
    case clang::Stmt::CXXFunctionalCastExprClass: {
      const auto* cast = llvm::cast<clang::CastExpr>(expression);
      if (!expression->isGLValue()) break;
      switch (cast->getCastKind()) {
        case clang::CK_NoOp:
        case clang::CK_ConstructorConversion:
        case clang::CK_UserDefinedConversion:
          return EmitPlace(cast->getSubExpr());
        case clang::CK_DerivedToBase:
        case clang::CK_UncheckedDerivedToBase:
          return CastToBase(EmitPlace(cast->getSubExpr()), cast);
        case clang::CK_BaseToDerived: {
          Place place = EmitPlace(cast->getSubExpr());
          RecordInfo* info = translator_.RecordOf(cast->getType(), At(loc));
          if (place.kind != Place::Kind::kObject || info == nullptr || !info->is_object()) break;
          Emit(Opcode::kCheckCast, TypeTable::Void(), {place.base}, info->cls.index);
          place.base = UpcastTo(place.base, info->type);
          place.type = info->type;
          nonnull_.insert(place.base);
          return place;
        }
        default:
          break;
      }
      Report(loc, diag::kUnsupportedCast, translator_.Print(cast->getSubExpr()->getType()),
             translator_.Print(cast->getType()));
      return PoisonPlace(expression->getType());
    }
    case clang::Stmt::MaterializeTemporaryExprClass: {
      const auto* temporary = llvm::cast<clang::MaterializeTemporaryExpr>(expression);
      const clang::Expr* value = temporary->getSubExpr();
      RecordInfo* record = translator_.RecordOf(value->getType(), At(loc));
      bool guard = record != nullptr && record->is_value() && record->has_destructor;
      if (guard) {
        // `const Guard& guard = Guard();` and the like keep it for a scope; a plain temporary
        // would end with its expression.
        Report(loc, diag::kScopeGuardTemporary, translator_.NameOf(record->decl));
      }
      if (record != nullptr && record->is_object()) {
        Report(loc, diag::kObjectByValue, translator_.Print(value->getType()));
        return PoisonPlace(expression->getType());
      }
      TypeId type = Type(value->getType().getUnqualifiedType(), loc);
      if (type == TypeTable::Void()) return PoisonPlace(expression->getType());
      Place place = LocalPlace(type);
      EmitInit(place, value);
      return place;
    }
    case clang::Stmt::ConditionalOperatorClass: {
      const auto* conditional = llvm::cast<clang::ConditionalOperator>(expression);
      if (!expression->isGLValue()) break;
      // Throwing in one arm is what C++ allows for lvalues, too.
      BlockId when_true = NewBlock();
      BlockId when_false = NewBlock();
      BlockId after = NewBlock();
      EmitCondition(conditional->getCond(), when_true, when_false);
      TypeId type;
      auto arm = [&](const clang::Expr* value, BlockId block) {
        Enter(block);
        if (value->getType()->isVoidType()) {
          EmitDiscarded(value);
          Unreachable();
          return;
        }
        ValueId ref = EmitReference(value);
        type = TypeOf(ref);
        Jump(after, {ref});
      };
      arm(conditional->getTrueExpr(), when_true);
      arm(conditional->getFalseExpr(), when_false);
      Enter(after);
      ValueId ref = graph_.AddArgument(after, type.is_valid() ? type : TypeTable::I32());
      if (program_.types.Kind(TypeOf(ref)) == TypeKind::kRef) return RefPlace(ref);
      if (program_.types.Kind(TypeOf(ref)) == TypeKind::kObject) {
        return {.kind = Place::Kind::kObject, .base = ref, .type = TypeOf(ref)};
      }
      return PoisonPlace(expression->getType());
    }
    case clang::Stmt::OpaqueValueExprClass: {
      const auto* opaque = llvm::cast<clang::OpaqueValueExpr>(expression);
      if (opaque->getSourceExpr() != nullptr) return EmitPlace(opaque->getSourceExpr());
      break;
    }
    case clang::Stmt::InitListExprClass: {
      const auto* list = llvm::cast<clang::InitListExpr>(expression);
      if (expression->isGLValue() && list->getNumInits() == 1) return EmitPlace(list->getInit(0));
      break;
    }
    case clang::Stmt::CXXDynamicCastExprClass:
      Report(loc, diag::kDynamicType, "dynamic_cast");
      return PoisonPlace(expression->getType());
    case clang::Stmt::CXXTypeidExprClass:
      Report(loc, diag::kDynamicType, "typeid");
      return PoisonPlace(expression->getType());
    case clang::Stmt::StringLiteralClass:
      Report(loc, diag::kStringLiteral);
      return PoisonPlace(expression->getType());
    case clang::Stmt::CXXThrowExprClass:
      EmitThrow(llvm::cast<clang::CXXThrowExpr>(expression));
      return PoisonPlace(expression->getType());
    default:
      break;
  }
  if (expression->isPRValue() && expression->getType()->isRecordType()) {
    ValueId value = EmitValue(expression);
    if (value.is_valid()) return ValuePlace(value);
  }
  Report(loc, diag::kUnsupportedExpression, fmt::format("this {}", expression->getStmtClassName()));
  return PoisonPlace(expression->getType());
}

Place FunctionBuilder::EmitVariablePlace(const clang::VarDecl* variable,
                                         const clang::DeclRefExpr* use, clang::SourceLocation loc) {
  const auto* canonical = llvm::cast<clang::VarDecl>(variable->getCanonicalDecl());
  if (use == nullptr || use->refersToEnclosingVariableOrCapture()) {
    if (auto it = captures_.find(canonical); it != captures_.end()) {
      return FieldOf(this_, it->second, loc);
    }
  }
  if (auto it = variables_.find(variable); it != variables_.end()) return it->second;
  if (variable->hasLocalStorage() && !variable->getType().isConstQualified() &&
      !variable->isConstexpr()) {
    // C++ does not capture a reference that is bound to a global: naming it names the global.
    if (variable->getType()->isReferenceType() && variable->getInit() != nullptr) {
      return EmitPlace(variable->getInit());
    }
    // A variable whose declaration was reported, or that an unevaluated context names.
    return PoisonPlace(variable->getType().getNonReferenceType());
  }
  GlobalId global = translator_.Global(variable, At(loc));
  TypeId type = program_.global(global).type;
  if (variable->getType()->isArrayType()) {
    return {
        .kind = Place::Kind::kTable, .entity = global.index, .type = program_.types.Element(type)};
  }
  Place place{.kind = Place::Kind::kGlobal, .entity = global.index, .type = type};
  if (variable->getType()->isReferenceType()) {
    ValueId value = Load(place);
    nonnull_.insert(value);
    if (program_.types.Kind(type) == TypeKind::kObject) {
      return {.kind = Place::Kind::kObject, .base = value, .type = type};
    }
    if (program_.types.Kind(type) == TypeKind::kRef) return RefPlace(value);
    return ValuePlace(value);
  }
  return place;
}

Place FunctionBuilder::EmitMemberPlace(const clang::MemberExpr* member) {
  clang::SourceLocation loc = member->getMemberLoc();
  if (const auto* variable = llvm::dyn_cast<clang::VarDecl>(member->getMemberDecl())) {
    EmitDiscarded(member->getBase());
    return EmitVariablePlace(variable, nullptr, loc);
  }
  const auto* field = llvm::dyn_cast<clang::FieldDecl>(member->getMemberDecl());
  if (field == nullptr) {
    Report(loc, diag::kUnsupportedExpression, "this member");
    return PoisonPlace(member->getType());
  }
  const clang::Expr* base = member->getBase();
  Place object = member->isArrow() ? EmitPointee(base) : EmitPlace(base);
  SetLoc(loc);
  return FieldOf(std::move(object), field, loc);
}

Place FunctionBuilder::TableItem(const Place& table, ValueId index, clang::QualType array,
                                 clang::SourceLocation loc) {
  (void)loc;
  Place place = table;
  // Rows are laid out one after another: the index of a row's first item is a multiple of its
  // length.
  const clang::ASTContext& context = unit_.ast->getASTContext();
  const clang::ConstantArrayType* type = context.getAsConstantArrayType(array);
  clang::QualType element = type->getElementType();
  if (const clang::ConstantArrayType* row = context.getAsConstantArrayType(element)) {
    int64_t length = static_cast<int64_t>(context.getConstantArrayElementCount(row));
    index = Emit(Opcode::kMul, TypeTable::I64(), {index, graph_.I64(length)});
  }
  if (table.index.is_valid()) {
    index = Emit(Opcode::kAdd, TypeTable::I64(), {table.index, index});
  }
  place.index = index;
  return place;
}

Place FunctionBuilder::EmitSubscript(const clang::ArraySubscriptExpr* expression) {
  clang::SourceLocation loc = expression->getExprLoc();
  const clang::Expr* base = expression->getBase()->IgnoreParens();
  const auto* decay = llvm::dyn_cast<clang::ImplicitCastExpr>(base);
  if (decay == nullptr || decay->getCastKind() != clang::CK_ArrayToPointerDecay) {
    Report(loc, diag::kPointerArithmetic);
    return PoisonPlace(expression->getType());
  }
  const clang::Expr* array = decay->getSubExpr();
  const clang::ConstantArrayType* type =
      unit_.ast->getASTContext().getAsConstantArrayType(array->getType());
  Place table = EmitPlace(array);
  if (type == nullptr || table.kind != Place::Kind::kTable) {
    Report(loc, diag::kArrayType, translator_.Print(array->getType()));
    return PoisonPlace(expression->getType());
  }
  ValueId index = ToI64(EmitValue(expression->getIdx()));
  SetLoc(loc);
  CheckIndex(index, graph_.I64(static_cast<int64_t>(type->getSize().getZExtValue())));
  return TableItem(table, index, array->getType(), loc);
}

}  // namespace weft::frontend
