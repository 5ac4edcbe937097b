#ifndef WEFT_INTERPRETER_SPEC_LOX_SCANNER_H_
#define WEFT_INTERPRETER_SPEC_LOX_SCANNER_H_

#include "interpreter_spec/lox/string.h"

// From characters to tokens, one token at a time.
namespace lox {

enum class TokenKind : uint8_t {
  // clang-format off
  kLeftParen, kRightParen, kLeftBrace, kRightBrace, kComma, kDot, kMinus, kPlus, kSemicolon, kSlash, kStar,
  kBang, kBangEqual, kEqual, kEqualEqual, kGreater, kGreaterEqual, kLess, kLessEqual,
  kIdentifier, kString, kNumber,
  kAnd, kClass, kElse, kFalse, kFor, kFun, kIf, kNil, kOr, kPrint, kReturn, kSuper, kThis, kTrue, kVar, kWhile,
  kError, kEnd,
  // clang-format on
};

struct Token {
  TokenKind kind;
  int line;
  // Where the token stands in the source: from `start` up to `end`, which is the first character
  // behind it.
  int start;
  int end;
  // An identifier's name.
  String* name;
  // What is wrong, if the token is an error.
  Str message;
};

class Scanner final : public weft::Object {
 public:
  explicit Scanner(Str source) : source_(source), start_(0), current_(0), line_(1) {}

  // The next token; from the end of the source on, always kEnd.
  Token Next();

  // The characters of a token.
  Str TextOf(const Token& token) const {
    return weft::substr(source_, token.start, token.end - token.start);
  }

 private:
  bool IsAtEnd() const { return current_ == source_.length(); }
  // The next character and the one behind it; '\0' stands for the end of the source as well.
  uint8_t Peek() const { return IsAtEnd() ? 0 : source_[current_]; }
  uint8_t PeekBehind() const { return current_ + 1 < source_.length() ? source_[current_ + 1] : 0; }
  bool Match(uint8_t expected);

  void SkipBlanks();
  Token Make(TokenKind kind) const;
  Token MakeError(Str message) const;
  // The two kinds of an operator that a `=` may follow.
  Token MakeOperator(TokenKind with_equal, TokenKind without);
  Token ScanString();
  Token ScanNumber();
  Token ScanWord();

  const Str source_;
  int start_;
  int current_;
  int line_;
};

}  // namespace lox

#endif  // WEFT_INTERPRETER_SPEC_LOX_SCANNER_H_
