// Interpreter loops that promote what they call and return to, and the fields that follow from it:
// a backend may make code for callers together with what they call. Here calls lead elsewhere after
// a while, functions share their code, returns skip instructions or frames, and exceptions lead out
// of calls.

#include "tests/battery/show.h"

using namespace weft;

namespace {

enum Op : uint8_t {
  kConstant,  // which: pushes one of the function's constants
  kLoad,      // a local
  kStore,     // a local
  kAdd,
  kJumpIfLess,  // where to, if the second value is less than the first
  kCall,        // which global, how many arguments
  kReturn,
  kTail,    // as kCall, in place of this call
  kSkip,    // how many instructions of the caller the return leaves out
  kSwap,    // two globals
  kDivide,  // throws when dividing by zero
  kTry,     // where errors go that are thrown from here on, in calls as well
  kStop,
};

class DivisionError : public Exception {
 public:
  using Exception::Exception;
};

// Never changes. Functions may share their code, and differ in constants.
class Function : public Object {
 public:
  Function(Array<uint32_t> code, Array<int64_t> constants, int locals)
      : code(code), constants(constants), locals(locals) {}
  const Array<uint32_t> code;
  const Array<int64_t> constants;
  const int locals;
};

struct Frame {
  Function* function;
  int next;
  int base;
};

template <typename T, typename... Items>
Array<T> ArrayOf(Items... items) {
  List<T> list;
  (list.append(items), ...);
  return list.to_array();
}

uint32_t Word(Op op, int a = 0, int b = 0) {
  return static_cast<uint32_t>(op) | static_cast<uint32_t>(a) << 8 | static_cast<uint32_t>(b) << 20;
}

class Machine : public Object {
 public:
  explicit Machine(Array<Function*> globals) : globals_(globals) {}

  WEFT_INTERPRETER_LOOP int64_t Run(Function* start) {
    const Array<int64_t> stack = stack_;
    const Array<Frame> frames = frames_;
    frames[0] = Frame{start, 0, 0};
    depth_ = 1;
    Function* function = start;
    Array<uint32_t> code = function->code;
    Array<int64_t> constants = function->constants;
    int next = 0;
    int base = 0;
    int top = function->locals;
    while (true) {
      const uint32_t word = promote(code[next]);
      next++;
      const int a = static_cast<int>(word >> 8 & 0xfff);
      const int b = static_cast<int>(word >> 20);
      Function* callee = nullptr;
      try {
        switch (word & 0xff) {
          case kConstant:
            stack[top++] = constants[a];
            continue;
          case kLoad:
            stack[top++] = stack[base + a];
            continue;
          case kStore:
            stack[base + a] = stack[--top];
            continue;
          case kAdd:
            top--;
            stack[top - 1] += stack[top];
            continue;
          case kJumpIfLess:
            top -= 2;
            if (stack[top] < stack[top + 1]) next = a;
            continue;
          case kCall:
            callee = globals_[a];
            break;
          case kTail:
            depth_--;
            next = frames[depth_ - 1].next;
            for (int i = 0; i < b; i++) stack[base + i] = stack[top - b + i];
            top = base + b;
            callee = globals_[a];
            break;
          case kReturn: {
            const int64_t result = stack[--top];
            top = base;
            stack[top++] = result;
            depth_--;
            function = promote(frames[depth_ - 1].function);
            next = frames[depth_ - 1].next;
            base = frames[depth_ - 1].base;
            code = function->code;
            constants = function->constants;
            continue;
          }
          case kSkip:
            frames[depth_ - 2].next += a;
            continue;
          case kSwap: {
            Function* other = globals_[a];
            globals_[a] = globals_[b];
            globals_[b] = other;
            continue;
          }
          case kDivide:
            top--;
            stack[top - 1] = Divide(stack[top - 1], stack[top]);
            continue;
          case kTry:
            handler_ = a;
            handler_depth_ = depth_;
            handler_top_ = top;
            continue;
          default:
            return stack[top - 1];
        }
        callee = promote(callee);
        frames[depth_ - 1].next = next;
        base = top - b;
        frames[depth_] = Frame{callee, 0, base};
        depth_++;
        top = base + callee->locals;
        function = callee;
        next = 0;
        code = function->code;
        constants = function->constants;
      } catch (DivisionError*) {
        errors_++;
        depth_ = handler_depth_;
        function = frames[depth_ - 1].function;
        base = frames[depth_ - 1].base;
        top = handler_top_;
        next = handler_;
        code = function->code;
        constants = function->constants;
      }
    }
  }

  int errors() const { return errors_; }

 private:
  WEFT_NOINLINE static int64_t Divide(int64_t a, int64_t b) {
    if (b == 0) throw new DivisionError("division by zero");
    return a / b;
  }

  const Array<Function*> globals_;
  const Array<int64_t> stack_ = Array<int64_t>(1024);
  const Array<Frame> frames_ = Array<Frame>(64);
  int depth_ = 0;
  int handler_ = 0;
  int handler_depth_ = 0;
  int handler_top_ = 0;
  int errors_ = 0;
};

// Calls global 0 with the number of the round, 400 times, and adds up what comes back; `each`
// stands in front of each call.
Function* Script(Array<uint32_t> each) {
  List<uint32_t> code;
  code.append(Word(kConstant, 0));
  code.append(Word(kStore, 0));
  code.append(Word(kConstant, 0));
  code.append(Word(kStore, 1));
  const int loop = static_cast<int>(code.length());
  for (uint32_t word : each) code.append(word);
  code.append(Word(kLoad, 0));
  code.append(Word(kCall, 0, 1));
  code.append(Word(kLoad, 1));
  code.append(Word(kAdd));
  code.append(Word(kStore, 1));
  code.append(Word(kLoad, 0));
  code.append(Word(kConstant, 1));
  code.append(Word(kAdd));
  code.append(Word(kStore, 0));
  code.append(Word(kLoad, 0));
  code.append(Word(kConstant, 2));
  code.append(Word(kJumpIfLess, loop));
  code.append(Word(kLoad, 1));
  code.append(Word(kStop));
  return new Function(code.to_array(), ArrayOf<int64_t>(0, 1, 400), 2);
}

// Adds a constant to its argument.
Function* Adder(Array<uint32_t> code, int64_t constant) {
  return new Function(code, ArrayOf<int64_t>(constant), 1);
}

}  // namespace

int run(Array<Str>) {
  const Array<uint32_t> add =
      ArrayOf<uint32_t>(Word(kLoad, 0), Word(kConstant, 0), Word(kAdd), Word(kReturn));
  const Array<uint32_t> none(0);

  show("one callee", (new Machine(ArrayOf<Function*>(Adder(add, 7))))->Run(Script(none)));

  // The same code with other constants, by turns and after a while.
  show("by turns", (new Machine(ArrayOf<Function*>(Adder(add, 7), Adder(add, 1000))))
                       ->Run(Script(ArrayOf<uint32_t>(Word(kSwap, 0, 1)))));
  Function* changing = Script(none);
  List<uint32_t> code;
  // From round 200 on, every round swaps.
  for (int i = 0; i < 4; i++) code.append(changing->code[i]);
  code.append(Word(kLoad, 0));
  code.append(Word(kConstant, 3));
  code.append(Word(kJumpIfLess, 8));
  code.append(Word(kSwap, 0, 1));
  for (int i = 4; i < changing->code.length(); i++) {
    const uint32_t word = changing->code[i];
    code.append((word & 0xff) == kJumpIfLess ? Word(kJumpIfLess, 4) : word);
  }
  changing = new Function(code.to_array(), ArrayOf<int64_t>(0, 1, 400, 200), 2);
  show("after a while",
       (new Machine(ArrayOf<Function*>(Adder(add, 7), Adder(add, 1000))))->Run(changing));

  // Calls within calls, one in place of another, and one that calls itself.
  const Array<uint32_t> call_twice =
      ArrayOf<uint32_t>(Word(kLoad, 0), Word(kCall, 1, 1), Word(kCall, 1, 1), Word(kReturn));
  show("nested",
       (new Machine(ArrayOf<Function*>(Adder(call_twice, 0), Adder(add, 3))))->Run(Script(none)));
  const Array<uint32_t> tail =
      ArrayOf<uint32_t>(Word(kLoad, 0), Word(kConstant, 0), Word(kAdd), Word(kTail, 1, 1));
  show("in place",
       (new Machine(ArrayOf<Function*>(Adder(tail, 20), Adder(add, 3))))->Run(Script(none)));
  const Array<uint32_t> down = ArrayOf<uint32_t>(
      Word(kLoad, 0), Word(kConstant, 1), Word(kJumpIfLess, 7), Word(kLoad, 0), Word(kConstant, 0),
      Word(kAdd), Word(kCall, 0, 1), Word(kConstant, 2), Word(kReturn));
  Function* recursive = new Function(down, ArrayOf<int64_t>(-25, 25, 4), 1);
  show("recursive", (new Machine(ArrayOf<Function*>(recursive)))->Run(Script(none)));

  // Returns to another instruction than the one behind the call: what was called is not added.
  const Array<uint32_t> skip =
      ArrayOf<uint32_t>(Word(kLoad, 0), Word(kConstant, 0), Word(kJumpIfLess, 4), Word(kSkip, 2),
                        Word(kLoad, 0), Word(kReturn));
  show("skipping", (new Machine(ArrayOf<Function*>(Adder(skip, 300))))->Run(Script(none)));

  // Errors in what is called, in one round and in all of them.
  const Array<uint32_t> divide =
      ArrayOf<uint32_t>(Word(kConstant, 0), Word(kLoad, 0), Word(kConstant, 1), Word(kAdd),
                        Word(kDivide), Word(kReturn));
  Function* dividing = new Function(divide, ArrayOf<int64_t>(1000, -100), 1);
  const Array<uint32_t> careful = ArrayOf<uint32_t>(
      Word(kTry, 3), Word(kLoad, 0), Word(kCall, 1, 1), Word(kConstant, 0), Word(kReturn));
  Function* always =
      new Function(ArrayOf<uint32_t>(Word(kConstant, 0), Word(kCall, 2, 1), Word(kReturn)),
                   ArrayOf<int64_t>(100), 1);
  for (Function* called : ArrayOf<Function*>(dividing, always)) {
    Machine* machine = new Machine(ArrayOf<Function*>(Adder(careful, 5), called, dividing));
    show("failing", machine->Run(Script(none)));
    show("errors", machine->errors());
  }
  return 0;
}

WEFT_MAIN(run)

//| one callee 82600
//| by turns 281200
//| after a while 181900
//| nested 82200
//| in place 89000
//| recursive 1600
//| skipping 399
//| failing 2000
//| errors 1
//| failing 2000
//| errors 400
