#ifndef WEFT_INTERPRETER_SPEC_LOX_PARSER_H_
#define WEFT_INTERPRETER_SPEC_LOX_PARSER_H_

#include "interpreter_spec/lox/scanner.h"

namespace lox {

// Thrown when a program nests its parts deeper than the compiler follows. It has been reported.
class TooDeep final : public weft::Exception {};

// What the compiler's rules stand on: two tokens of the program at a time, and errors.
class Parser : public weft::Object {
 public:
  // Expressions, statements and functions inside each other. The rules call each other that deep,
  // so this is what keeps a program from exhausting the stack of its compiler.
  static constexpr int kMaxNesting = 2000;

  explicit Parser(Str source);

 protected:
  // A rule that can contain itself holds one of these as long as it runs.
  class Nesting {
   public:
    explicit Nesting(Parser* parser) : parser_(parser) { parser_->Enter(); }
    Nesting(const Nesting&) = delete;
    ~Nesting() { parser_->nesting_--; }

   private:
    Parser* parser_;
  };

  // The last token read, and the one that decides how it goes on.
  const Token& previous() const { return previous_; }
  const Token& current() const { return current_; }
  Str TextOf(const Token& token) const { return scanner_->TextOf(token); }

  void Advance();
  bool Check(TokenKind kind) const { return current_.kind == kind; }
  bool Match(TokenKind kind);
  void Consume(TokenKind kind, Str message);

  // Reports an error at the last token or the next. The first error of a statement is the only one
  // that is shown, as the others may be due to it.
  void Error(Str message) { ErrorAt(previous_, message); }
  void ErrorAtCurrent(Str message) { ErrorAt(current_, message); }
  bool had_error() const { return had_error_; }
  // After an error, skips to what looks like the start of the next statement.
  void Recover();

 private:
  void Enter();
  void ErrorAt(const Token& token, Str message);

  Scanner* const scanner_;
  Token previous_;
  Token current_;
  int nesting_;
  bool had_error_;
  bool is_panicking_;
};

}  // namespace lox

#endif  // WEFT_INTERPRETER_SPEC_LOX_PARSER_H_
