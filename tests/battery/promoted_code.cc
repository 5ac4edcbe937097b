// Interpreter loops whose code is promoted: a backend may make code of its own for what they run.
// Here are calls, recursion deeper than such code nests, exceptions that are caught in the loop,
// instructions of several words, loops in loops, and code that is too long for one piece.

#include "tests/battery/show.h"

using namespace weft;

namespace {

class Value : public Object {
 public:
  virtual int64_t number() = 0;
};
class Small final : public Value {
 public:
  explicit Small(int64_t value) : value_(value) {}
  int64_t number() override { return value_; }

 private:
  const int64_t value_;
};

class Failed : public Exception {
 public:
  using Exception::Exception;
};

enum Op : uint8_t {
  kPush,      // a number
  kLoad,      // a local
  kStore,     // a local
  kAdd,       //
  kSubtract,  //
  kMultiply,  //
  kJump,      // where
  kJumpIfLess,
  kCall,    // which function, how many arguments
  kReturn,  //
  kTry,     // where exceptions go
  kEndTry,
  kDivide,
  kNative,  // a number
  kMake,    // how long
  kStop,
};

class Function : public Object {
 public:
  explicit Function(Array<uint8_t> code) : code(code) {}
  const Array<uint8_t> code;
};

struct Frame {
  Function* function;
  int next;
  int base;
};

// A stack machine over bytes. Counts what it runs in a local of 64 bits and one of floating point.
class Machine : public Object {
 public:
  explicit Machine(Array<Function*> functions) : functions_(functions) {}

  double instructions() const { return instructions_; }

  WEFT_INTERPRETER_LOOP int64_t Run(Function* start, int64_t argument) {
    Array<Value*> stack = stack_;
    Function* function = start;
    Array<uint8_t> code = function->code;
    int next = 0;
    int base = 0;
    int top = 1;
    int frames = 0;
    int handler = -1;
    int64_t checksum = 0;
    double weight = 0;
    stack[0] = new Small(argument);
    while (true) {
      const uint8_t op = promote(code[next]);
      next++;
      weight += 0.5;
      try {
        switch (op) {
          case kPush:
            stack[top++] = new Small(static_cast<int8_t>(code[next++]));
            break;
          case kLoad:
            stack[top++] = stack[base + code[next++]];
            break;
          case kStore:
            stack[base + code[next++]] = stack[--top];
            break;
          case kAdd:
            top--;
            stack[top - 1] = new Small(stack[top - 1]->number() + stack[top]->number());
            checksum = checksum * 31 + stack[top - 1]->number();
            break;
          case kSubtract:
            top--;
            stack[top - 1] = new Small(stack[top - 1]->number() - stack[top]->number());
            break;
          case kMultiply:
            top--;
            stack[top - 1] = new Small(stack[top - 1]->number() * stack[top]->number());
            break;
          case kDivide:
            top--;
            stack[top - 1] = new Small(Divide(stack[top - 1]->number(), stack[top]->number()));
            break;
          case kJump:
            next = code[next];
            break;
          case kJumpIfLess:
            top -= 2;
            if (stack[top]->number() < stack[top + 1]->number()) {
              next = code[next];
            } else {
              next++;
            }
            break;
          case kCall: {
            Function* callee = functions_[code[next]];
            int count = code[next + 1];
            next += 2;
            frames_[frames++] = Frame{function, next, base};
            function = callee;
            code = callee->code;
            base = top - count;
            next = 0;
            break;
          }
          case kReturn: {
            Value* result = stack[--top];
            top = base;
            stack[top++] = result;
            frames--;
            function = frames_[frames].function;
            next = frames_[frames].next;
            base = frames_[frames].base;
            code = function->code;
            break;
          }
          case kTry:
            handler = code[next++];
            break;
          case kEndTry:
            handler = -1;
            break;
          case kNative:
            stack[top - 1] = Native(code[next++], stack[top - 1]);
            break;
          case kMake: {
            Array<int64_t> made(code[next]);
            made[code[next] - 1] = base;
            stack[top++] = new Small(made.length() + made[made.length() - 1]);
            next++;
            break;
          }
          default:
            instructions_ += weight * 2;
            return checksum * 1000 + stack[top - 1]->number();
        }
      } catch (Failed* failed) {
        if (handler < 0) throw;
        next = handler;
        handler = -1;
        stack[top - 1] = new Small(failed->message.length());
      }
    }
  }

 private:
  WEFT_NOINLINE static int64_t Divide(int64_t a, int64_t b) {
    if (b == 0) throw new Failed("division by zero");
    return a / b;
  }
  WEFT_NOINLINE static Value* Native(int which, Value* value) {
    if (which == 1) throw new Failed("native");
    return new Small(value->number() ^ which);
  }

  const Array<Function*> functions_;
  const Array<Value*> stack_ = Array<Value*>(4096);
  const Array<Frame> frames_ = Array<Frame>(512);
  double instructions_ = 0;
};

// A register machine over words of 32 bits, without calls.
WEFT_INTERPRETER_LOOP double RunWords(Array<int32_t> code, double start) {
  Array<double> registers(16);
  registers[0] = start;
  int64_t next = 0;
  int32_t at = 0;
  while (true) {
    const int32_t word = promote(code[at]);
    at++;
    next++;
    int a = word >> 8 & 15;
    int b = word >> 12 & 15;
    int c = word >> 16;
    switch (word & 7) {
      case 0:
        registers[a] = registers[b] + static_cast<double>(c);
        break;
      case 1:
        registers[a] = registers[b] * registers[c & 15];
        break;
      case 2:
        registers[a] = registers[b] - registers[c & 15];
        break;
      case 3:
        if (registers[a] < registers[b]) at += c;
        break;
      case 4:
        // A loop within an instruction, of a length that the code knows.
        for (int i = 0; i < c; i++) registers[a] += static_cast<double>(i);
        break;
      case 5:
        at = c;
        break;
      default:
        return registers[a] + static_cast<double>(next);
    }
  }
}

constexpr int32_t Word(int op, int a, int b, int c) { return op | a << 8 | b << 12 | c << 16; }

Array<uint8_t> Bytes(List<int> items) {
  Array<uint8_t> bytes(items.length());
  for (int i = 0; i < items.length(); i++) bytes[i] = static_cast<uint8_t>(items[i]);
  return bytes;
}

template <typename... T>
Function* Code(T... items) {
  List<int> list;
  (list.append(items), ...);
  return new Function(Bytes(list));
}

}  // namespace

int run(Array<Str>) {
  Array<Function*> functions(6);
  // fib(n)
  functions[0] =
      Code(kLoad, 0, kPush, 2, kJumpIfLess, 24, kLoad, 0, kPush, 2, kSubtract, kCall, 0, 1, kLoad,
           0, kPush, 1, kSubtract, kCall, 0, 1, kAdd, kReturn, kLoad, 0, kReturn);
  // depth(n): as many calls inside each other.
  functions[1] = Code(kLoad, 0, kPush, 1, kJumpIfLess, 16, kLoad, 0, kPush, 1, kSubtract, kCall, 1,
                      1, kReturn, 0, kPush, 7, kReturn);
  // A loop that sums what calls give.
  functions[2] =
      Code(kPush, 0, kPush, 0, kLoad, 2, kLoad, 1, kCall, 3, 1, kAdd, kStore, 2, kLoad, 1, kPush, 1,
           kAdd, kStore, 1, kLoad, 1, kLoad, 0, kJumpIfLess, 4, kLoad, 2, kStop);
  functions[3] = Code(kLoad, 0, kNative, 5, kMake, 3, kMultiply, kReturn);
  // A loop that divides by zero once in each round, and goes on behind it.
  functions[4] = Code(kPush, 0, kTry, 11, kLoad, 0, kPush, 0, kDivide, kEndTry, kStop, kLoad, 1,
                      kAdd, kStore, 1, kLoad, 0, kPush, 1, kSubtract, kStore, 0, kPush, 0, kLoad, 0,
                      kJumpIfLess, 2, kLoad, 1, kStop);
  functions[5] = Code(kLoad, 0, kNative, 1, kStop);
  Machine* machine = new Machine(functions);
  Function* calls_fib = Code(kLoad, 0, kCall, 0, 1, kStop);
  Function* calls_depth = Code(kLoad, 0, kCall, 1, 1, kStop);
  for (int n = 1; n < 16; n += 7) show("fib", machine->Run(calls_fib, n));
  for (int n = 3; n < 130; n += 60) show("depth", machine->Run(calls_depth, n));
  for (int n = 1; n < 400; n += 150) show("sum", machine->Run(functions[2], n));
  for (int n = 1; n < 300; n += 120) show("handled", machine->Run(functions[4], n));
  try {
    machine->Run(functions[5], 1);
  } catch (Failed* failed) {
    show("caught", failed->message);
  }
  // Long code, once straight and once in a loop.
  List<int> items;
  items.append(kPush);
  items.append(1);
  for (int i = 0; i < 60; i++) {
    items.append(kLoad);
    items.append(0);
    items.append(kAdd);
  }
  items.append(kStore);
  items.append(1);
  items.append(kLoad);
  items.append(0);
  items.append(kPush);
  items.append(1);
  items.append(kSubtract);
  items.append(kStore);
  items.append(0);
  items.append(kLoad);
  items.append(1);
  items.append(kPush);
  items.append(0);
  items.append(kLoad);
  items.append(0);
  items.append(kJumpIfLess);
  items.append(2);
  items.append(kStop);
  Function* is_long = new Function(Bytes(items));
  show("long", machine->Run(is_long, 1));
  show("long", machine->Run(is_long, 40));
  show("instructions", machine->instructions());

  Array<int32_t> words(9);
  words[0] = Word(0, 1, 2, 0);    // r1 = 0
  words[1] = Word(0, 3, 2, 200);  // r3 = 200
  words[2] = Word(0, 5, 2, 3);    // r5 = 3
  words[3] = Word(4, 0, 0, 9);    // r0 += 0 + ... + 8
  words[4] = Word(1, 4, 1, 5);    // r4 = r1 * r5
  words[5] = Word(2, 0, 0, 4);    // r0 -= r4
  words[6] = Word(0, 1, 1, 1);    // r1 += 1
  words[7] = Word(3, 1, 3, -5);   // back while r1 < r3
  words[8] = Word(6, 0, 0, 0);
  show("words", RunWords(words, 0.25));
  show("words", RunWords(words, -1e6));
  return 0;
}

WEFT_MAIN(run)

//| fib 1
//| fib -3650580862205065715
//| fib -3482130986687332054
//| depth 7
//| depth 7
//| depth 7
//| sum 1086035
//| sum 8752216254668819982
//| sum 7671301500604139005
//| handled 16016
//| handled 5236082980919372816
//| handled -2245191030671042160
//| caught native
//| long 8356817164749971760
//| long 7646474867664683968
//| instructions 37999
//| words -51495.75
//| words -1051496
