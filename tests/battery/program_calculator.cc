// A tokenizer, a recursive-descent parser and an evaluator with variables and errors.

#include "tests/battery/show.h"

using namespace weft;

class SyntaxError : public Exception {
 public:
  int64_t position;
  SyntaxError(int64_t position, Str message) : Exception(message), position(position) {}
};

class Parser : public Object {
 public:
  explicit Parser(Str text) : text_(text) {}
  double parse() {
    double value = sum();
    skip();
    if (at_ < text_.length()) fail("unexpected '" + str_from_byte(text_[at_]) + "'");
    return value;
  }
  static Dict<Str, double> variables;

 private:
  void skip() {
    while (at_ < text_.length() && text_[at_] == ' ') at_++;
  }
  bool take(char c) {
    skip();
    if (at_ < text_.length() && text_[at_] == c) {
      at_++;
      return true;
    }
    return false;
  }
  [[noreturn]] void fail(Str message) { throw new SyntaxError(at_, message); }
  double sum() {
    double value = product();
    while (true) {
      if (take('+')) {
        value += product();
      } else if (take('-')) {
        value -= product();
      } else {
        return value;
      }
    }
  }
  double product() {
    double value = power();
    while (true) {
      if (take('*')) {
        value *= power();
      } else if (take('/')) {
        double divisor = power();
        if (divisor == 0) throw new ValueError("division by zero");
        value /= divisor;
      } else {
        return value;
      }
    }
  }
  double power() {
    double base = unary();
    return take('^') ? pow(base, power()) : base;
  }
  double unary() {
    if (take('-')) return -unary();
    if (take('(')) {
      double value = sum();
      if (!take(')')) fail("expected ')'");
      return value;
    }
    return atom();
  }
  double atom() {
    skip();
    int64_t start = at_;
    while (at_ < text_.length() && is_word(text_[at_])) at_++;
    if (at_ == start) fail("expected a value");
    Str word = substr(text_, start, at_ - start);
    double value = 0;
    if (parse_double(word, value)) return value;
    if (variables.lookup(word, value)) return value;
    at_ = start;
    fail("unknown name " + word);
  }
  static bool is_word(uint8_t c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '.' || c == '_';
  }
  Str text_;
  int64_t at_ = 0;
};
Dict<Str, double> Parser::variables;

static void evaluate(Str text) {
  try {
    println(text + " = " + format_double((new Parser(text))->parse()));
  } catch (SyntaxError* e) {
    println(text + " : " + e->message + " at " + format_int(e->position));
  } catch (ValueError* e) {
    println(text + " : " + e->message);
  }
}

int run(Array<Str>) {
  Parser::variables["pi"] = 3.25;
  evaluate("1 + 2 * 3");
  evaluate("(1 + 2) * 3");
  evaluate("2 ^ 3 ^ 2");
  evaluate("-2 ^ 2");
  evaluate("10 / 4 - 1.5e0");
  evaluate("pi * 2");
  evaluate("1 / 0");
  evaluate("1 +");
  evaluate("(1 + 2");
  evaluate("1 2");
  evaluate("tau");
  Str deep = repeat("(", 500) + "7" + repeat(")", 500);
  show("deep", (new Parser(deep))->parse());
  return 0;
}

WEFT_MAIN(run)

//| 1 + 2 * 3 = 7
//| (1 + 2) * 3 = 9
//| 2 ^ 3 ^ 2 = 512
//| -2 ^ 2 = 4
//| 10 / 4 - 1.5e0 = 1
//| pi * 2 = 6.5
//| 1 / 0 : division by zero
//| 1 + : expected a value at 3
//| (1 + 2 : expected ')' at 6
//| 1 2 : unexpected '2' at 2
//| tau : unknown name tau at 0
//| deep 7
