#include "interpreter_spec/lox/compiler.h"

#include "interpreter_spec/lox/function_builder.h"
#include "interpreter_spec/lox/instruction.h"
#include "interpreter_spec/lox/parser.h"

// One pass over the tokens: each rule of the grammar is a function that reads its tokens and emits
// code at once. There is no syntax tree.
namespace lox {
namespace {

// How tightly an operator binds, from loose to tight.
enum class Precedence : uint8_t {
  kNone,
  kAssignment,
  kOr,
  kAnd,
  kEquality,
  kComparison,
  kTerm,
  kFactor,
  kUnary,
  kCall,
};

constexpr int kMaxArguments = 255;

// The class whose body is being compiled; classes nest.
struct ClassScope final : public weft::Object {
  explicit ClassScope(ClassScope* enclosing) : enclosing(enclosing), has_superclass(false) {}

  ClassScope* const enclosing;
  bool has_superclass;
};

enum class VariableKind : uint8_t { kLocal, kUpvalue, kGlobal };

// Where a variable lives: its slot, or its number among those of its kind.
struct Variable {
  VariableKind kind;
  int number;
};

// How tightly a token binds what stands on its left.
Precedence InfixPrecedence(TokenKind kind) {
  switch (kind) {
    case TokenKind::kOr:
      return Precedence::kOr;
    case TokenKind::kAnd:
      return Precedence::kAnd;
    case TokenKind::kBangEqual:
    case TokenKind::kEqualEqual:
      return Precedence::kEquality;
    case TokenKind::kGreater:
    case TokenKind::kGreaterEqual:
    case TokenKind::kLess:
    case TokenKind::kLessEqual:
      return Precedence::kComparison;
    case TokenKind::kMinus:
    case TokenKind::kPlus:
      return Precedence::kTerm;
    case TokenKind::kSlash:
    case TokenKind::kStar:
      return Precedence::kFactor;
    case TokenKind::kLeftParen:
    case TokenKind::kDot:
      return Precedence::kCall;
    default:
      return Precedence::kNone;
  }
}

double ParseNumber(Str text) {
  double value = 0;
  weft::parse_double(text, value);
  return value;
}

Precedence Tighter(Precedence precedence) {
  return static_cast<Precedence>(static_cast<int>(precedence) + 1);
}

class Compiler final : public Parser {
 public:
  Compiler(Str source, Globals* globals)
      : Parser(source),
        globals_(globals),
        function_(new FunctionBuilder(nullptr, FunctionKind::kScript, nullptr)),
        class_(nullptr) {}

  Function* CompileScript();

 private:
  // --- Emitting ---
  // The function that is being compiled, ready to emit code for the last token.
  FunctionBuilder* Code();
  void CountConstant();
  void PushConstant(Value* value);
  void PushLiteral(Value* value) { Code()->PushLiteral(value); }
  int MakeConstant(Value* value);
  int MakeSite(String* name);
  void Land(CodePosition jump);
  void CountLoop(CodePosition target);
  void EmitReturn();

  // --- Variables ---
  Variable Resolve(String* name);
  int FindLocal(FunctionBuilder* function, String* name);
  int FindUpvalue(FunctionBuilder* function, String* name);
  void PushVariable(String* name) { PushVariable(Resolve(name)); }
  void PushVariable(Variable variable);
  void EmitSet(Variable variable);
  void DeclareLocal(String* name);
  // Reads a variable's name; the result is the variable's number if it is global.
  int ParseVariable(Str message);
  int MakeGlobal(String* name);
  void DefineVariable(int global);

  // --- Declarations and statements ---
  void Declaration();
  void ClassDeclaration();
  void Method();
  void FunctionDeclaration();
  void FunctionBody(FunctionKind kind, String* name);
  void VariableDeclaration();
  void Statement();
  void Block();
  void PrintStatement();
  void ForStatement();
  void IfStatement();
  void ReturnStatement();
  void WhileStatement();
  void ExpressionStatement();

  // --- Expressions ---
  void Expression() { ParsePrecedence(Precedence::kAssignment); }
  // Compiles an expression of operators that bind at least that tightly.
  void ParsePrecedence(Precedence precedence);
  // Compiles what begins with the previous token; false if no expression does.
  bool Prefix(bool can_assign);
  // Compiles the rest of what has the previous token for its operator.
  void Infix(bool can_assign);
  void NamedVariable(String* name, bool can_assign);
  void This();
  void Super();
  void Unary();
  void Binary();
  void And();
  void Or();
  void Dot(bool can_assign);
  int Arguments();

  Globals* const globals_;
  FunctionBuilder* function_;
  ClassScope* class_;
};

Function* Compiler::CompileScript() {
  try {
    while (!Match(TokenKind::kEnd)) Declaration();
    EmitReturn();
  } catch (TooDeep*) {
    // It has been reported.
  } catch (weft::StackOverflowError*) {
    // The stack is smaller than usual.
    ErrorAtCurrent("Too much nesting.");
  } catch (weft::MemoryError*) {
    ErrorAtCurrent("Out of memory.");
  }
  return had_error() ? nullptr : function_->Finish();
}

// --- Emitting ---

FunctionBuilder* Compiler::Code() {
  function_->line = previous().line;
  return function_;
}

void Compiler::CountConstant() {
  if (!function_->CountConstant()) Error("Too many constants in one chunk.");
}

int Compiler::MakeConstant(Value* value) {
  CountConstant();
  return function_->AddConstant(value);
}

void Compiler::PushConstant(Value* value) { Code()->PushConstant(MakeConstant(value)); }

int Compiler::MakeSite(String* name) {
  CountConstant();
  return function_->AddSite(name);
}

void Compiler::Land(CodePosition jump) {
  if (!function_->Land(jump)) Error("Too much code to jump over.");
}

void Compiler::CountLoop(CodePosition target) {
  if (!function_->CountLoop(target)) Error("Loop body too large.");
}

void Compiler::EmitReturn() {
  if (function_->kind == FunctionKind::kInitializer) {
    Code()->PushLocal(0);
  } else {
    PushLiteral(kNil);
  }
  Code()->EmitReturn();
}

// --- Variables ---

int Compiler::FindLocal(FunctionBuilder* function, String* name) {
  int slot = function->FindLocal(name);
  if (slot != FunctionBuilder::kNotFound && !function->IsInitialized(slot)) {
    Error("Can't read local variable in its own initializer.");
  }
  return slot;
}

// Every function between the variable's own and `function` captures it from the next outer one.
int Compiler::FindUpvalue(FunctionBuilder* function, String* name) {
  FunctionBuilder* outer = function->enclosing;
  if (outer == nullptr) return FunctionBuilder::kNotFound;

  int index = FindLocal(outer, name);
  bool is_local = index != FunctionBuilder::kNotFound;
  if (is_local) {
    outer->MarkCaptured(index);
  } else {
    index = FindUpvalue(outer, name);
    if (index == FunctionBuilder::kNotFound) return FunctionBuilder::kNotFound;
  }

  int number = function->AddCapture(index, is_local);
  if (number != FunctionBuilder::kNotFound) return number;
  Error("Too many closure variables in function.");
  return 0;
}

Variable Compiler::Resolve(String* name) {
  int slot = FindLocal(function_, name);
  if (slot != FunctionBuilder::kNotFound) return Variable{VariableKind::kLocal, slot};
  int upvalue = FindUpvalue(function_, name);
  if (upvalue != FunctionBuilder::kNotFound) return Variable{VariableKind::kUpvalue, upvalue};
  return Variable{VariableKind::kGlobal, MakeGlobal(name)};
}

void Compiler::PushVariable(Variable variable) {
  switch (variable.kind) {
    case VariableKind::kLocal:
      return Code()->PushLocal(variable.number);
    case VariableKind::kUpvalue:
      return Code()->PushUpvalue(variable.number);
    default:
      return Code()->PushGlobal(variable.number);
  }
}

void Compiler::EmitSet(Variable variable) {
  switch (variable.kind) {
    case VariableKind::kLocal:
      return Code()->EmitSetLocal(variable.number);
    case VariableKind::kUpvalue:
      return Code()->EmitSetUpvalue(variable.number);
    default:
      return Code()->EmitSetGlobal(variable.number);
  }
}

int Compiler::MakeGlobal(String* name) {
  CountConstant();
  int number = globals_->NumberOf(name);
  if (number != Globals::kTooMany) return number;
  Error("Too many global variables.");
  return 0;
}

void Compiler::DeclareLocal(String* name) {
  if (function_->IsGlobalScope()) return;
  if (function_->IsDeclaredInScope(name)) {
    Error("Already a variable with this name in this scope.");
  }
  if (!function_->AddLocal(name)) Error("Too many local variables in function.");
}

int Compiler::ParseVariable(Str message) {
  Consume(TokenKind::kIdentifier, message);
  DeclareLocal(previous().name);
  return function_->IsGlobalScope() ? MakeGlobal(previous().name) : 0;
}

void Compiler::DefineVariable(int global) {
  if (function_->IsGlobalScope()) {
    Code()->EmitDefineGlobal(global);
  } else {
    Code()->MarkInitialized();
  }
}

// --- Declarations and statements ---

void Compiler::Declaration() {
  Nesting nesting(this);
  if (Match(TokenKind::kClass)) {
    ClassDeclaration();
  } else if (Match(TokenKind::kFun)) {
    FunctionDeclaration();
  } else if (Match(TokenKind::kVar)) {
    VariableDeclaration();
  } else {
    Statement();
  }
  Recover();
}

void Compiler::ClassDeclaration() {
  Consume(TokenKind::kIdentifier, "Expect class name.");
  String* name = previous().name;
  int name_constant = MakeConstant(name);
  DeclareLocal(name);
  Code()->EmitClass(name_constant);
  DefineVariable(function_->IsGlobalScope() ? globals_->NumberOf(name) : 0);

  class_ = new ClassScope(class_);
  if (Match(TokenKind::kLess)) {
    Consume(TokenKind::kIdentifier, "Expect superclass name.");
    PushVariable(previous().name);
    if (previous().name == name) Error("A class can't inherit from itself.");

    // Methods find the superclass in a variable of a scope around the body.
    function_->BeginScope();
    if (!function_->AddLocal(kSuperName)) Error("Too many local variables in function.");
    DefineVariable(0);
    PushVariable(name);
    Code()->EmitInherit();
    class_->has_superclass = true;
  }

  PushVariable(name);
  Consume(TokenKind::kLeftBrace, "Expect '{' before class body.");
  while (!Check(TokenKind::kRightBrace) && !Check(TokenKind::kEnd)) Method();
  Consume(TokenKind::kRightBrace, "Expect '}' after class body.");
  Code()->EmitPop();
  if (class_->has_superclass) function_->EndScope();
  class_ = class_->enclosing;
}

void Compiler::Method() {
  Consume(TokenKind::kIdentifier, "Expect method name.");
  String* name = previous().name;
  int constant = MakeConstant(name);
  FunctionBody(name == kInitName ? FunctionKind::kInitializer : FunctionKind::kMethod, name);
  Code()->EmitMethod(constant);
}

void Compiler::FunctionDeclaration() {
  int global = ParseVariable("Expect function name.");
  // The body may call the function.
  function_->MarkInitialized();
  FunctionBody(FunctionKind::kFunction, previous().name);
  DefineVariable(global);
}

void Compiler::FunctionBody(FunctionKind kind, String* name) {
  Nesting nesting(this);
  function_ = new FunctionBuilder(function_, kind, name);
  function_->BeginScope();

  Consume(TokenKind::kLeftParen, "Expect '(' after function name.");
  if (!Check(TokenKind::kRightParen)) {
    do {
      function_->arity++;
      if (function_->arity > kMaxArguments) ErrorAtCurrent("Can't have more than 255 parameters.");
      int global = ParseVariable("Expect parameter name.");
      function_->PushParameter();
      DefineVariable(global);
    } while (Match(TokenKind::kComma));
  }
  Consume(TokenKind::kRightParen, "Expect ')' after parameters.");
  Consume(TokenKind::kLeftBrace, "Expect '{' before function body.");
  Block();
  EmitReturn();

  Function* finished = function_->Finish();
  function_ = function_->enclosing;
  int captures = static_cast<int>(finished->captures.length());
  int constant = MakeConstant(finished);
  Code()->EmitClosure(constant, captures);
}

void Compiler::VariableDeclaration() {
  int global = ParseVariable("Expect variable name.");
  if (Match(TokenKind::kEqual)) {
    Expression();
  } else {
    PushLiteral(kNil);
  }
  Consume(TokenKind::kSemicolon, "Expect ';' after variable declaration.");
  DefineVariable(global);
}

void Compiler::Statement() {
  Nesting nesting(this);
  if (Match(TokenKind::kPrint)) {
    PrintStatement();
  } else if (Match(TokenKind::kFor)) {
    ForStatement();
  } else if (Match(TokenKind::kIf)) {
    IfStatement();
  } else if (Match(TokenKind::kReturn)) {
    ReturnStatement();
  } else if (Match(TokenKind::kWhile)) {
    WhileStatement();
  } else if (Match(TokenKind::kLeftBrace)) {
    function_->BeginScope();
    Block();
    Code()->EndScope();
  } else {
    ExpressionStatement();
  }
}

void Compiler::Block() {
  while (!Check(TokenKind::kRightBrace) && !Check(TokenKind::kEnd)) Declaration();
  Consume(TokenKind::kRightBrace, "Expect '}' after block.");
}

void Compiler::PrintStatement() {
  Expression();
  Consume(TokenKind::kSemicolon, "Expect ';' after value.");
  Code()->EmitPrint();
}

void Compiler::ExpressionStatement() {
  Expression();
  Consume(TokenKind::kSemicolon, "Expect ';' after expression.");
  Code()->EmitPop();
}

void Compiler::ReturnStatement() {
  if (function_->kind == FunctionKind::kScript) Error("Can't return from top-level code.");
  if (Match(TokenKind::kSemicolon)) {
    EmitReturn();
    return;
  }
  if (function_->kind == FunctionKind::kInitializer) {
    Error("Can't return a value from an initializer.");
  }
  Expression();
  Consume(TokenKind::kSemicolon, "Expect ';' after return value.");
  Code()->EmitReturn();
}

// In the book's code a condition stays on the stack when its jump is taken, and both ways begin by
// taking it off: that is the single byte that is counted on each.

void Compiler::IfStatement() {
  Consume(TokenKind::kLeftParen, "Expect '(' after 'if'.");
  Expression();
  Consume(TokenKind::kRightParen, "Expect ')' after condition.");

  CodePosition to_else = Code()->EmitConditionalJump();
  function_->CountBytes(1);
  Statement();
  if (Check(TokenKind::kElse)) {
    CodePosition to_end = Code()->EmitJump();
    Land(to_else);
    function_->CountBytes(1);
    Advance();
    Statement();
    Land(to_end);
  } else {
    function_->CountBytes(3);
    Land(to_else);
    function_->CountBytes(1);
  }
}

void Compiler::WhileStatement() {
  CodePosition start = function_->Here();
  Consume(TokenKind::kLeftParen, "Expect '(' after 'while'.");
  Expression();
  Consume(TokenKind::kRightParen, "Expect ')' after condition.");

  CodePosition to_end = Code()->EmitConditionalJump();
  function_->CountBytes(1);
  Statement();
  CountLoop(start);
  Code()->EmitLoop(start);
  Land(to_end);
  function_->CountBytes(1);
}

void Compiler::ForStatement() {
  function_->BeginScope();
  Consume(TokenKind::kLeftParen, "Expect '(' after 'for'.");
  if (Match(TokenKind::kVar)) {
    VariableDeclaration();
  } else if (!Match(TokenKind::kSemicolon)) {
    ExpressionStatement();
  }

  CodePosition start = function_->Here();
  bool has_condition = !Match(TokenKind::kSemicolon);
  CodePosition to_end = start;
  if (has_condition) {
    Expression();
    Consume(TokenKind::kSemicolon, "Expect ';' after loop condition.");
    to_end = Code()->EmitConditionalJump();
    function_->CountBytes(1);
  }

  // The increment stands in front of the body and runs behind it: its code is moved there. The
  // book's code jumps around it instead, and back to it.
  CodePosition target = start;
  CodePiece increment{nullptr, nullptr};
  if (!Match(TokenKind::kRightParen)) {
    function_->CountBytes(3);
    target = function_->Here();
    Expression();
    Code()->EmitPop();
    Consume(TokenKind::kRightParen, "Expect ')' after for clauses.");
    CountLoop(start);
    if (!function_->IsInReach(target)) Error("Too much code to jump over.");
    increment = function_->Cut(target);
  }

  Statement();
  if (increment.code != nullptr) function_->Paste(increment);
  CountLoop(target);
  Code()->EmitLoop(start);
  if (has_condition) {
    Land(to_end);
    function_->CountBytes(1);
  }
  Code()->EndScope();
}

// --- Expressions ---

void Compiler::ParsePrecedence(Precedence precedence) {
  Nesting nesting(this);
  Advance();
  bool can_assign = precedence <= Precedence::kAssignment;
  if (Prefix(can_assign)) {
    while (precedence <= InfixPrecedence(current().kind)) {
      Advance();
      Infix(can_assign);
    }
    if (can_assign && Match(TokenKind::kEqual)) Error("Invalid assignment target.");
  } else {
    Error("Expect expression.");
    // What follows takes something off the stack.
    PushLiteral(kNil);
  }
}

bool Compiler::Prefix(bool can_assign) {
  switch (previous().kind) {
    case TokenKind::kLeftParen:
      Expression();
      Consume(TokenKind::kRightParen, "Expect ')' after expression.");
      return true;
    case TokenKind::kMinus:
    case TokenKind::kBang:
      Unary();
      return true;
    case TokenKind::kIdentifier:
      NamedVariable(previous().name, can_assign);
      return true;
    case TokenKind::kString: {
      Token token = previous();
      token.start++;
      token.end--;
      PushConstant(Intern(TextOf(token)));
      return true;
    }
    case TokenKind::kNumber:
      PushConstant(new Number(ParseNumber(TextOf(previous()))));
      return true;
    case TokenKind::kNil:
      PushLiteral(kNil);
      return true;
    case TokenKind::kTrue:
      PushLiteral(kTrue);
      return true;
    case TokenKind::kFalse:
      PushLiteral(kFalse);
      return true;
    case TokenKind::kThis:
      This();
      return true;
    case TokenKind::kSuper:
      Super();
      return true;
    default:
      return false;
  }
}

void Compiler::Infix(bool can_assign) {
  switch (previous().kind) {
    case TokenKind::kLeftParen: {
      int arguments = Arguments();
      Code()->EmitCall(arguments);
      break;
    }
    case TokenKind::kDot:
      Dot(can_assign);
      break;
    case TokenKind::kAnd:
      And();
      break;
    case TokenKind::kOr:
      Or();
      break;
    default:
      Binary();
  }
}

void Compiler::NamedVariable(String* name, bool can_assign) {
  Variable variable = Resolve(name);
  if (can_assign && Match(TokenKind::kEqual)) {
    Expression();
    EmitSet(variable);
  } else {
    PushVariable(variable);
  }
}

void Compiler::This() {
  if (class_ == nullptr) {
    Error("Can't use 'this' outside of a class.");
    PushLiteral(kNil);
  } else {
    PushVariable(kThisName);
  }
}

void Compiler::Super() {
  if (class_ == nullptr) {
    Error("Can't use 'super' outside of a class.");
  } else if (!class_->has_superclass) {
    Error("Can't use 'super' in a class with no superclass.");
  }
  Consume(TokenKind::kDot, "Expect '.' after 'super'.");
  Consume(TokenKind::kIdentifier, "Expect superclass method name.");
  int site = MakeSite(previous().name);

  PushVariable(kThisName);
  if (Match(TokenKind::kLeftParen)) {
    int arguments = Arguments();
    PushVariable(kSuperName);
    Code()->EmitInvoke(Op::kInvokeSuper, site, arguments);
  } else {
    PushVariable(kSuperName);
    Code()->EmitGetSuper(site);
  }
}

void Compiler::Unary() {
  TokenKind op = previous().kind;
  ParsePrecedence(Precedence::kUnary);
  Code()->EmitUnary(op == TokenKind::kBang ? Op::kNot : Op::kNegate);
}

void Compiler::Binary() {
  TokenKind op = previous().kind;
  ParsePrecedence(Tighter(InfixPrecedence(op)));
  switch (op) {
    case TokenKind::kEqualEqual:
      return Code()->EmitBinary(Op::kEqual, 1);
    case TokenKind::kBangEqual:
      return Code()->EmitBinary(Op::kNotEqual, 2);
    case TokenKind::kLess:
      return Code()->EmitBinary(Op::kLess, 1);
    case TokenKind::kLessEqual:
      return Code()->EmitBinary(Op::kNotGreater, 2);
    case TokenKind::kGreater:
      return Code()->EmitBinary(Op::kGreater, 1);
    case TokenKind::kGreaterEqual:
      return Code()->EmitBinary(Op::kNotLess, 2);
    case TokenKind::kPlus:
      return Code()->EmitBinary(Op::kAdd, 1);
    case TokenKind::kMinus:
      return Code()->EmitBinary(Op::kSubtract, 1);
    case TokenKind::kStar:
      return Code()->EmitBinary(Op::kMultiply, 1);
    default:
      return Code()->EmitBinary(Op::kDivide, 1);
  }
}

void Compiler::And() {
  CodePosition to_end = Code()->EmitShortCircuit(Op::kJumpIfFalse);
  Code()->EmitPop();
  ParsePrecedence(Precedence::kAnd);
  Land(to_end);
}

// The book's code has a second jump here.
void Compiler::Or() {
  CodePosition to_end = Code()->EmitShortCircuit(Op::kJumpIfTrue);
  function_->CountBytes(3);
  to_end.bytes += 3;
  Code()->EmitPop();
  ParsePrecedence(Precedence::kOr);
  Land(to_end);
}

void Compiler::Dot(bool can_assign) {
  Consume(TokenKind::kIdentifier, "Expect property name after '.'.");
  int site = MakeSite(previous().name);
  if (can_assign && Match(TokenKind::kEqual)) {
    Expression();
    Code()->EmitSetProperty(site);
  } else if (Match(TokenKind::kLeftParen)) {
    int arguments = Arguments();
    Code()->EmitInvoke(Op::kInvoke, site, arguments);
  } else {
    Code()->EmitGetProperty(site);
  }
}

int Compiler::Arguments() {
  int count = 0;
  if (!Check(TokenKind::kRightParen)) {
    do {
      Expression();
      if (count == kMaxArguments) {
        Error("Can't have more than 255 arguments.");
      } else {
        count++;
      }
    } while (Match(TokenKind::kComma));
  }
  Consume(TokenKind::kRightParen, "Expect ')' after arguments.");
  return count;
}

}  // namespace

Function* Compile(Str source, Globals* globals) {
  Compiler* compiler = new Compiler(source, globals);
  return compiler->CompileScript();
}

}  // namespace lox
