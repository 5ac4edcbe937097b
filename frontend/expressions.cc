// Expressions that give a value.
#include <bit>
#include <utility>

#include "common/check.h"
#include "frontend/function_builder.h"

namespace weft::frontend {

using flowgraph::Opcode;
using flowgraph::ValueList;

ValueId FunctionBuilder::EmitValue(const clang::Expr* expression) {
  if (++depth_ > kMaxDepth) {
    --depth_;
    Report(expression->getExprLoc(), diag::kNestedTooDeeply);
    return Poison(expression->getType());
  }
  ValueId value = EmitValueInner(expression);
  --depth_;
  return value;
}

ValueId FunctionBuilder::EmitValueInner(const clang::Expr* expression) {
  clang::SourceLocation loc = expression->getExprLoc();
  clang::QualType type = expression->getType();
  if (expression->isGLValue()) {
    if (ValueId constant = TryConstantVariable(expression); constant.is_valid()) return constant;
    // Each arm is read where it is chosen, so that no place is taken.
    const clang::Expr* named = expression->IgnoreParenNoopCasts(unit_.ast->getASTContext());
    if (const auto* conditional = llvm::dyn_cast<clang::ConditionalOperator>(named)) {
      return EmitConditional(conditional);
    }
    Place place = EmitPlace(expression);
    SetLoc(loc);
    return Load(place);
  }
  switch (expression->getStmtClass()) {
    case clang::Stmt::ParenExprClass:
      return EmitValue(llvm::cast<clang::ParenExpr>(expression)->getSubExpr());
    case clang::Stmt::ExprWithCleanupsClass:
      return EmitValue(llvm::cast<clang::ExprWithCleanups>(expression)->getSubExpr());
    case clang::Stmt::SubstNonTypeTemplateParmExprClass:
      return EmitValue(
          llvm::cast<clang::SubstNonTypeTemplateParmExpr>(expression)->getReplacement());
    case clang::Stmt::CXXDefaultArgExprClass:
      return EmitValue(llvm::cast<clang::CXXDefaultArgExpr>(expression)->getExpr());
    case clang::Stmt::CXXDefaultInitExprClass:
      return EmitValue(llvm::cast<clang::CXXDefaultInitExpr>(expression)->getExpr());
    case clang::Stmt::GenericSelectionExprClass:
      return EmitValue(llvm::cast<clang::GenericSelectionExpr>(expression)->getResultExpr());
    case clang::Stmt::CXXRewrittenBinaryOperatorClass:
      return EmitValue(
          llvm::cast<clang::CXXRewrittenBinaryOperator>(expression)->getSemanticForm());
    case clang::Stmt::ConstantExprClass:
      if (ValueId value = TryConstant(expression); value.is_valid()) return value;
      return EmitValue(llvm::cast<clang::ConstantExpr>(expression)->getSubExpr());
    // A prvalue that is a name is an enumerator.
    case clang::Stmt::DeclRefExprClass:
    case clang::Stmt::IntegerLiteralClass:
    case clang::Stmt::CharacterLiteralClass:
    case clang::Stmt::FloatingLiteralClass:
    case clang::Stmt::CXXBoolLiteralExprClass:
    case clang::Stmt::UnaryExprOrTypeTraitExprClass:
    case clang::Stmt::TypeTraitExprClass:
    case clang::Stmt::ArrayTypeTraitExprClass:
    case clang::Stmt::SizeOfPackExprClass:
    case clang::Stmt::CXXNoexceptExprClass:
    case clang::Stmt::RequiresExprClass:
    case clang::Stmt::ConceptSpecializationExprClass:
    case clang::Stmt::SourceLocExprClass:
    case clang::Stmt::OffsetOfExprClass:
    case clang::Stmt::ExpressionTraitExprClass:
      if (ValueId value = TryConstant(expression); value.is_valid()) return value;
      break;
    case clang::Stmt::CXXNullPtrLiteralExprClass:
    case clang::Stmt::GNUNullExprClass:
      return Zero(Type(type, loc));
    case clang::Stmt::ImplicitValueInitExprClass:
    case clang::Stmt::CXXScalarValueInitExprClass:
      return Zero(Type(type.getUnqualifiedType(), loc));
    case clang::Stmt::CXXThisExprClass: {
      Place place = ThisPlace(loc);
      if (place.kind == Place::Kind::kObject) return place.base;
      Report(loc, diag::kThisOfValue, translator_.Print(type->getPointeeType()));
      return Poison(type);
    }
    case clang::Stmt::CXXBindTemporaryExprClass: {
      // Only a declaration or a return statement may keep a scope guard; they look through this.
      const auto* bind = llvm::cast<clang::CXXBindTemporaryExpr>(expression);
      Report(loc, diag::kScopeGuardTemporary, translator_.Print(type));
      return EmitValue(bind->getSubExpr());
    }
    case clang::Stmt::UnaryOperatorClass:
      return EmitUnary(llvm::cast<clang::UnaryOperator>(expression));
    case clang::Stmt::BinaryOperatorClass:
    case clang::Stmt::CompoundAssignOperatorClass:
      return EmitBinary(llvm::cast<clang::BinaryOperator>(expression));
    case clang::Stmt::ConditionalOperatorClass:
      return EmitConditional(llvm::cast<clang::AbstractConditionalOperator>(expression));
    case clang::Stmt::ImplicitCastExprClass:
    case clang::Stmt::CStyleCastExprClass:
    case clang::Stmt::CXXStaticCastExprClass:
    case clang::Stmt::CXXConstCastExprClass:
    case clang::Stmt::CXXFunctionalCastExprClass:
    case clang::Stmt::CXXReinterpretCastExprClass:
      return EmitCast(llvm::cast<clang::CastExpr>(expression));
    case clang::Stmt::BuiltinBitCastExprClass:
      Report(loc, diag::kUnsupportedCast,
             translator_.Print(llvm::cast<clang::CastExpr>(expression)->getSubExpr()->getType()),
             translator_.Print(type));
      return Poison(type);
    case clang::Stmt::CXXDynamicCastExprClass:
      Report(loc, diag::kDynamicType, "dynamic_cast");
      return Poison(type);
    case clang::Stmt::CXXTypeidExprClass:
      Report(loc, diag::kDynamicType, "typeid");
      return Poison(type);
    case clang::Stmt::CallExprClass:
    case clang::Stmt::CXXMemberCallExprClass:
    case clang::Stmt::CXXOperatorCallExprClass:
    case clang::Stmt::UserDefinedLiteralClass: {
      CallResult result = EmitCall(llvm::cast<clang::CallExpr>(expression));
      if (result.value.is_valid()) return result.value;
      return type->isVoidType() ? ValueId() : Poison(type);
    }
    case clang::Stmt::CXXConstructExprClass:
    case clang::Stmt::CXXTemporaryObjectExprClass:
      return EmitConstruct(llvm::cast<clang::CXXConstructExpr>(expression));
    case clang::Stmt::InitListExprClass:
      return EmitInitList(llvm::cast<clang::InitListExpr>(expression));
    case clang::Stmt::CXXParenListInitExprClass:
      return EmitParenList(llvm::cast<clang::CXXParenListInitExpr>(expression));
    case clang::Stmt::CXXNewExprClass:
      return EmitNew(llvm::cast<clang::CXXNewExpr>(expression));
    case clang::Stmt::CXXDeleteExprClass:
      Report(loc, diag::kDeleteExpression);
      return ValueId();
    case clang::Stmt::CXXThrowExprClass:
      EmitThrow(llvm::cast<clang::CXXThrowExpr>(expression));
      return ValueId();
    case clang::Stmt::LambdaExprClass:
      return EmitLambda(llvm::cast<clang::LambdaExpr>(expression));
    case clang::Stmt::CXXStdInitializerListExprClass:
      Report(loc, diag::kInitializerList);
      return Poison(type);
    case clang::Stmt::OpaqueValueExprClass: {
      const auto* opaque = llvm::cast<clang::OpaqueValueExpr>(expression);
      if (opaque->getSourceExpr() != nullptr) return EmitValue(opaque->getSourceExpr());
      break;
    }
    case clang::Stmt::PseudoObjectExprClass:
      break;
    case clang::Stmt::StmtExprClass:
      Report(loc, diag::kUnsupportedExpression, "a statement expression");
      return Poison(type);
    case clang::Stmt::CoawaitExprClass:
    case clang::Stmt::CoyieldExprClass:
      Report(loc, diag::kCoroutine);
      return Poison(type);
    case clang::Stmt::BinaryConditionalOperatorClass:
      Report(loc, diag::kUnsupportedExpression, "'?:' without a middle operand");
      return Poison(type);
    default:
      break;
  }
  Report(loc, diag::kUnsupportedExpression, fmt::format("this {}", expression->getStmtClassName()));
  return Poison(type);
}

void FunctionBuilder::EmitDiscarded(const clang::Expr* expression) {
  expression = expression->IgnoreParens();
  if (const auto* cleanups = llvm::dyn_cast<clang::ExprWithCleanups>(expression)) {
    return EmitDiscarded(cleanups->getSubExpr());
  }
  if (const auto* cast = llvm::dyn_cast<clang::CastExpr>(expression)) {
    if (cast->getCastKind() == clang::CK_ToVoid ||
        (cast->getCastKind() == clang::CK_NoOp && cast->isPRValue())) {
      return EmitDiscarded(cast->getSubExpr());
    }
  }
  // A name alone does nothing; a place is computed but not read.
  if (llvm::isa<clang::DeclRefExpr, clang::CXXThisExpr>(expression)) return;
  if (const auto* conditional = llvm::dyn_cast<clang::ConditionalOperator>(expression)) {
    BlockId when_true = NewBlock();
    BlockId when_false = NewBlock();
    BlockId after = NewBlock();
    EmitCondition(conditional->getCond(), when_true, when_false);
    Enter(when_true);
    EmitDiscarded(conditional->getTrueExpr());
    Jump(after);
    Enter(when_false);
    EmitDiscarded(conditional->getFalseExpr());
    Jump(after);
    Enter(after);
    return;
  }
  if (expression->isGLValue()) {
    EmitPlace(expression);
  } else {
    EmitValue(expression);
  }
}

void FunctionBuilder::EmitCondition(const clang::Expr* expression, BlockId when_true,
                                    BlockId when_false) {
  const clang::Expr* inner = expression->IgnoreParens();
  if (const auto* cleanups = llvm::dyn_cast<clang::ExprWithCleanups>(inner)) {
    return EmitCondition(cleanups->getSubExpr(), when_true, when_false);
  }
  if (const auto* unary = llvm::dyn_cast<clang::UnaryOperator>(inner);
      unary != nullptr && unary->getOpcode() == clang::UO_LNot) {
    return EmitCondition(unary->getSubExpr(), when_false, when_true);
  }
  if (const auto* binary = llvm::dyn_cast<clang::BinaryOperator>(inner);
      binary != nullptr && binary->isLogicalOp() && depth_ < kMaxDepth) {
    bool is_and = binary->getOpcode() == clang::BO_LAnd;
    BlockId middle = NewBlock();
    ++depth_;
    EmitCondition(binary->getLHS(), is_and ? middle : when_true, is_and ? when_false : middle);
    Enter(middle);
    EmitCondition(binary->getRHS(), when_true, when_false);
    --depth_;
    return;
  }
  ValueId condition = EmitValue(inner);
  if (!condition.is_valid()) condition = graph_.Bool(false);
  Branch(ToBool(condition), when_true, when_false);
}

ValueId FunctionBuilder::EmitConditional(const clang::AbstractConditionalOperator* expression) {
  clang::QualType type = expression->getType();
  BlockId when_true = NewBlock();
  BlockId when_false = NewBlock();
  BlockId after = NewBlock();
  EmitCondition(expression->getCond(), when_true, when_false);
  TypeId result = TypeTable::Void();
  if (!type->isVoidType()) result = Type(type.getUnqualifiedType(), expression->getExprLoc());
  ValueId value;
  if (result != TypeTable::Void()) value = graph_.AddArgument(after, result);
  auto arm = [&](const clang::Expr* operand, BlockId block) {
    Enter(block);
    ValueId part = EmitValue(operand);
    if (result == TypeTable::Void()) {
      Jump(after);
    } else if (!part.is_valid()) {
      // The arm throws.
      Unreachable();
    } else {
      Jump(after, {UpcastTo(part, result)});
    }
  };
  arm(expression->getTrueExpr(), when_true);
  arm(expression->getFalseExpr(), when_false);
  Enter(after);
  return value;
}

ValueId FunctionBuilder::TryConstant(const clang::Expr* expression) {
  if (expression->isValueDependent()) return ValueId();
  if (const auto* constant = llvm::dyn_cast<clang::ConstantExpr>(expression);
      constant != nullptr && constant->hasAPValueResult()) {
    return ConstantValue(constant->getAPValueResult(), expression->getType());
  }
  clang::Expr::EvalResult result;
  if (!expression->EvaluateAsRValue(result, unit_.ast->getASTContext()) || result.HasSideEffects) {
    return ValueId();
  }
  return ConstantValue(result.Val, expression->getType());
}

ValueId FunctionBuilder::TryConstantVariable(const clang::Expr* named) {
  named = named->IgnoreParens();
  const clang::ValueDecl* decl = nullptr;
  const auto* member = llvm::dyn_cast<clang::MemberExpr>(named);
  if (const auto* use = llvm::dyn_cast<clang::DeclRefExpr>(named)) decl = use->getDecl();
  if (member != nullptr) decl = member->getMemberDecl();
  const auto* variable = llvm::dyn_cast_or_null<clang::VarDecl>(decl);
  if (variable == nullptr || llvm::isa<clang::ParmVarDecl>(variable) ||
      !variable->mightBeUsableInConstantExpressions(unit_.ast->getASTContext())) {
    return ValueId();
  }
  const clang::VarDecl* initialized = nullptr;
  const clang::Expr* init = variable->getAnyInitializer(initialized);
  if (init == nullptr || init->isValueDependent()) return ValueId();
  const clang::APValue* value = initialized->evaluateValue();
  if (value == nullptr) return ValueId();
  ValueId constant = ConstantValue(*value, named->getType());
  if (constant.is_valid() && member != nullptr) EmitDiscarded(member->getBase());
  return constant;
}

ValueId FunctionBuilder::ConstantValue(const clang::APValue& value, clang::QualType type) {
  switch (value.getKind()) {
    case clang::APValue::Int: {
      TypeId id = Type(type.getUnqualifiedType(), {});
      return Int(id, static_cast<int64_t>(value.getInt().extOrTrunc(64).getZExtValue()));
    }
    case clang::APValue::Float: {
      TypeId id = Type(type.getUnqualifiedType(), {});
      if (!IsFloat(program_.types.Kind(id))) return ValueId();
      llvm::APFloat number = value.getFloat();
      bool loses = false;
      number.convert(llvm::APFloat::IEEEdouble(), llvm::APFloat::rmNearestTiesToEven, &loses);
      return graph_.Float(id, std::bit_cast<double>(number.bitcastToAPInt().getZExtValue()));
    }
    case clang::APValue::LValue:
      if (!value.isNullPointer() || !type->isPointerType()) return ValueId();
      return Zero(Type(type.getUnqualifiedType(), {}));
    case clang::APValue::Struct: {
      const clang::CXXRecordDecl* record = type->getAsCXXRecordDecl();
      if (record == nullptr || record->getDefinition() == nullptr) return ValueId();
      RecordInfo& info = translator_.Record(record, At({}));
      if (!info.is_value()) return ValueId();
      ValueList parts;
      if (value.getStructNumBases() > 0) {
        parts.push_back(ConstantValue(value.getStructBase(0), record->bases_begin()->getType()));
      }
      for (const clang::FieldDecl* field : record->getDefinition()->fields()) {
        parts.push_back(
            ConstantValue(value.getStructField(field->getFieldIndex()), field->getType()));
      }
      for (ValueId part : parts) {
        if (!part.is_valid()) return ValueId();
      }
      if (parts.size() != program_.value_class(info.value_class).fields.size()) return ValueId();
      return Emit(Opcode::kValueMake, info.type, std::move(parts), info.value_class.index);
    }
    default:
      return ValueId();
  }
}

ValueId FunctionBuilder::EmitLambda(const clang::LambdaExpr* expression) {
  clang::SourceLocation loc = expression->getExprLoc();
  RecordInfo& info = translator_.Record(expression->getLambdaClass(), At(loc));
  ValueList fields;
  auto field = expression->getLambdaClass()->field_begin();
  for (auto init = expression->capture_init_begin(); init != expression->capture_init_end();
       ++init, ++field) {
    clang::QualType type = (*field)->getType();
    if (type->isReferenceType()) {
      fields.push_back(EmitReference(*init));
    } else if (const clang::Expr* bare = (*init)->IgnoreParenImpCasts();
               llvm::isa<clang::CXXThisExpr>(bare) && type->isPointerType()) {
      // A lambda that captures `this` of a value holds its place, or the handle itself.
      Place place = ThisPlace(loc);
      fields.push_back(place.kind == Place::Kind::kValue ? Load(place) : Materialize(place));
    } else if (type->isArrayType()) {
      Report((*init)->getExprLoc(), diag::kArrayType, translator_.Print(type));
      return Zero(info.type);
    } else {
      ValueId value = EmitValue(*init);
      fields.push_back(value.is_valid() ? value : Poison(type));
    }
  }
  if (fields.size() != program_.value_class(info.value_class).fields.size()) {
    return Zero(info.type);
  }
  SetLoc(loc);
  return Emit(Opcode::kValueMake, info.type, std::move(fields), info.value_class.index);
}

// Binds a reference: the place of an lvalue as a value.
ValueId FunctionBuilder::EmitReference(const clang::Expr* expression) {
  clang::SourceLocation loc = expression->getExprLoc();
  if (expression->getType()->isFunctionType()) {
    const auto* use = llvm::dyn_cast<clang::DeclRefExpr>(expression->IgnoreParenImpCasts());
    if (use != nullptr) {
      if (const auto* function = llvm::dyn_cast<clang::FunctionDecl>(use->getDecl())) {
        return FunctionValue(function, loc);
      }
    }
    Place place = EmitPlace(expression);
    return place.base;
  }
  if (expression->getType()->isArrayType()) {
    Report(loc, diag::kTableUse, translator_.Print(expression->getType()));
    return NewLocal(TypeTable::I32());
  }
  Place place = EmitPlace(expression);
  SetLoc(loc);
  return Materialize(place);
}

ValueId FunctionBuilder::FunctionValue(const clang::FunctionDecl* function,
                                       clang::SourceLocation loc) {
  if (Translator::HasAnnotation(function, "weft.intrinsic") ||
      Translator::HasAnnotation(function, "weft.external")) {
    Report(loc, diag::kAddressOf, translator_.NameOf(function));
    return Zero(Type(unit_.ast->getASTContext().getPointerType(function->getType()), loc));
  }
  FunctionId id = translator_.Function(function, At(loc));
  TypeId type = Type(unit_.ast->getASTContext().getPointerType(function->getType()), loc);
  return id.is_valid() ? graph_.Function(type, id) : Zero(type);
}

}  // namespace weft::frontend
