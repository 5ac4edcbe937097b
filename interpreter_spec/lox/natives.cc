#include "interpreter_spec/lox/natives.h"

#include "interpreter_spec/lox/function.h"

namespace lox {
namespace {

// The processor time that the program has used, in seconds. Arguments are ignored, as the book's
// interpreter does.
Value* Clock(Array<Value*>, uint32_t, uint32_t) { return new Number(weft::os::cpu_seconds()); }

void Define(Globals* globals, Str name, NativeCode code) {
  int number = globals->NumberOf(Intern(name));
  globals->values()[number] = new Native(code);
}

}  // namespace

void DefineNatives(Globals* globals) { Define(globals, "clock", Clock); }

}  // namespace lox
