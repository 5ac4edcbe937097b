#include "interpreter_spec/lox/parser.h"

namespace lox {

Parser::Parser(Str source)
    : scanner_(new Scanner(source)), nesting_(0), had_error_(false), is_panicking_(false) {
  Advance();
}

void Parser::Advance() {
  previous_ = current_;
  current_ = scanner_->Next();
  while (Check(TokenKind::kError)) {
    ErrorAtCurrent(current_.message);
    current_ = scanner_->Next();
  }
}

bool Parser::Match(TokenKind kind) {
  if (!Check(kind)) return false;
  Advance();
  return true;
}

void Parser::Consume(TokenKind kind, Str message) {
  if (!Match(kind)) ErrorAtCurrent(message);
}

void Parser::Recover() {
  if (!is_panicking_) return;
  is_panicking_ = false;
  while (!Check(TokenKind::kEnd) && previous_.kind != TokenKind::kSemicolon) {
    switch (current_.kind) {
      case TokenKind::kClass:
      case TokenKind::kFun:
      case TokenKind::kVar:
      case TokenKind::kFor:
      case TokenKind::kIf:
      case TokenKind::kWhile:
      case TokenKind::kPrint:
      case TokenKind::kReturn:
        return;
      default:
        Advance();
    }
  }
}

void Parser::Enter() {
  nesting_++;
  if (nesting_ <= kMaxNesting) return;
  ErrorAtCurrent("Too much nesting.");
  throw new TooDeep();
}

void Parser::ErrorAt(const Token& token, Str message) {
  if (is_panicking_) return;
  is_panicking_ = true;
  had_error_ = true;

  weft::StrBuilder text;
  text.append("[line ");
  text.append(weft::format_int(token.line));
  text.append("] Error");
  if (token.kind == TokenKind::kEnd) {
    text.append(" at end");
  } else if (token.kind != TokenKind::kError) {
    text.append(" at '");
    text.append(TextOf(token));
    text.append("'");
  }
  text.append(": ");
  text.append(message);
  weft::eprintln(text.build());
}

}  // namespace lox
