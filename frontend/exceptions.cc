// Leaving a part of a function: the destructors of scope guards and the handlers of try blocks.
//
// `scopes_` is the stack of what is entered at the current point. An operation that may raise while
// the stack is not empty gets an exception link to the landing of the innermost scope: a block that
// takes the exception, runs that one cleanup (or asks that one try's handlers), and passes the
// exception on to the landing of the scope outside it, or out of the function. Landings are made
// when they are first wanted, so that code without calls has none. An exception thrown by a cleanup
// takes the place of the one on its way.
#include <utility>

#include "common/check.h"
#include "frontend/function_builder.h"

namespace weft::frontend {

using flowgraph::ExitKind;
using flowgraph::Opcode;

TypeId FunctionBuilder::ExceptionType() {
  return program_.types.Object(translator_.exception_class());
}

void FunctionBuilder::PushCleanup(Place place, const clang::CXXRecordDecl* record,
                                  clang::SourceLocation loc) {
  Scope scope;
  scope.kind = Scope::Kind::kCleanup;
  scope.place = std::move(place);
  scope.record = record;
  scope.loc = loc;
  scope.target_depth = targets_.size();
  scopes_.push_back(std::move(scope));
}

void FunctionBuilder::EmitDestructorCall(const Place& place, const clang::CXXRecordDecl* record,
                                         clang::SourceLocation loc) {
  FunctionId function = translator_.Destructor(record, At(loc));
  Emit(Opcode::kCall, TypeTable::Void(), {Materialize(place)}, function.index);
}

void FunctionBuilder::RunCleanups(size_t depth) {
  // While a cleanup runs, only what is outside of it is entered.
  std::vector<Scope> left;
  while (scopes_.size() > depth) {
    left.push_back(std::move(scopes_.back()));
    scopes_.pop_back();
    const Scope scope = left.back();
    if (scope.kind == Scope::Kind::kCleanup && !scope.only_unwinding) {
      EmitDestructorCall(scope.place, scope.record, scope.loc);
    }
  }
  scopes_.insert(scopes_.end(), std::make_move_iterator(left.rbegin()),
                 std::make_move_iterator(left.rend()));
}

void FunctionBuilder::PopScopes(size_t depth) {
  while (scopes_.size() > depth) {
    Scope scope = std::move(scopes_.back());
    scopes_.pop_back();
    if (scope.kind == Scope::Kind::kCleanup && !scope.only_unwinding) {
      EmitDestructorCall(scope.place, scope.record, scope.loc);
    }
  }
}

BlockId FunctionBuilder::Landing() { return LandingAt(scopes_.size()); }

BlockId FunctionBuilder::LandingAt(size_t depth) {
  if (!translator_.exception_class().is_valid()) return BlockId();
  // The handlers of a try block are outside of it, and so nothing lands in a Handler scope.
  while (depth > 0 && scopes_[depth - 1].kind == Scope::Kind::kHandler) --depth;
  if (depth == 0) return BlockId();
  if (scopes_[depth - 1].landing.is_valid()) return scopes_[depth - 1].landing;

  BlockId landing = NewBlock();
  scopes_[depth - 1].landing = landing;
  graph_.block(landing).is_cold = true;
  ValueId exception = graph_.AddArgument(landing, ExceptionType());

  // Build the landing as it is seen from outside the scope, then come back.
  BlockId saved_block = block_;
  SourceLoc saved_loc = loc_;
  absl::flat_hash_set<ValueId> saved_nonnull = std::move(nonnull_);
  std::vector<Scope> inner(scopes_.begin() + static_cast<std::ptrdiff_t>(depth), scopes_.end());
  scopes_.resize(depth);
  Scope scope = std::move(scopes_.back());
  scopes_.pop_back();
  std::vector<JumpTarget> saved_targets(targets_);
  targets_.resize(scope.target_depth);

  Enter(landing);
  if (scope.kind == Scope::Kind::kCleanup) {
    EmitDestructorCall(scope.place, scope.record, scope.loc);
  } else {
    EmitHandlers(scope, exception);
  }
  if (BlockId outer = LandingAt(scopes_.size()); outer.is_valid()) {
    Jump(outer, {exception});
  } else {
    flowgraph::Exit& exit = graph_.block(block_).exit;
    exit.kind = ExitKind::kRaise;
    exit.loc = loc_;
    exit.value = exception;
  }

  targets_ = std::move(saved_targets);
  scopes_.push_back(std::move(scope));
  scopes_.insert(scopes_.end(), std::make_move_iterator(inner.begin()),
                 std::make_move_iterator(inner.end()));
  block_ = saved_block;
  loc_ = saved_loc;
  nonnull_ = std::move(saved_nonnull);
  return landing;
}

// A chain of tests in the order of the handlers. Control leaves the chain with the current block
// where no handler fits.
void FunctionBuilder::EmitHandlers(const Scope& scope, ValueId exception) {
  const clang::CXXTryStmt* statement = scope.try_statement;
  for (unsigned i = 0; i < statement->getNumHandlers(); ++i) {
    const clang::CXXCatchStmt* handler = statement->getHandler(i);
    SetLoc(handler->getBeginLoc());
    BlockId next = NewBlock();
    ValueId caught = exception;
    if (handler->getExceptionDecl() != nullptr) {
      clang::QualType type = handler->getCaughtType();
      const clang::CXXRecordDecl* record =
          type->isPointerType() ? type->getPointeeCXXRecordDecl() : nullptr;
      bool is_exception = false;
      RecordInfo* info = nullptr;
      if (record != nullptr && translator_.IsObjectClass(record)) {
        info = &translator_.Record(record, At(handler->getBeginLoc()));
        is_exception = program_.IsSubclass(info->cls, translator_.exception_class());
      }
      if (!is_exception) {
        Report(handler->getExceptionDecl()->getLocation(), diag::kCatchNotException,
               translator_.Print(type));
        continue;
      }
      BlockId body = NewBlock();
      ValueId fits = Emit(Opcode::kIsa, TypeTable::Bool(), {exception}, info->cls.index);
      Branch(fits, body, next);
      Enter(body);
      caught = UpcastTo(exception, info->type);
      Place place = LocalPlace(info->type);
      Store(place, caught, handler->getBeginLoc());
      variables_[handler->getExceptionDecl()] = place;
    }
    Scope inside;
    inside.kind = Scope::Kind::kHandler;
    inside.exception = exception;
    inside.target_depth = targets_.size();
    scopes_.push_back(std::move(inside));
    EmitStatement(handler->getHandlerBlock());
    scopes_.pop_back();
    Jump(scope.after);
    Enter(next);
  }
}

void FunctionBuilder::EmitTry(const clang::CXXTryStmt* statement) {
  if (!translator_.exception_class().is_valid()) {
    Report(statement->getBeginLoc(), diag::kUnsupportedStatement,
           "a try block without dsl/exception.h");
    return;
  }
  BlockId after = NewBlock();
  Scope scope;
  scope.kind = Scope::Kind::kTry;
  scope.try_statement = statement;
  scope.after = after;
  scope.target_depth = targets_.size();
  scopes_.push_back(std::move(scope));
  EmitStatement(statement->getTryBlock());
  bool caught = scopes_.back().landing.is_valid();
  // Handlers that nothing comes to are looked at all the same, for what they may hold.
  if (!caught) {
    BlockId saved = block_;
    LandingAt(scopes_.size());
    Enter(saved);
  }
  scopes_.pop_back();
  Jump(after);
  Enter(after);
}

void FunctionBuilder::EmitThrow(const clang::CXXThrowExpr* expression) {
  const clang::Expr* operand = expression->getSubExpr();
  if (operand == nullptr) {
    for (size_t i = scopes_.size(); i-- > 0;) {
      if (scopes_[i].kind == Scope::Kind::kHandler) {
        Raise(scopes_[i].exception);
        return;
      }
    }
    Report(expression->getBeginLoc(), diag::kRethrowOutsideHandler);
    Unreachable();
    return;
  }
  const clang::CXXRecordDecl* record =
      operand->getType()->isPointerType() ? operand->getType()->getPointeeCXXRecordDecl() : nullptr;
  if (record == nullptr || !translator_.IsObjectClass(record) ||
      !program_.IsSubclass(translator_.Record(record, At(expression->getBeginLoc())).cls,
                           translator_.exception_class())) {
    Report(operand->getBeginLoc(), diag::kThrowNotException, translator_.Print(operand->getType()));
    Unreachable();
    return;
  }
  ValueId exception = EmitValue(operand);
  SetLoc(expression->getBeginLoc());
  if (!IsKnownNonNull(operand)) CheckNonNull(exception);
  Raise(UpcastTo(exception, ExceptionType()));
}

}  // namespace weft::frontend
