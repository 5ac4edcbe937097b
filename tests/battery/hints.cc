// Hints change no result.

#include "tests/battery/show.h"

using namespace weft;

WEFT_ELIDABLE static int64_t pure(int64_t x) { return x * x + 1; }
WEFT_UNROLL static int sum(Array<int> items) {
  int total = 0;
  for (int i = 0; i < items.length(); i++) total += items[i];
  return total;
}
WEFT_NOINLINE static int apart(int x) { return x + 1; }
WEFT_INLINE static int inside(int x) { return x + 2; }
WEFT_COLD static void rare(Str text) { println("rare " + text); }

enum Code : uint8_t { kPush, kAdd, kJumpIfLess, kStop };
WEFT_INTERPRETER_LOOP static int interpret(Array<uint8_t> code) {
  Array<int> stack(8);
  int top = 0;
  int at = 0;
  while (true) {
    switch (code[at++]) {
      case kPush:
        stack[top++] = code[at++];
        break;
      case kAdd:
        top--;
        stack[top - 1] += stack[top];
        break;
      case kJumpIfLess:
        at = stack[top - 1] < code[at] ? code[at + 1] : at + 2;
        break;
      case kStop:
        return stack[top - 1];
    }
  }
}

int run(Array<Str>) {
  show("pure", pure(5) + pure(5));
  Array<int> items(4);
  fill(items, 3);
  show("sum", sum(items));
  show("apart", apart(1) + inside(1));
  rare("one");
  show("promote", promote(42));
  Array<uint8_t> code(9);
  code[0] = kPush;
  code[1] = 1;
  code[2] = kPush;
  code[3] = 7;
  code[4] = kAdd;
  code[5] = kJumpIfLess;
  code[6] = 50;
  code[7] = 2;
  code[8] = kStop;
  show("interpreted", interpret(code));
  return 0;
}

WEFT_MAIN(run)

//| pure 52
//| sum 12
//| apart 5
//| rare one
//| promote 42
//| interpreted 50
