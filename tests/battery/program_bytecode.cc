// A compiler from expressions to bytecode and a stack machine with boxed values.

#include "tests/battery/show.h"

using namespace weft;

class Value : public Object {
 public:
  virtual Str text() = 0;
};
class Number : public Unboxed<double, Value> {
 public:
  using Unboxed::Unboxed;
  Str text() override { return format_general(value(), 6); }
};
class Text : public Value {
 public:
  Str value;
  explicit Text(Str value) : value(value) {}
  Str text() override { return value; }
};
class Bool : public Value {
 public:
  bool value;
  explicit Bool(bool value) : value(value) {}
  Str text() override { return value ? Str("true") : Str("false"); }
};
static Bool* const yes = new Bool(true);
static Bool* const no = new Bool(false);

enum class Op : uint8_t {
  kConstant,
  kAdd,
  kSubtract,
  kMultiply,
  kLess,
  kGet,
  kSet,
  kJump,
  kJumpIfNot,
  kPrint,
  kStop
};

class Code : public Object {
 public:
  List<uint8_t> bytes;
  List<Value*> constants;
  void op(Op op, int argument = -1) {
    bytes.append(static_cast<uint8_t>(op));
    if (argument >= 0) bytes.append(static_cast<uint8_t>(argument));
  }
  void constant(Value* value) {
    op(Op::kConstant, static_cast<int>(constants.length()));
    constants.append(value);
  }
};

class TypeError : public Exception {
 public:
  using Exception::Exception;
};

class Machine : public Object {
 public:
  Array<Value*> stack = Array<Value*>(32);
  Array<Value*> slots = Array<Value*>(8);
  int top = 0;
  void push(Value* value) { stack[top++] = value; }
  Value* pop() { return stack[--top]; }
  double number() {
    Number* n = dyn_cast<Number>(pop());
    if (n == nullptr) throw new TypeError("not a number");
    return n->value();
  }
  WEFT_INTERPRETER_LOOP void run(Code* code) {
    Array<uint8_t> bytes = code->bytes.to_array();
    int pc = 0;
    while (true) {
      switch (static_cast<Op>(bytes[pc++])) {
        case Op::kConstant:
          push(code->constants[bytes[pc++]]);
          break;
        case Op::kAdd: {
          Value* b = pop();
          Value* a = pop();
          if (Text* t = dyn_cast<Text>(a)) {
            push(new Text(t->value + b->text()));
            break;
          }
          push(a);
          push(b);
          double y = number();
          push(new Number(number() + y));
          break;
        }
        case Op::kSubtract: {
          double y = number();
          push(new Number(number() - y));
          break;
        }
        case Op::kMultiply: {
          double y = number();
          push(new Number(number() * y));
          break;
        }
        case Op::kLess: {
          double y = number();
          push(number() < y ? yes : no);
          break;
        }
        case Op::kGet:
          push(slots[bytes[pc++]]);
          break;
        case Op::kSet:
          slots[bytes[pc++]] = pop();
          break;
        case Op::kJump:
          pc = bytes[pc];
          break;
        case Op::kJumpIfNot:
          pc = pop() == no ? bytes[pc] : pc + 1;
          break;
        case Op::kPrint:
          println(pop()->text());
          break;
        case Op::kStop:
          return;
      }
    }
  }
};

int run(Array<Str>) {
  Code* code = new Code();
  code->constant(new Number(0));
  code->op(Op::kSet, 0);
  code->constant(new Number(1));
  code->op(Op::kSet, 1);
  int loop = static_cast<int>(code->bytes.length());
  code->op(Op::kGet, 0);
  code->constant(new Number(10));
  code->op(Op::kLess);
  code->op(Op::kJumpIfNot, 0);
  int64_t patch = code->bytes.length() - 1;
  code->op(Op::kGet, 1);
  code->constant(new Number(2.5));
  code->op(Op::kMultiply);
  code->op(Op::kSet, 1);
  code->op(Op::kGet, 0);
  code->constant(new Number(1));
  code->op(Op::kAdd);
  code->op(Op::kSet, 0);
  code->op(Op::kJump, loop);
  code->bytes[patch] = static_cast<uint8_t>(code->bytes.length());
  code->constant(new Text("result "));
  code->op(Op::kGet, 1);
  code->op(Op::kAdd);
  code->op(Op::kPrint);
  code->op(Op::kGet, 0);
  code->constant(new Text("x"));
  code->op(Op::kSubtract);
  code->op(Op::kStop);
  Machine* machine = new Machine();
  try {
    machine->run(code);
  } catch (TypeError* e) {
    println(e->message);
  }
  show("stack", machine->top);
  return 0;
}

WEFT_MAIN(run)

//| result 9536.74
//| not a number
//| stack 1
