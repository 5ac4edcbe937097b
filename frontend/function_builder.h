#ifndef WEFT_FRONTEND_FUNCTION_BUILDER_H_
#define WEFT_FRONTEND_FUNCTION_BUILDER_H_

#include <deque>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "flowgraph/graph.h"
#include "frontend/translator.h"

// Translates one function's body into its graph, statement by statement. Locals become slots; a
// later pass makes SSA values of them.
namespace weft::frontend {

// What an lvalue names. As long as nothing binds a reference to it, reading and writing it is one
// operation on its base.
struct Place {
  enum class Kind : uint8_t {
    kNone,
    // base is a value of Ref type: a local's slot, a reference.
    kRef,
    // base is an object, entity its class, path begins with a field.
    kField,
    // base is an array, index an i64.
    kItem,
    // entity is a global.
    kGlobal,
    // entity is a table, index an i64 or, for its first item or row, none.
    kTable,
    // base is a value that has no place: a handle's `this`, a temporary.
    kValue,
    // base is a reference to an object: the place is the object itself.
    kObject,
  };
  Kind kind = Kind::kNone;
  ValueId base;
  ValueId index;
  uint32_t entity = 0;
  std::vector<uint32_t> path;
  // Of what is at the place.
  TypeId type;
};

class FunctionBuilder {
 public:
  FunctionBuilder(Translator& translator, const Unit& unit, flowgraph::FunctionInfo& function);

  void BuildFunction(const clang::FunctionDecl* decl);
  void BuildDestructor(const clang::CXXRecordDecl* record);
  void BuildInvoker(const clang::CXXMethodDecl* call_operator);
  void BuildGlobalInitializer(const clang::VarDecl* variable, GlobalId global);

 private:
  // How deep expressions may nest.
  static constexpr uint32_t kMaxDepth = 2000;

  // What must happen when control leaves a part of the function.
  struct Scope {
    enum class Kind : uint8_t { kCleanup, kTry, kHandler };
    Kind kind = Kind::kCleanup;
    // Cleanup: run this destructor on this place.
    Place place;
    const clang::CXXRecordDecl* record = nullptr;
    clang::SourceLocation loc;
    // Cleanup: only an exception runs it.
    bool only_unwinding = false;
    // Try: its handlers; where to go behind them.
    const clang::CXXTryStmt* try_statement = nullptr;
    BlockId after;
    // Handler: the exception that `throw;` raises again.
    ValueId exception;
    // How many loops and switches stood around the scope when it was entered.
    size_t target_depth = 0;
    // Where exceptions from inside go; made when first wanted.
    BlockId landing;
  };
  struct JumpTarget {
    BlockId break_block;
    BlockId continue_block;
    size_t break_depth = 0;
    size_t continue_depth = 0;
  };

  // --- function_builder.cc: blocks and operations
  Site At(clang::SourceLocation loc) const { return {&unit_, loc}; }
  SourceLoc Loc(clang::SourceLocation loc);
  TypeId Type(clang::QualType type, clang::SourceLocation loc);
  BlockId NewBlock() { return graph_.AddBlock(); }
  void Enter(BlockId block);
  void Jump(BlockId target, flowgraph::ValueList args = {});
  void Branch(ValueId condition, BlockId when_true, BlockId when_false);
  void Unreachable();
  void Return(ValueId value);
  void Raise(ValueId exception);
  ValueId Emit(flowgraph::Opcode opcode, TypeId type, flowgraph::ValueList args,
               uint32_t imm = TypedId<void>::kNone, uint32_t imm2 = TypedId<void>::kNone);
  ValueId NewLocal(TypeId type);
  ValueId Int(TypeId type, int64_t value);
  ValueId Zero(TypeId type);
  ValueId ToI64(ValueId value);
  TypeId TypeOf(ValueId value) const { return graph_.type(value); }
  void StartFunction(const clang::FunctionDecl* decl, const clang::CXXRecordDecl* this_record);
  void FinishGraph();

  template <DiagnosticKind kKind, typename... Args>
  Diagnostic& Report(clang::SourceLocation loc, DiagnosticTag<kKind> tag, const Args&... args) {
    return translator_.Report(At(loc), tag, args...);
  }
  // The value that stands for an expression that was reported.
  ValueId Poison(clang::QualType type);
  Place PoisonPlace(clang::QualType type);

  // --- statements.cc
  void EmitStatement(const clang::Stmt* statement);
  void EmitCompound(const clang::CompoundStmt* statement);
  void EmitIf(const clang::IfStmt* statement);
  void EmitWhile(const clang::WhileStmt* statement);
  void EmitDo(const clang::DoStmt* statement);
  void EmitFor(const clang::ForStmt* statement);
  void EmitRangeFor(const clang::CXXForRangeStmt* statement);
  void EmitTableFor(const clang::CXXForRangeStmt* statement, const clang::ConstantArrayType* type);
  void EmitSwitch(const clang::SwitchStmt* statement);
  void EmitSwitchCase(const clang::SwitchCase* statement);
  void EmitReturn(const clang::ReturnStmt* statement);
  void EmitBreak(clang::SourceLocation loc);
  void EmitContinue(clang::SourceLocation loc);
  void EmitDeclaration(const clang::Decl* decl);
  void EmitVariable(const clang::VarDecl* variable);
  // Sets the current source line for the operations that follow.
  void SetLoc(clang::SourceLocation loc) { loc_ = Loc(loc); }

  // --- exceptions.cc: scopes and exceptions
  void PushCleanup(Place place, const clang::CXXRecordDecl* record, clang::SourceLocation loc);
  // Ends the scopes above `depth`, running their cleanups if control can come here.
  void PopScopes(size_t depth);
  // Runs the cleanups above `depth` for a jump out of them; the scopes stay.
  void RunCleanups(size_t depth);
  void EmitDestructorCall(const Place& place, const clang::CXXRecordDecl* record,
                          clang::SourceLocation loc);
  // The block that an exception raised now goes to; invalid when it leaves the function.
  BlockId Landing();
  BlockId LandingAt(size_t depth);
  void EmitTry(const clang::CXXTryStmt* statement);
  void EmitHandlers(const Scope& scope, ValueId exception);
  void EmitThrow(const clang::CXXThrowExpr* expression);
  TypeId ExceptionType();

  // --- places.cc
  Place EmitPlace(const clang::Expr* expression);
  Place EmitPlaceInner(const clang::Expr* expression);
  Place EmitVariablePlace(const clang::VarDecl* variable, const clang::DeclRefExpr* use,
                          clang::SourceLocation loc);
  Place EmitMemberPlace(const clang::MemberExpr* member);
  Place EmitSubscript(const clang::ArraySubscriptExpr* expression);
  // An item or a row of a table; the index has been checked.
  Place TableItem(const Place& table, ValueId index, clang::QualType array,
                  clang::SourceLocation loc);
  // What a pointer expression points to.
  Place EmitPointee(const clang::Expr* pointer);
  Place ThisPlace(clang::SourceLocation loc);
  Place FieldOf(Place object, const clang::FieldDecl* field, clang::SourceLocation loc);
  // The same without following a field that is a reference.
  Place RawFieldOf(Place object, const clang::FieldDecl* field, clang::SourceLocation loc);
  Place CastToBase(Place derived, const clang::CastExpr* cast);
  ValueId Load(const Place& place);
  void Store(const Place& place, ValueId value, clang::SourceLocation loc);
  // The place as a value of Ref type; an object itself for a place that is one.
  ValueId Materialize(const Place& place);
  Place RefPlace(ValueId ref);
  Place LocalPlace(TypeId type) { return RefPlace(NewLocal(type)); }
  Place ValuePlace(ValueId value);
  ValueId CheckedObject(const clang::Expr* pointer);
  void CheckNonNull(ValueId value);
  static bool IsKnownNonNull(const clang::Expr* pointer);

  // --- expressions.cc
  ValueId EmitValue(const clang::Expr* expression);
  ValueId EmitValueInner(const clang::Expr* expression);
  void EmitDiscarded(const clang::Expr* expression);
  void EmitCondition(const clang::Expr* expression, BlockId when_true, BlockId when_false);
  ValueId EmitConditional(const clang::AbstractConditionalOperator* expression);
  // A compile-time constant, if Clang finds the expression to be one that the language has.
  ValueId TryConstant(const clang::Expr* expression);
  // The value of a variable that is a constant, named by an lvalue.
  ValueId TryConstantVariable(const clang::Expr* named);
  ValueId ConstantValue(const clang::APValue& value, clang::QualType type);
  ValueId EmitLambda(const clang::LambdaExpr* expression);
  ValueId EmitReference(const clang::Expr* expression);
  ValueId FunctionValue(const clang::FunctionDecl* function, clang::SourceLocation loc);

  // --- operators.cc
  ValueId EmitUnary(const clang::UnaryOperator* expression);
  ValueId EmitBinary(const clang::BinaryOperator* expression);
  Place EmitAssignment(const clang::BinaryOperator* expression);
  Place EmitIncrement(const clang::UnaryOperator* expression, ValueId* old_value);
  ValueId EmitArithmetic(clang::BinaryOperatorKind kind, ValueId left, ValueId right,
                         clang::SourceLocation loc);
  ValueId EmitThreeWay(const clang::BinaryOperator* expression);
  ValueId EmitCast(const clang::CastExpr* expression);
  ValueId Convert(ValueId value, TypeId type);
  ValueId ToBool(ValueId value);

  // --- construction.cc
  ValueId EmitConstruct(const clang::CXXConstructExpr* expression);
  // Initialises a place that holds nothing yet.
  void EmitInit(const Place& place, const clang::Expr* init);
  // The value that a function returns: a scope guard passes to the caller whole.
  ValueId EmitResult(const clang::Expr* expression);
  ValueId EmitInitList(const clang::InitListExpr* list);
  ValueId EmitParenList(const clang::CXXParenListInitExpr* list);
  // A value of a value class from the initialisers of its base and fields.
  ValueId EmitAggregate(clang::QualType type, llvm::ArrayRef<const clang::Expr*> inits,
                        clang::SourceLocation loc);
  ValueId EmitNew(const clang::CXXNewExpr* expression);
  flowgraph::ValueList EmitArguments(const clang::CXXConstructExpr* expression);
  void CallConstructor(const clang::CXXConstructorDecl* constructor, ValueId object,
                       flowgraph::ValueList arguments, clang::SourceLocation loc);
  void EmitConstructorInits(const clang::CXXConstructorDecl* constructor);
  void EmitFieldInit(const clang::CXXCtorInitializer* init);

  // --- calls.cc
  // A call's result; a call that gives a reference has a place.
  struct CallResult {
    ValueId value;
    Place place;
  };
  CallResult EmitCall(const clang::CallExpr* call);
  CallResult EmitCallTo(const clang::FunctionDecl* callee, const clang::Expr* object,
                        bool object_is_pointer, bool is_virtual,
                        llvm::ArrayRef<const clang::Expr*> arguments, const clang::Expr* call);
  CallResult EmitCopyAssignment(const clang::CXXOperatorCallExpr* call);
  CallResult EmitPointerCall(const clang::CallExpr* call);
  CallResult EmitBuiltin(const clang::CallExpr* call, unsigned builtin);
  CallResult ResultOf(ValueId value, clang::QualType type, clang::SourceLocation loc);
  ValueId EmitArgument(const clang::Expr* argument, clang::QualType parameter);
  ValueId EmitObject(const clang::Expr* object, bool is_pointer,
                     const clang::CXXMethodDecl* method);
  ValueId UpcastTo(ValueId value, TypeId type);
  bool IsOrderingTest(const clang::FunctionDecl* callee);
  ValueId EmitOrderingTest(const clang::FunctionDecl* callee,
                           llvm::ArrayRef<const clang::Expr*> arguments, clang::SourceLocation loc);

  // --- intrinsics.cc
  CallResult EmitIntrinsic(const std::string& name, const clang::FunctionDecl* callee,
                           std::vector<ValueId> arguments, const clang::Expr* call,
                           llvm::ArrayRef<const clang::Expr*> expressions);
  void CheckIndex(ValueId index, ValueId length);
  void CheckRegion(ValueId offset, ValueId count, ValueId length);
  ClassId TemplateClass(const clang::FunctionDecl* callee, clang::SourceLocation loc);

  Translator& translator_;
  const Unit& unit_;
  flowgraph::Program& program_;
  flowgraph::FunctionInfo& function_;
  flowgraph::Graph& graph_;
  const clang::FunctionDecl* decl_ = nullptr;

  BlockId block_;
  SourceLoc loc_;
  // Slots of locals, for the start of the entry block.
  std::vector<flowgraph::Operation> locals_;
  // What was already checked in this block.
  absl::flat_hash_set<ValueId> nonnull_;

  absl::flat_hash_map<const clang::ValueDecl*, Place> variables_;
  // In a lambda: the fields that hold its captures.
  absl::flat_hash_map<const clang::ValueDecl*, clang::FieldDecl*> captures_;
  clang::FieldDecl* captured_this_ = nullptr;
  // The object of the method, when there is one.
  Place this_;
  bool has_this_ = false;
  bool is_constructor_ = false;
  const clang::CXXRecordDecl* this_record_ = nullptr;
  TypeId return_type_;

  std::vector<Scope> scopes_;
  std::vector<JumpTarget> targets_;
  absl::flat_hash_map<const clang::SwitchCase*, BlockId> cases_;
  absl::flat_hash_map<const clang::OpaqueValueExpr*, ValueId> opaque_;
  absl::flat_hash_map<const clang::MaterializeTemporaryExpr*, Place> temporaries_;
  // In a loop over a table: what its variable is bound to.
  Place table_item_;
  uint32_t depth_ = 0;
};

}  // namespace weft::frontend

#endif  // WEFT_FRONTEND_FUNCTION_BUILDER_H_
