// Arithmetic, comparison, assignment and conversion.
#include "common/check.h"
#include "frontend/function_builder.h"

namespace weft::frontend {

using flowgraph::Opcode;

ValueId FunctionBuilder::Convert(ValueId value, TypeId type) {
  if (TypeOf(value) == type) return value;
  TypeKind from = program_.types.Kind(TypeOf(value));
  TypeKind to = program_.types.Kind(type);
  bool numbers = (IsInt(from) || IsFloat(from)) && (IsInt(to) || IsFloat(to));
  if (!numbers) return Zero(type);
  if (to == TypeKind::kBool) return ToBool(value);
  if (graph_.IsConstant(value) && IsInt(from) && IsInt(to)) {
    return graph_.Int(type, flowgraph::ConstantInt(graph_, value));
  }
  if (graph_.IsConstant(value) && IsFloat(from) && IsFloat(to)) {
    return graph_.Float(type, flowgraph::ConstantFloat(graph_, value));
  }
  return Emit(Opcode::kConvert, type, {value});
}

ValueId FunctionBuilder::ToBool(ValueId value) {
  TypeId type = TypeOf(value);
  if (type == TypeTable::Bool()) return value;
  TypeKind kind = program_.types.Kind(type);
  if (kind == TypeKind::kValue || kind == TypeKind::kRef) return graph_.Bool(false);
  return Emit(Opcode::kNe, TypeTable::Bool(), {value, Zero(type)});
}

ValueId FunctionBuilder::EmitArithmetic(clang::BinaryOperatorKind kind, ValueId left, ValueId right,
                                        clang::SourceLocation loc) {
  TypeId type = TypeOf(left);
  TypeKind type_kind = program_.types.Kind(type);
  bool is_number = IsInt(type_kind) || IsFloat(type_kind);
  Opcode opcode;
  bool compares = false;
  switch (kind) {
    case clang::BO_Mul:
      opcode = Opcode::kMul;
      break;
    case clang::BO_Div:
      opcode = Opcode::kDiv;
      break;
    case clang::BO_Rem:
      opcode = Opcode::kRem;
      break;
    case clang::BO_Add:
      opcode = Opcode::kAdd;
      break;
    case clang::BO_Sub:
      opcode = Opcode::kSub;
      break;
    case clang::BO_Shl:
      opcode = Opcode::kShl;
      break;
    case clang::BO_Shr:
      opcode = Opcode::kShr;
      break;
    case clang::BO_And:
      opcode = Opcode::kAnd;
      break;
    case clang::BO_Xor:
      opcode = Opcode::kXor;
      break;
    case clang::BO_Or:
      opcode = Opcode::kOr;
      break;
    case clang::BO_LT:
      opcode = Opcode::kLt;
      compares = true;
      break;
    case clang::BO_GT:
      opcode = Opcode::kGt;
      compares = true;
      break;
    case clang::BO_LE:
      opcode = Opcode::kLe;
      compares = true;
      break;
    case clang::BO_GE:
      opcode = Opcode::kGe;
      compares = true;
      break;
    case clang::BO_EQ:
      opcode = Opcode::kEq;
      compares = true;
      break;
    case clang::BO_NE:
      opcode = Opcode::kNe;
      compares = true;
      break;
    default:
      Report(loc, diag::kUnsupportedExpression, "this operator");
      return Zero(type);
  }
  if (kind == clang::BO_EQ || kind == clang::BO_NE) {
    if (type_kind == TypeKind::kValue) {
      // Two nullptr.
      return graph_.Bool(kind == clang::BO_EQ);
    }
    right = UpcastTo(right, type);
    return Emit(opcode, TypeTable::Bool(), {left, right});
  }
  if (!is_number) {
    if (compares) {
      Report(loc, diag::kPointerOrder);
      return graph_.Bool(false);
    }
    Report(loc, diag::kPointerArithmetic);
    return left;
  }
  // A shift count may have a type of its own; everything else has been brought to one type.
  right = Convert(right, type);
  if ((kind == clang::BO_Div || kind == clang::BO_Rem) && IsInt(type_kind)) {
    bool known = graph_.IsConstant(right) && flowgraph::ConstantInt(graph_, right) != 0;
    if (!known) Emit(Opcode::kCheckNonZero, TypeTable::Void(), {right});
  }
  return Emit(opcode, compares ? TypeTable::Bool() : type, {left, right});
}

ValueId FunctionBuilder::EmitUnary(const clang::UnaryOperator* expression) {
  clang::SourceLocation loc = expression->getOperatorLoc();
  const clang::Expr* operand = expression->getSubExpr();
  switch (expression->getOpcode()) {
    case clang::UO_Plus:
    case clang::UO_Extension:
      return EmitValue(operand);
    case clang::UO_Minus: {
      // The most negative constants are written with a minus.
      if (ValueId value =
              operand->IgnoreParenImpCasts()->getStmtClass() == clang::Stmt::IntegerLiteralClass ||
                      operand->IgnoreParenImpCasts()->getStmtClass() ==
                          clang::Stmt::FloatingLiteralClass
                  ? TryConstant(expression)
                  : ValueId();
          value.is_valid()) {
        return value;
      }
      ValueId value = EmitValue(operand);
      SetLoc(loc);
      return Emit(Opcode::kNeg, TypeOf(value), {value});
    }
    case clang::UO_Not: {
      ValueId value = EmitValue(operand);
      SetLoc(loc);
      return Emit(Opcode::kNot, TypeOf(value), {value});
    }
    case clang::UO_LNot: {
      ValueId value = ToBool(EmitValue(operand));
      SetLoc(loc);
      return Emit(Opcode::kNot, TypeTable::Bool(), {value});
    }
    case clang::UO_PostInc:
    case clang::UO_PostDec: {
      ValueId old_value;
      EmitIncrement(expression, &old_value);
      return old_value;
    }
    case clang::UO_AddrOf: {
      const clang::Expr* named = operand->IgnoreParens();
      if (const auto* use = llvm::dyn_cast<clang::DeclRefExpr>(named)) {
        if (const auto* function = llvm::dyn_cast<clang::FunctionDecl>(use->getDecl())) {
          if (expression->getType()->isMemberPointerType()) {
            Report(loc, diag::kMemberPointer);
            return Poison(expression->getType());
          }
          return FunctionValue(function, loc);
        }
      }
      if (expression->getType()->isMemberPointerType()) {
        Report(loc, diag::kMemberPointer);
        return Poison(expression->getType());
      }
      if (const clang::CXXRecordDecl* record = operand->getType()->getAsCXXRecordDecl();
          record != nullptr && translator_.IsObjectClass(record)) {
        // `&*p` and the address of an `Object&`.
        Place place = EmitPlace(operand);
        if (place.kind == Place::Kind::kObject) return place.base;
      }
      std::string name = "this expression";
      if (const auto* use = llvm::dyn_cast<clang::DeclRefExpr>(named)) {
        name = use->getDecl()->getNameAsString();
      }
      Report(loc, diag::kAddressOf, name);
      return Poison(expression->getType());
    }
    default:
      break;
  }
  Report(loc, diag::kUnsupportedExpression,
         fmt::format("'{}'", clang::UnaryOperator::getOpcodeStr(expression->getOpcode()).str()));
  return Poison(expression->getType());
}

Place FunctionBuilder::EmitIncrement(const clang::UnaryOperator* expression, ValueId* old_value) {
  clang::SourceLocation loc = expression->getOperatorLoc();
  Place place = EmitPlace(expression->getSubExpr());
  SetLoc(loc);
  ValueId value = Load(place);
  if (old_value != nullptr) *old_value = value;
  TypeId type = TypeOf(value);
  TypeKind kind = program_.types.Kind(type);
  if (!IsInt(kind) && !IsFloat(kind)) {
    Report(loc, diag::kPointerArithmetic);
    return place;
  }
  ValueId one = IsFloat(kind) ? graph_.Float(type, 1.0) : graph_.Int(type, 1);
  Opcode opcode = expression->isIncrementOp() ? Opcode::kAdd : Opcode::kSub;
  Store(place, Emit(opcode, type, {value, one}), loc);
  return place;
}

// The right side comes first: C++ sequences an assignment so.
Place FunctionBuilder::EmitAssignment(const clang::BinaryOperator* expression) {
  clang::SourceLocation loc = expression->getOperatorLoc();
  const clang::Expr* left = expression->getLHS();
  const clang::Expr* right = expression->getRHS();
  ValueId value = EmitValue(right);
  Place place = EmitPlace(left);
  SetLoc(loc);
  if (!value.is_valid()) return place;
  if (place.kind == Place::Kind::kObject) {
    Report(loc, diag::kObjectCopied, translator_.Print(left->getType()));
    return place;
  }
  if (expression->getOpcode() == clang::BO_Assign) {
    Store(place, UpcastTo(value, place.type), loc);
    return place;
  }
  // `a op= b` computes in the type that both are brought to, and converts back.
  const auto* compound = llvm::cast<clang::CompoundAssignOperator>(expression);
  ValueId old_value = Load(place);
  TypeKind kind = program_.types.Kind(TypeOf(old_value));
  if (!IsInt(kind) && !IsFloat(kind)) {
    Report(loc, diag::kPointerArithmetic);
    return place;
  }
  TypeId computation =
      Type(compound->getComputationLHSType().getUnqualifiedType(), expression->getExprLoc());
  clang::BinaryOperatorKind operation =
      clang::BinaryOperator::getOpForCompoundAssignment(expression->getOpcode());
  ValueId result = EmitArithmetic(operation, Convert(old_value, computation), value, loc);
  Store(place, Convert(result, place.type), loc);
  return place;
}

ValueId FunctionBuilder::EmitBinary(const clang::BinaryOperator* expression) {
  clang::SourceLocation loc = expression->getOperatorLoc();
  clang::BinaryOperatorKind kind = expression->getOpcode();
  if (expression->isAssignmentOp()) {
    // An assignment is a glvalue; only C would come here.
    return Load(EmitAssignment(expression));
  }
  if (kind == clang::BO_Comma) {
    EmitDiscarded(expression->getLHS());
    return EmitValue(expression->getRHS());
  }
  if (expression->isLogicalOp()) {
    BlockId when_true = NewBlock();
    BlockId when_false = NewBlock();
    BlockId after = NewBlock();
    EmitCondition(expression, when_true, when_false);
    ValueId value = graph_.AddArgument(after, TypeTable::Bool());
    Enter(when_true);
    Jump(after, {graph_.Bool(true)});
    Enter(when_false);
    Jump(after, {graph_.Bool(false)});
    Enter(after);
    return value;
  }
  if (kind == clang::BO_PtrMemD || kind == clang::BO_PtrMemI) {
    Report(loc, diag::kMemberPointer);
    return Poison(expression->getType());
  }
  if (expression->getType()->isPointerType() ||
      (kind == clang::BO_Sub && expression->getLHS()->getType()->isPointerType())) {
    Report(loc, diag::kPointerArithmetic);
    return Poison(expression->getType());
  }
  if (kind == clang::BO_Cmp) return EmitThreeWay(expression);
  // A chain of operators leans to the left and may be long: walk it down with a list.
  std::vector<const clang::BinaryOperator*> chain = {expression};
  while (true) {
    const auto* left =
        llvm::dyn_cast<clang::BinaryOperator>(chain.back()->getLHS()->IgnoreParens());
    if (left == nullptr || left->isGLValue() || left->isAssignmentOp() || left->isLogicalOp() ||
        left->isPtrMemOp() || left->getOpcode() == clang::BO_Comma ||
        left->getOpcode() == clang::BO_Cmp || left->getType()->isPointerType() ||
        left->getLHS()->getType()->isPointerType()) {
      break;
    }
    chain.push_back(left);
  }
  ValueId value = EmitValue(chain.back()->getLHS());
  for (size_t i = chain.size(); i-- > 0;) {
    ValueId right = EmitValue(chain[i]->getRHS());
    if (!value.is_valid() || !right.is_valid()) return Poison(expression->getType());
    SetLoc(chain[i]->getOperatorLoc());
    value = EmitArithmetic(chain[i]->getOpcode(), value, right, chain[i]->getOperatorLoc());
  }
  return value;
}

// `a <=> b` of numbers: a value of std::strong_ordering or std::partial_ordering, whose one field
// holds -1, 0, 1, or 2 (-127 in some libraries) where a NaN makes them unordered.
ValueId FunctionBuilder::EmitThreeWay(const clang::BinaryOperator* expression) {
  clang::SourceLocation loc = expression->getOperatorLoc();
  ValueId left = EmitValue(expression->getLHS());
  ValueId right = EmitValue(expression->getRHS());
  SetLoc(loc);
  RecordInfo* info = translator_.RecordOf(expression->getType(), At(loc));
  TypeKind kind = program_.types.Kind(TypeOf(left));
  bool fits = info != nullptr && info->is_value() &&
              program_.value_class(info->value_class).fields.size() == 1 &&
              TypeOf(left) == TypeOf(right) && (IsInt(kind) || IsFloat(kind));
  if (!fits) {
    Report(loc, diag::kUnsupportedExpression, "'<=>' of these operands");
    return Poison(expression->getType());
  }
  TypeId field = program_.value_class(info->value_class).fields[0].type;
  ValueId less = Emit(Opcode::kLt, TypeTable::Bool(), {left, right});
  ValueId greater = Emit(Opcode::kGt, TypeTable::Bool(), {left, right});
  ValueId rest = Int(field, 0);
  if (IsFloat(kind)) {
    ValueId equal = Emit(Opcode::kEq, TypeTable::Bool(), {left, right});
    rest = Emit(Opcode::kSelect, field, {equal, Int(field, 0), Int(field, 2)});
  }
  ValueId order = Emit(Opcode::kSelect, field, {greater, Int(field, 1), rest});
  order = Emit(Opcode::kSelect, field, {less, Int(field, -1), order});
  return Emit(Opcode::kValueMake, info->type, {order}, info->value_class.index);
}

ValueId FunctionBuilder::EmitCast(const clang::CastExpr* expression) {
  clang::SourceLocation loc = expression->getExprLoc();
  const clang::Expr* operand = expression->getSubExpr();
  clang::QualType type = expression->getType();
  auto refuse = [&] {
    Report(loc, diag::kUnsupportedCast, translator_.Print(operand->getType()),
           translator_.Print(type));
    return Poison(type);
  };
  if (llvm::isa<clang::CXXReinterpretCastExpr>(expression)) return refuse();
  switch (expression->getCastKind()) {
    case clang::CK_LValueToRValue:
    case clang::CK_NoOp:
    case clang::CK_ConstructorConversion:
    case clang::CK_UserDefinedConversion:
    case clang::CK_AtomicToNonAtomic:
      return EmitValue(operand);
    case clang::CK_ToVoid:
      EmitDiscarded(operand);
      return ValueId();
    case clang::CK_NullToPointer:
      if (!operand->getType()->isNullPtrType() ||
          operand->HasSideEffects(unit_.ast->getASTContext())) {
        EmitDiscarded(operand);
      }
      return Zero(Type(type.getUnqualifiedType(), loc));
    case clang::CK_FunctionToPointerDecay: {
      if (const auto* use = llvm::dyn_cast<clang::DeclRefExpr>(operand->IgnoreParenImpCasts())) {
        if (const auto* function = llvm::dyn_cast<clang::FunctionDecl>(use->getDecl())) {
          return FunctionValue(function, loc);
        }
      }
      if (const auto* member = llvm::dyn_cast<clang::MemberExpr>(operand->IgnoreParens())) {
        if (const auto* method = llvm::dyn_cast<clang::CXXMethodDecl>(member->getMemberDecl());
            method != nullptr && method->isStatic()) {
          EmitDiscarded(member->getBase());
          return FunctionValue(method, loc);
        }
      }
      if (const auto* unary = llvm::dyn_cast<clang::UnaryOperator>(operand->IgnoreParens());
          unary != nullptr && unary->getOpcode() == clang::UO_Deref) {
        return EmitValue(unary->getSubExpr());
      }
      return EmitPlace(operand).base;
    }
    case clang::CK_IntegralCast:
    case clang::CK_IntegralToFloating:
    case clang::CK_FloatingToIntegral:
    case clang::CK_FloatingCast:
    case clang::CK_BooleanToSignedIntegral: {
      ValueId value = EmitValue(operand);
      if (!value.is_valid()) return Poison(type);
      SetLoc(loc);
      return Convert(value, Type(type.getUnqualifiedType(), loc));
    }
    case clang::CK_IntegralToBoolean:
    case clang::CK_FloatingToBoolean:
    case clang::CK_PointerToBoolean: {
      ValueId value = EmitValue(operand);
      if (!value.is_valid()) return Poison(type);
      SetLoc(loc);
      return ToBool(value);
    }
    case clang::CK_DerivedToBase:
    case clang::CK_UncheckedDerivedToBase: {
      if (!type->isPointerType()) break;
      const clang::CXXRecordDecl* record = type->getPointeeCXXRecordDecl();
      if (record == nullptr || !translator_.IsObjectClass(record)) break;
      ValueId value = EmitValue(operand);
      SetLoc(loc);
      return UpcastTo(value, Type(type.getUnqualifiedType(), loc));
    }
    case clang::CK_BaseToDerived: {
      const clang::CXXRecordDecl* record =
          type->isPointerType() ? type->getPointeeCXXRecordDecl() : nullptr;
      if (record == nullptr || !translator_.IsObjectClass(record)) break;
      ValueId value = EmitValue(operand);
      SetLoc(loc);
      TypeId target = Type(type.getUnqualifiedType(), loc);
      Emit(Opcode::kCheckCast, TypeTable::Void(), {value}, program_.types.Class(target).index);
      return UpcastTo(value, target);
    }
    case clang::CK_ArrayToPointerDecay:
      if (llvm::isa<clang::StringLiteral>(operand->IgnoreParens())) {
        Report(loc, diag::kStringLiteral);
      } else {
        Report(loc, diag::kTableUse, translator_.Print(operand->getType()));
      }
      return Poison(type);
    case clang::CK_NullToMemberPointer:
    case clang::CK_MemberPointerToBoolean:
    case clang::CK_BaseToDerivedMemberPointer:
    case clang::CK_DerivedToBaseMemberPointer:
      Report(loc, diag::kMemberPointer);
      return Poison(type);
    case clang::CK_Dynamic:
      Report(loc, diag::kDynamicType, "dynamic_cast");
      return Poison(type);
    default:
      break;
  }
  return refuse();
}

}  // namespace weft::frontend
