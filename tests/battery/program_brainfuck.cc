// An interpreter for a tiny language: a loop with a switch, jump tables and bytes that wrap.

#include "tests/battery/show.h"

using namespace weft;

class Machine : public Object {
 public:
  explicit Machine(Str code) : code_(code), jumps_(code.length()), tape_(300) {
    List<int64_t> open;
    for (int64_t i = 0; i < code.length(); i++) {
      if (code[i] == '[') open.append(i);
      if (code[i] == ']') {
        if (open.is_empty()) throw new ValueError("unmatched ] at " + format_int(i));
        int64_t start = open.pop();
        jumps_[start] = i;
        jumps_[i] = start;
      }
    }
    if (!open.is_empty()) throw new ValueError("unmatched [ at " + format_int(open.last()));
  }
  Str run() {
    StrBuilder out;
    int64_t at = 0;
    for (int64_t pc = 0; pc < code_.length(); pc++) {
      switch (code_[pc]) {
        case '>':
          at++;
          break;
        case '<':
          at--;
          break;
        case '+':
          tape_[at]++;
          break;
        case '-':
          tape_[at]--;
          break;
        case '.':
          out.append_byte(tape_[at]);
          break;
        case '[':
          if (tape_[at] == 0) pc = jumps_[pc];
          break;
        case ']':
          if (tape_[at] != 0) pc = jumps_[pc];
          break;
      }
    }
    return out.build();
  }

 private:
  Str code_;
  Array<int64_t> jumps_;
  Array<uint8_t> tape_;
};

int run(Array<Str>) {
  Str hello =
      "++++++++[>++++[>++>+++>+++>+<<<<-]>+>+>->>+[<]<-]>>.>---.+++++++..+++.>>.<-.<.+++.------.---"
      "--"
      "---.>>+.>++.";
  print((new Machine(hello))->run());
  println((new Machine("-[------->+<]>-.-[->+++++<]>++.+++++++..+++."))->run());
  Array<Str> bad(2);
  bad[0] = "[[]";
  bad[1] = "]";
  for (Str code : bad) {
    try {
      new Machine(code);
    } catch (ValueError* e) {
      println(e->message);
    }
  }
  return 0;
}

WEFT_MAIN(run)

//| Hello World!
//| Hello
//| unmatched [ at 0
//| unmatched ] at 0
