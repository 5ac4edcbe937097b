#include "interpreter_spec/lox/scanner.h"

namespace lox {
namespace {

weft::Dict<Str, TokenKind> MakeKeywords() {
  weft::Dict<Str, TokenKind> keywords;
  keywords.set("and", TokenKind::kAnd);
  keywords.set("class", TokenKind::kClass);
  keywords.set("else", TokenKind::kElse);
  keywords.set("false", TokenKind::kFalse);
  keywords.set("for", TokenKind::kFor);
  keywords.set("fun", TokenKind::kFun);
  keywords.set("if", TokenKind::kIf);
  keywords.set("nil", TokenKind::kNil);
  keywords.set("or", TokenKind::kOr);
  keywords.set("print", TokenKind::kPrint);
  keywords.set("return", TokenKind::kReturn);
  keywords.set("super", TokenKind::kSuper);
  keywords.set("this", TokenKind::kThis);
  keywords.set("true", TokenKind::kTrue);
  keywords.set("var", TokenKind::kVar);
  keywords.set("while", TokenKind::kWhile);
  return keywords;
}

const weft::Dict<Str, TokenKind> keywords = MakeKeywords();

bool IsDigit(uint8_t c) { return c >= '0' && c <= '9'; }

bool IsLetter(uint8_t c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

}  // namespace

Token Scanner::Next() {
  SkipBlanks();
  start_ = current_;
  if (IsAtEnd()) return Make(TokenKind::kEnd);

  uint8_t c = source_[current_++];
  if (IsLetter(c)) return ScanWord();
  if (IsDigit(c)) return ScanNumber();
  switch (c) {
    case '(':
      return Make(TokenKind::kLeftParen);
    case ')':
      return Make(TokenKind::kRightParen);
    case '{':
      return Make(TokenKind::kLeftBrace);
    case '}':
      return Make(TokenKind::kRightBrace);
    case ',':
      return Make(TokenKind::kComma);
    case '.':
      return Make(TokenKind::kDot);
    case '-':
      return Make(TokenKind::kMinus);
    case '+':
      return Make(TokenKind::kPlus);
    case ';':
      return Make(TokenKind::kSemicolon);
    case '/':
      return Make(TokenKind::kSlash);
    case '*':
      return Make(TokenKind::kStar);
    case '!':
      return MakeOperator(TokenKind::kBangEqual, TokenKind::kBang);
    case '=':
      return MakeOperator(TokenKind::kEqualEqual, TokenKind::kEqual);
    case '<':
      return MakeOperator(TokenKind::kLessEqual, TokenKind::kLess);
    case '>':
      return MakeOperator(TokenKind::kGreaterEqual, TokenKind::kGreater);
    case '"':
      return ScanString();
    default:
      return MakeError("Unexpected character.");
  }
}

bool Scanner::Match(uint8_t expected) {
  if (IsAtEnd() || source_[current_] != expected) return false;
  current_++;
  return true;
}

void Scanner::SkipBlanks() {
  for (; !IsAtEnd(); current_++) {
    switch (source_[current_]) {
      case '\n':
        line_++;
        break;
      case ' ':
      case '\r':
      case '\t':
        break;
      case '/':
        if (PeekBehind() != '/') return;
        while (current_ + 1 < source_.length() && source_[current_ + 1] != '\n') current_++;
        break;
      default:
        return;
    }
  }
}

Token Scanner::Make(TokenKind kind) const {
  return Token{kind, line_, start_, current_, nullptr, Str()};
}

Token Scanner::MakeError(Str message) const {
  return Token{TokenKind::kError, line_, start_, current_, nullptr, message};
}

Token Scanner::MakeOperator(TokenKind with_equal, TokenKind without) {
  return Make(Match('=') ? with_equal : without);
}

Token Scanner::ScanString() {
  for (; !IsAtEnd(); current_++) {
    uint8_t c = source_[current_];
    if (c == '"') {
      current_++;
      return Make(TokenKind::kString);
    }
    if (c == '\n') line_++;
  }
  return MakeError("Unterminated string.");
}

Token Scanner::ScanNumber() {
  while (IsDigit(Peek())) current_++;
  if (Peek() == '.' && IsDigit(PeekBehind())) {
    current_++;
    while (IsDigit(Peek())) current_++;
  }
  return Make(TokenKind::kNumber);
}

Token Scanner::ScanWord() {
  while (IsLetter(Peek()) || IsDigit(Peek())) current_++;
  Str word = weft::substr(source_, start_, current_ - start_);
  Token token = Make(keywords.get(word, TokenKind::kIdentifier));
  if (token.kind == TokenKind::kIdentifier) token.name = Intern(word);
  return token;
}

}  // namespace lox
