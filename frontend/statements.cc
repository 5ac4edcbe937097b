// Statements.
#include <utility>

#include "common/check.h"
#include "frontend/function_builder.h"

namespace weft::frontend {

using flowgraph::ExitKind;
using flowgraph::Opcode;

void FunctionBuilder::EmitStatement(const clang::Stmt* statement) {
  if (statement == nullptr) return;
  clang::SourceLocation loc = statement->getBeginLoc();
  SetLoc(loc);
  switch (statement->getStmtClass()) {
    case clang::Stmt::CompoundStmtClass:
      return EmitCompound(llvm::cast<clang::CompoundStmt>(statement));
    case clang::Stmt::DeclStmtClass:
      for (const clang::Decl* decl : llvm::cast<clang::DeclStmt>(statement)->decls()) {
        EmitDeclaration(decl);
      }
      return;
    case clang::Stmt::NullStmtClass:
      return;
    case clang::Stmt::IfStmtClass:
      return EmitIf(llvm::cast<clang::IfStmt>(statement));
    case clang::Stmt::WhileStmtClass:
      return EmitWhile(llvm::cast<clang::WhileStmt>(statement));
    case clang::Stmt::DoStmtClass:
      return EmitDo(llvm::cast<clang::DoStmt>(statement));
    case clang::Stmt::ForStmtClass:
      return EmitFor(llvm::cast<clang::ForStmt>(statement));
    case clang::Stmt::CXXForRangeStmtClass:
      return EmitRangeFor(llvm::cast<clang::CXXForRangeStmt>(statement));
    case clang::Stmt::SwitchStmtClass:
      return EmitSwitch(llvm::cast<clang::SwitchStmt>(statement));
    case clang::Stmt::CaseStmtClass:
    case clang::Stmt::DefaultStmtClass:
      return EmitSwitchCase(llvm::cast<clang::SwitchCase>(statement));
    case clang::Stmt::BreakStmtClass:
      return EmitBreak(loc);
    case clang::Stmt::ContinueStmtClass:
      return EmitContinue(loc);
    case clang::Stmt::ReturnStmtClass:
      return EmitReturn(llvm::cast<clang::ReturnStmt>(statement));
    case clang::Stmt::CXXTryStmtClass:
      return EmitTry(llvm::cast<clang::CXXTryStmt>(statement));
    case clang::Stmt::AttributedStmtClass:
      return EmitStatement(llvm::cast<clang::AttributedStmt>(statement)->getSubStmt());
    case clang::Stmt::GotoStmtClass:
    case clang::Stmt::IndirectGotoStmtClass:
      Report(loc, diag::kGotoStatement);
      return;
    case clang::Stmt::LabelStmtClass:
      Report(loc, diag::kGotoStatement);
      return EmitStatement(llvm::cast<clang::LabelStmt>(statement)->getSubStmt());
    case clang::Stmt::GCCAsmStmtClass:
    case clang::Stmt::MSAsmStmtClass:
      Report(loc, diag::kInlineAssembly);
      return;
    case clang::Stmt::CoreturnStmtClass:
    case clang::Stmt::CoroutineBodyStmtClass:
      Report(loc, diag::kCoroutine);
      return;
    default:
      break;
  }
  if (const auto* expression = llvm::dyn_cast<clang::Expr>(statement)) {
    return EmitDiscarded(expression);
  }
  Report(loc, diag::kUnsupportedStatement, fmt::format("this {}", statement->getStmtClassName()));
}

void FunctionBuilder::EmitCompound(const clang::CompoundStmt* statement) {
  size_t depth = scopes_.size();
  for (const clang::Stmt* part : statement->body()) EmitStatement(part);
  SetLoc(statement->getRBracLoc());
  PopScopes(depth);
}

void FunctionBuilder::EmitIf(const clang::IfStmt* statement) {
  if (statement->isConsteval()) {
    EmitStatement(statement->isNonNegatedConsteval() ? statement->getElse() : statement->getThen());
    return;
  }
  size_t depth = scopes_.size();
  EmitStatement(statement->getInit());
  if (statement->isConstexpr()) {
    if (std::optional<const clang::Stmt*> taken =
            statement->getNondiscardedCase(unit_.ast->getASTContext())) {
      EmitStatement(*taken);
      PopScopes(depth);
      return;
    }
  }
  if (statement->getConditionVariable() != nullptr) {
    EmitDeclaration(statement->getConditionVariable());
  }
  BlockId then_block = NewBlock();
  BlockId after = NewBlock();
  BlockId else_block = statement->getElse() != nullptr ? NewBlock() : after;
  EmitCondition(statement->getCond(), then_block, else_block);
  Enter(then_block);
  EmitStatement(statement->getThen());
  Jump(after);
  if (statement->getElse() != nullptr) {
    Enter(else_block);
    EmitStatement(statement->getElse());
    Jump(after);
  }
  Enter(after);
  PopScopes(depth);
}

void FunctionBuilder::EmitWhile(const clang::WhileStmt* statement) {
  BlockId header = NewBlock();
  BlockId body = NewBlock();
  BlockId leave = NewBlock();
  BlockId after = NewBlock();
  Jump(header);
  Enter(header);
  size_t depth = scopes_.size();
  if (statement->getConditionVariable() != nullptr) {
    EmitDeclaration(statement->getConditionVariable());
  }
  EmitCondition(statement->getCond(), body, leave);
  targets_.push_back({after, header, depth, depth});
  Enter(body);
  EmitStatement(statement->getBody());
  targets_.pop_back();
  RunCleanups(depth);
  Jump(header);
  Enter(leave);
  PopScopes(depth);
  Jump(after);
  Enter(after);
}

void FunctionBuilder::EmitDo(const clang::DoStmt* statement) {
  BlockId body = NewBlock();
  BlockId condition = NewBlock();
  BlockId after = NewBlock();
  Jump(body);
  Enter(body);
  targets_.push_back({after, condition, scopes_.size(), scopes_.size()});
  EmitStatement(statement->getBody());
  targets_.pop_back();
  Jump(condition);
  Enter(condition);
  SetLoc(statement->getCond()->getBeginLoc());
  EmitCondition(statement->getCond(), body, after);
  Enter(after);
}

void FunctionBuilder::EmitFor(const clang::ForStmt* statement) {
  size_t outer = scopes_.size();
  EmitStatement(statement->getInit());
  BlockId header = NewBlock();
  BlockId body = NewBlock();
  BlockId step = NewBlock();
  BlockId leave = NewBlock();
  BlockId after = NewBlock();
  Jump(header);
  Enter(header);
  size_t depth = scopes_.size();
  if (statement->getConditionVariable() != nullptr) {
    EmitDeclaration(statement->getConditionVariable());
  }
  if (statement->getCond() != nullptr) {
    SetLoc(statement->getCond()->getBeginLoc());
    EmitCondition(statement->getCond(), body, leave);
  } else {
    Jump(body);
  }
  // `continue` stays inside the scope of the condition's variable, which the step may name.
  targets_.push_back({after, step, depth, scopes_.size()});
  Enter(body);
  EmitStatement(statement->getBody());
  targets_.pop_back();
  Jump(step);
  Enter(step);
  if (statement->getInc() != nullptr) {
    SetLoc(statement->getInc()->getBeginLoc());
    EmitDiscarded(statement->getInc());
  }
  RunCleanups(depth);
  Jump(header);
  Enter(leave);
  PopScopes(depth);
  Jump(after);
  Enter(after);
  PopScopes(outer);
}

void FunctionBuilder::EmitRangeFor(const clang::CXXForRangeStmt* statement) {
  size_t outer = scopes_.size();
  EmitStatement(statement->getInit());
  const auto* range = llvm::cast<clang::VarDecl>(statement->getRangeStmt()->getSingleDecl());
  if (const clang::ConstantArrayType* array = unit_.ast->getASTContext().getAsConstantArrayType(
          range->getType().getNonReferenceType())) {
    EmitTableFor(statement, array);
    PopScopes(outer);
    return;
  }
  EmitStatement(statement->getRangeStmt());
  EmitStatement(statement->getBeginStmt());
  EmitStatement(statement->getEndStmt());
  BlockId header = NewBlock();
  BlockId body = NewBlock();
  BlockId step = NewBlock();
  BlockId after = NewBlock();
  Jump(header);
  Enter(header);
  SetLoc(statement->getForLoc());
  EmitCondition(statement->getCond(), body, after);
  size_t depth = scopes_.size();
  targets_.push_back({after, step, depth, depth});
  Enter(body);
  EmitStatement(statement->getLoopVarStmt());
  EmitStatement(statement->getBody());
  PopScopes(depth);
  targets_.pop_back();
  Jump(step);
  Enter(step);
  SetLoc(statement->getForLoc());
  EmitDiscarded(statement->getInc());
  Jump(header);
  Enter(after);
  PopScopes(outer);
}

// A loop over a constant table counts; C++ would walk it with a pointer.
void FunctionBuilder::EmitTableFor(const clang::CXXForRangeStmt* statement,
                                   const clang::ConstantArrayType* type) {
  const auto* range = llvm::cast<clang::VarDecl>(statement->getRangeStmt()->getSingleDecl());
  Place table = EmitPlace(range->getInit());
  if (table.kind != Place::Kind::kTable) {
    Report(range->getInit()->getBeginLoc(), diag::kArrayType,
           translator_.Print(clang::QualType(type, 0)));
    return;
  }
  Place counter = LocalPlace(TypeTable::I64());
  Store(counter, graph_.I64(0), statement->getForLoc());
  BlockId header = NewBlock();
  BlockId body = NewBlock();
  BlockId step = NewBlock();
  BlockId after = NewBlock();
  Jump(header);
  Enter(header);
  ValueId length = graph_.I64(static_cast<int64_t>(type->getSize().getZExtValue()));
  ValueId inside = Emit(Opcode::kLt, TypeTable::Bool(), {Load(counter), length});
  Branch(inside, body, after);
  size_t depth = scopes_.size();
  targets_.push_back({after, step, depth, depth});
  Enter(body);
  Place item = TableItem(table, Load(counter), clang::QualType(type, 0), statement->getForLoc());
  // The loop variable is initialised by `*__begin`; that is the item.
  const clang::VarDecl* variable = statement->getLoopVariable();
  table_item_ = item;
  EmitDeclaration(variable);
  table_item_ = Place();
  EmitStatement(statement->getBody());
  PopScopes(depth);
  targets_.pop_back();
  Jump(step);
  Enter(step);
  ValueId next = Emit(Opcode::kAdd, TypeTable::I64(), {Load(counter), graph_.I64(1)});
  Store(counter, next, statement->getForLoc());
  Jump(header);
  Enter(after);
}

void FunctionBuilder::EmitSwitch(const clang::SwitchStmt* statement) {
  size_t outer = scopes_.size();
  EmitStatement(statement->getInit());
  if (statement->getConditionVariable() != nullptr) {
    EmitDeclaration(statement->getConditionVariable());
  }
  SetLoc(statement->getCond()->getBeginLoc());
  ValueId value = EmitValue(statement->getCond());
  BlockId after = NewBlock();
  BlockId default_block = after;
  // Clang lists the cases backwards.
  std::vector<const clang::SwitchCase*> cases;
  for (const clang::SwitchCase* c = statement->getSwitchCaseList(); c != nullptr;
       c = c->getNextSwitchCase()) {
    cases.push_back(c);
  }
  flowgraph::Exit exit;
  exit.kind = ExitKind::kSwitch;
  exit.loc = loc_;
  exit.value = value;
  for (size_t i = cases.size(); i-- > 0;) {
    BlockId block = NewBlock();
    cases_[cases[i]] = block;
    const auto* labelled = llvm::dyn_cast<clang::CaseStmt>(cases[i]);
    if (labelled == nullptr) {
      default_block = block;
      continue;
    }
    if (labelled->caseStmtIsGNURange()) {
      Report(labelled->getBeginLoc(), diag::kCaseRange);
      continue;
    }
    llvm::APSInt label = labelled->getLHS()->EvaluateKnownConstInt(unit_.ast->getASTContext());
    int64_t bits = static_cast<int64_t>(label.extOrTrunc(64).getZExtValue());
    exit.cases.push_back(flowgraph::CanonicalInt(program_.types.Kind(TypeOf(value)), bits));
    exit.links.push_back({block, {}});
  }
  exit.links.push_back({default_block, {}});
  if (IsInt(program_.types.Kind(TypeOf(value)))) {
    graph_.block(block_).exit = std::move(exit);
  }
  // Nothing falls into the body from above.
  Enter(NewBlock());
  targets_.push_back({after, targets_.empty() ? BlockId() : targets_.back().continue_block,
                      scopes_.size(), targets_.empty() ? 0 : targets_.back().continue_depth});
  EmitStatement(statement->getBody());
  targets_.pop_back();
  Jump(after);
  Enter(after);
  PopScopes(outer);
}

// A row of labels is a chain of nested statements, which may be long.
void FunctionBuilder::EmitSwitchCase(const clang::SwitchCase* statement) {
  const clang::Stmt* inner = statement;
  while (const auto* label = llvm::dyn_cast<clang::SwitchCase>(inner)) {
    BlockId block = cases_.at(label);
    Jump(block);
    Enter(block);
    inner = label->getSubStmt();
  }
  EmitStatement(inner);
}

void FunctionBuilder::EmitBreak(clang::SourceLocation loc) {
  (void)loc;
  JumpTarget target = targets_.back();
  RunCleanups(target.break_depth);
  Jump(target.break_block);
  Enter(NewBlock());
}

void FunctionBuilder::EmitContinue(clang::SourceLocation loc) {
  (void)loc;
  JumpTarget target = targets_.back();
  RunCleanups(target.continue_depth);
  Jump(target.continue_block);
  Enter(NewBlock());
}

void FunctionBuilder::EmitReturn(const clang::ReturnStmt* statement) {
  const clang::Expr* expression = statement->getRetValue();
  ValueId value;
  if (expression != nullptr) {
    if (decl_ != nullptr && decl_->getReturnType()->isReferenceType()) {
      value = EmitReference(expression);
    } else if (expression->getType()->isVoidType()) {
      EmitDiscarded(expression);
    } else {
      value = EmitResult(expression);
    }
    SetLoc(statement->getBeginLoc());
    if (value.is_valid()) value = UpcastTo(value, return_type_);
  }
  RunCleanups(0);
  Return(return_type_ == TypeTable::Void() ? ValueId() : value);
}

void FunctionBuilder::EmitDeclaration(const clang::Decl* decl) {
  if (const auto* variable = llvm::dyn_cast<clang::VarDecl>(decl)) EmitVariable(variable);
  // Types, usings, static_asserts and declarations of functions leave nothing behind.
}

void FunctionBuilder::EmitVariable(const clang::VarDecl* variable) {
  clang::SourceLocation loc = variable->getLocation();
  SetLoc(loc);
  if (variable->getTLSKind() != clang::VarDecl::TLS_None) {
    Report(loc, diag::kThreadLocal);
    return;
  }
  // Static locals are globals.
  if (!variable->hasLocalStorage()) {
    if (!variable->isConstexpr()) translator_.Global(variable, At(loc));
    return;
  }
  clang::QualType type = variable->getType();
  const clang::Expr* init = variable->getInit();
  if (const auto* decomposition = llvm::dyn_cast<clang::DecompositionDecl>(variable)) {
    for (const clang::BindingDecl* binding : decomposition->bindings()) {
      const clang::Expr* bound = binding->getBinding();
      if (bound == nullptr || binding->getHoldingVar() != nullptr ||
          !llvm::isa<clang::MemberExpr>(bound->IgnoreParenImpCasts())) {
        Report(loc, diag::kStructuredBinding, translator_.Print(type.getNonReferenceType()));
        return;
      }
    }
  }
  if (type->isReferenceType()) {
    Place place;
    if (table_item_.kind != Place::Kind::kNone) {
      place = table_item_;
    } else if (init != nullptr) {
      place = EmitPlace(init);
    } else {
      return;
    }
    variables_[variable] = place;
    return;
  }
  if (type->isArrayType()) {
    // A constant array is a table, static or not. What is no table is reported there.
    translator_.Global(variable, At(loc));
    return;
  }
  TypeId slot_type = Type(type, loc);
  if (slot_type == TypeTable::Void()) return;
  Place place = LocalPlace(slot_type);
  variables_[variable] = place;
  if (table_item_.kind != Place::Kind::kNone) {
    Place item = std::exchange(table_item_, Place());
    Store(place, Load(item), loc);
  } else if (init != nullptr) {
    EmitInit(place, init);
  }
  RecordInfo* record = translator_.RecordOf(type, At(loc));
  if (record != nullptr && record->is_value() && record->has_destructor) {
    PushCleanup(place, record->decl, loc);
  }
}

}  // namespace weft::frontend
