// Chains of comparisons of one variable, with gaps, repeats and side conditions.

#include "tests/battery/show.h"

using namespace weft;

static Str name(int code) {
  if (code == 1) return "one";
  if (code == 2) return "two";
  if (code == 3) return "three";
  if (code == 10) return "ten";
  if (code == 2) return "not here";
  if (code == -5) return "minus five";
  return "other";
}
static int token(uint8_t c) {
  if (c == '+')
    return 1;
  else if (c == '-')
    return 2;
  else if (c == '*' || c == '/')
    return 3;
  else if (c >= '0' && c <= '9')
    return 4;
  else if (c == ' ' || c == '\t' || c == '\n')
    return 0;
  return -1;
}
static int with_effects(int x) {
  int result = 0;
  if (x == 1) result += 1;
  if (x != 1) result += 10;
  if (x == 2) {
    x = 3;
    result += 100;
  }
  if (x == 3) result += 1000;
  return result;
}
static int keyword(Str s) {
  if (s == "if") return 1;
  if (s == "else") return 2;
  if (s == "while") return 3;
  return 0;
}

int run(Array<Str>) {
  for (int i = -6; i < 12; i += 1) print(name(i) + " ");
  println("|");
  for (uint8_t c : Str("+-*/05 \t?")) print(format_int(token(c)) + " ");
  println("|");
  for (int i = 0; i < 4; i++) show("effects", with_effects(i));
  show("keywords", keyword("while") * 100 + keyword("if") * 10 + keyword("iff"));
  return 0;
}

WEFT_MAIN(run)

//| other minus five other other other other other one two three other other other other other other ten other |
//| 1 2 3 3 4 4 0 0 -1 |
//| effects 10
//| effects 1
//| effects 1110
//| effects 1010
//| keywords 310
