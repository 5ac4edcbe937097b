// The same interpreter loop for several objects, one after the other and within each other: each
// has its own arrays, which stay the same while it runs, and fields that do not.

#include "tests/battery/show.h"

using namespace weft;

namespace {

enum Op : uint64_t { kPush, kAdd, kLoad, kStore, kLoopIfLess, kAsk, kGrow, kFail, kReturn };

constexpr uint64_t Encode(Op op, uint64_t operand) { return op | operand << 8; }

class Failed : public Exception {
 public:
  using Exception::Exception;
};

class Machine : public Object {
 public:
  Machine(Array<uint64_t> code, int64_t scale, Machine* other)
      : code_(code), stack_(16), names_(2), scale_(scale), other_(other), registers_(4) {
    names_[0] = "machine ";
    names_[1] = format_int(scale);
  }

  Str name() const { return names_[0] + names_[1]; }
  void set_other(Machine* other) { other_ = other; }
  int64_t Register(int64_t at) const { return registers_[at]; }

  // The value that the code returns.
  WEFT_INTERPRETER_LOOP int64_t Run(int64_t argument, int depth) {
    const Array<uint64_t> code = code_;
    const Array<int64_t> stack = stack_;
    uint32_t next = 0;
    uint32_t top = 0;
    registers_[0] = argument;
    while (true) {
      const uint64_t word = promote(code[next]);
      next++;
      const uint64_t operand = word >> 8;
      switch (static_cast<Op>(word & 255)) {
        case kPush:
          stack[top++] = static_cast<int64_t>(operand) * scale_;
          break;
        case kAdd:
          top--;
          stack[top - 1] += stack[top];
          break;
        case kLoad:
          stack[top++] = registers_[static_cast<int64_t>(operand)];
          break;
        case kStore:
          registers_[static_cast<int64_t>(operand)] = stack[--top];
          break;
        case kLoopIfLess:
          top -= 2;
          if (stack[top] < stack[top + 1]) next -= static_cast<uint32_t>(operand);
          break;
        case kAsk:
          // The other one's loop within this one's; the same one's, if there is none.
          if (depth > 0) {
            Machine* asked = other_ == nullptr ? this : other_;
            int64_t kept = registers_[0];
            int64_t answer = asked->Run(stack[top - 1], depth - 1);
            registers_[0] = kept;
            stack[top - 1] = answer;
          }
          break;
        case kGrow:
          registers_ = resized(registers_, registers_.length() + 1);
          break;
        case kFail:
          throw new Failed(name() + " failed at " + format_int(next));
        case kReturn:
          return stack[top - 1];
      }
    }
  }

 private:
  const Array<uint64_t> code_;
  const Array<int64_t> stack_;
  const Array<Str> names_;
  const int64_t scale_;
  Machine* other_;
  Array<int64_t> registers_;
};

class Code {
 public:
  Code& Add(Op op, int64_t operand = 0) {
    words_.append(Encode(op, static_cast<uint64_t>(operand)));
    return *this;
  }
  Array<uint64_t> Words() const {
    Array<uint64_t> words(words_.length());
    for (int i = 0; i < words_.length(); i++) words[i] = words_[i];
    return words;
  }

 private:
  const List<uint64_t> words_;
};

// Adds the argument to a sum, as often as `rounds` says, and asks with the sum.
Array<uint64_t> Summing(int64_t rounds) {
  Code code;
  code.Add(kPush, 0).Add(kStore, 1).Add(kPush, 0).Add(kStore, 2);
  // The loop.
  code.Add(kLoad, 1).Add(kLoad, 0).Add(kAdd).Add(kStore, 1);
  code.Add(kLoad, 2).Add(kPush, 1).Add(kAdd).Add(kStore, 2).Add(kGrow);
  code.Add(kLoad, 2).Add(kPush, rounds).Add(kLoopIfLess, 12);
  code.Add(kLoad, 1).Add(kAsk).Add(kReturn);
  return code.Words();
}

// Fails after some instructions.
Machine* Failing(int pushes, Machine* other) {
  Code code;
  for (int i = 0; i < pushes; i++) code.Add(kPush, i);
  return new Machine(code.Add(kFail).Words(), 10 + pushes, other);
}

}  // namespace

int run(Array<Str>) {
  Machine* first = new Machine(Summing(50), 1, nullptr);
  show("first", first->Run(3, 0));
  show("first again", first->Run(4, 2));
  Machine* second = new Machine(Summing(30), 2, first);
  show("second", second->Run(3, 0));
  show("first within second", second->Run(3, 1));
  first->set_other(second);
  show("in turns", first->Run(1, 5));
  show("register of first", first->Register(0));
  show("register of second", second->Register(0));
  for (int64_t i = 0; i < 40; i++) {
    Machine* made = new Machine(Summing(i + 1), i, i % 2 == 0 ? first : second);
    show(made->name(), made->Run(i, static_cast<int>(i % 4)));
  }
  for (int i = 0; i < 3; i++) {
    try {
      Failing(i, first)->Run(0, 0);
    } catch (Failed* error) {
      show("failed", error->message);
    }
  }
  return 0;
}

//| first 150
//| first again 500000
//| second 90
//| first within second 4500
//| in turns 3375000000
//| register of first 1
//| register of second 50
//| machine 0 0
//| machine 1 60
//| machine 2 9000
//| machine 3 540000
//| machine 4 20
//| machine 5 900
//| machine 6 63000
//| machine 7 2520000
//| machine 8 72
//| machine 9 2700
//| machine 10 165000
//| machine 11 5940000
//| machine 12 156
//| machine 13 5460
//| machine 14 315000
//| machine 15 10800000
//| machine 16 272
//| machine 17 9180
//| machine 18 513000
//| machine 19 17100000
//| machine 20 420
//| machine 21 13860
//| machine 22 759000
//| machine 23 24840000
//| machine 24 600
//| machine 25 19500
//| machine 26 1053000
//| machine 27 34020000
//| machine 28 812
//| machine 29 26100
//| machine 30 1395000
//| machine 31 44640000
//| machine 32 1056
//| machine 33 33660
//| machine 34 1785000
//| machine 35 56700000
//| machine 36 1332
//| machine 37 42180
//| machine 38 2223000
//| machine 39 70200000
//| failed machine 10 failed at 1
//| failed machine 11 failed at 2
//| failed machine 12 failed at 3
