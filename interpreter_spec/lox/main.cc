// The Lox interpreter: `lox PATH` runs a script, `lox` alone reads and runs one line after the
// other.

#include "interpreter_spec/lox/compiler.h"
#include "interpreter_spec/lox/machine.h"
#include "interpreter_spec/lox/natives.h"

namespace lox {
namespace {

constexpr int kUsageError = 64;
constexpr int kCompileError = 65;
constexpr int kRuntimeError = 70;
constexpr int kInputError = 74;

int RunFile(Str path) {
  Str source;
  try {
    source = weft::read_file(path);
  } catch (weft::OSError*) {
    weft::eprintln("Could not open file \"" + path + "\".");
    return kInputError;
  } catch (weft::MemoryError*) {
    weft::eprintln("Not enough memory to read \"" + path + "\".");
    return kInputError;
  }

  Globals* globals = new Globals();
  DefineNatives(globals);
  Function* script = Compile(source, globals);
  if (script == nullptr) return kCompileError;
  Machine* machine = new Machine(globals);
  return machine->Run(script) ? 0 : kRuntimeError;
}

int RunPrompt() {
  Globals* globals = new Globals();
  DefineNatives(globals);
  Machine* machine = new Machine(globals);
  weft::LineReader* input = new weft::LineReader(0);
  while (true) {
    weft::print("> ");
    Str line = input->read_line();
    if (line == nullptr) break;
    Function* script = Compile(line, globals);
    if (script != nullptr) machine->Run(script);
  }
  weft::println("");
  return 0;
}

int Main(Array<Str> arguments) {
  if (arguments.length() > 2) {
    weft::eprintln("Usage: lox [path]");
    return kUsageError;
  }
  try {
    return arguments.length() == 2 ? RunFile(arguments[1]) : RunPrompt();
  } catch (weft::MemoryError*) {
    // Nobody further down had enough left to say so.
    weft::flush();
    weft::eprint("Out of memory.\n");
    return kRuntimeError;
  }
}

}  // namespace
}  // namespace lox

WEFT_MAIN(lox::Main)
