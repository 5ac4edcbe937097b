// Tiny: a language of eight instructions, written in restricted C++. docs/tutorial.md builds it up
// from an empty file.
//
// A program works on a tape of bytes, which are all 0 at first, and stands on one of them:
//
//   >  <   go to the next byte, to the one before
//   +  -   add one to the byte, take one away; 255 and 0 are neighbours
//   .  ,   write the byte, read one into it (at the end of the input it stays as it is)
//   [  ]   repeat what stands between as long as the byte at the `[` is not 0
//
// All other characters are comments.

#include "dsl/weft.h"

namespace tiny {
namespace {

using weft::Array;
using weft::Str;

enum class Op : uint8_t {
  // Go forward by `argument` bytes, or back if it is negative.
  kMove,
  // Add `argument` to the byte.
  kAdd,
  kWrite,
  kRead,
  // Go on at instruction `argument` if the byte is 0, if it is not.
  kJumpIfZero,
  kJumpIfNotZero,
  // The byte becomes 0.
  kClear,
  kEnd,
};

struct Instruction {
  Op op;
  int32_t argument;
};

class ProgramError final : public weft::Exception {
 public:
  using Exception::Exception;
};

class Compiler final : public weft::Object {
 public:
  Array<Instruction> Compile(Str source) {
    for (uint8_t character : source) {
      position_++;
      CompileCharacter(character);
    }
    if (!open_.is_empty()) throw new ProgramError("there is a [ without its ]");
    Emit(Op::kEnd, 0);
    return code_.to_array();
  }

 private:
  void CompileCharacter(uint8_t character) {
    switch (character) {
      case '>':
        EmitSum(Op::kMove, 1);
        break;
      case '<':
        EmitSum(Op::kMove, -1);
        break;
      case '+':
        EmitSum(Op::kAdd, 1);
        break;
      case '-':
        EmitSum(Op::kAdd, -1);
        break;
      case '.':
        Emit(Op::kWrite, 0);
        break;
      case ',':
        Emit(Op::kRead, 0);
        break;
      case '[':
        open_.append(code_.length());
        Emit(Op::kJumpIfZero, 0);
        break;
      case ']':
        CloseLoop();
        break;
    }
  }

  void Emit(Op op, int32_t argument) { code_.append(Instruction{op, argument}); }

  // A run of the same instruction becomes one.
  void EmitSum(Op op, int32_t argument) {
    if (code_.length() > start_ && code_.last().op == op) {
      code_.last().argument += argument;
    } else {
      Emit(op, argument);
    }
  }

  void CloseLoop() {
    if (open_.is_empty()) {
      throw new ProgramError("the ] at character " + weft::format_int(position_) +
                             " has no [ before it");
    }
    int64_t start = open_.pop();
    if (code_.length() == start + 2 && code_.last().op == Op::kAdd &&
        (code_.last().argument & 1) != 0) {
      // Adding an odd number again and again leads to 0 in the end.
      code_.resize(start);
      Emit(Op::kClear, 0);
    } else {
      Emit(Op::kJumpIfNotZero, static_cast<int32_t>(start + 1));
      code_[start].argument = static_cast<int32_t>(code_.length());
    }
    // A jump leads behind here, so that what follows cannot become part of what is there.
    start_ = code_.length();
  }

  weft::List<Instruction> code_;
  // Where the loops begin that have not ended yet.
  weft::List<int64_t> open_;
  int64_t position_ = 0;
  // The instructions in front of this one are finished.
  int64_t start_ = 0;
};

uint8_t ReadByte(uint8_t otherwise) {
  Array<uint8_t> buffer(1);
  return weft::os::read(0, buffer, 0, 1) == 1 ? buffer[0] : otherwise;
}

WEFT_INTERPRETER_LOOP void Run(Array<Instruction> code) {
  Array<uint8_t> tape(30000);
  int64_t at = 0;
  int64_t next = 0;
  while (true) {
    Instruction instruction = code[next];
    next++;
    switch (instruction.op) {
      case Op::kMove:
        at += instruction.argument;
        if (at < 0) throw new ProgramError("the program went to the left of its first byte");
        if (at >= tape.length()) tape = weft::resized(tape, at * 2);
        break;
      case Op::kAdd:
        tape[at] = static_cast<uint8_t>(tape[at] + instruction.argument);
        break;
      case Op::kWrite:
        weft::print(weft::str_from_byte(tape[at]));
        break;
      case Op::kRead:
        tape[at] = ReadByte(tape[at]);
        break;
      case Op::kJumpIfZero:
        if (tape[at] == 0) next = instruction.argument;
        break;
      case Op::kJumpIfNotZero:
        if (tape[at] != 0) next = instruction.argument;
        break;
      case Op::kClear:
        tape[at] = 0;
        break;
      case Op::kEnd:
        return;
    }
  }
}

int Main(Array<Str> arguments) {
  if (arguments.length() != 2) {
    weft::eprintln("usage: tiny PROGRAM");
    return 2;
  }
  try {
    Compiler* compiler = new Compiler();
    Run(compiler->Compile(weft::read_file(arguments[1])));
    return 0;
  } catch (weft::Exception* error) {
    weft::flush();
    weft::eprintln("tiny: " + error->message);
    return 1;
  }
}

}  // namespace
}  // namespace tiny

WEFT_MAIN(tiny::Main)
