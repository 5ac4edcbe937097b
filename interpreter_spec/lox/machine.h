#ifndef WEFT_INTERPRETER_SPEC_LOX_MACHINE_H_
#define WEFT_INTERPRETER_SPEC_LOX_MACHINE_H_

#include "interpreter_spec/lox/class.h"
#include "interpreter_spec/lox/function.h"
#include "interpreter_spec/lox/globals.h"

namespace lox {

// What a program does wrong while it runs. The message is for the user.
class RuntimeError final : public weft::Exception {
 public:
  using Exception::Exception;
};

// One call that has not returned.
struct Frame {
  Closure* closure;
  // While another call runs on top of it: the next instruction.
  uint32_t next;
  // The stack slot of the frame's slot 0.
  uint32_t base;
};

// Runs compiled programs. Global variables stay from one to the next.
//
// All calls share one stack. A call takes a range of it, its frame: the callee or the object in
// slot 0, then the arguments, then local variables and what expressions need. The caller has put
// the first part there, so that nothing is copied.
class Machine final : public weft::Object {
 public:
  // As in the book: the 65th nested call fails.
  static constexpr int kMaxFrames = 64;
  static constexpr int kStackSize = kMaxFrames * 256;

  explicit Machine(Globals* globals);

  // Runs a script. Prints a runtime error and the calls that led to it on standard error; returns
  // false after one.
  bool Run(Function* script);

 private:
  // Runs the topmost frame until the script returns.
  void Loop();

  // --- The rare or long part of instructions. A failing one throws RuntimeError. ---

  // Prepares to call what stands below the arguments, which begin at `first`. Returns the closure
  // to run; null if the call is done and its result stands below the arguments.
  WEFT_NOINLINE Closure* PrepareCall(uint32_t first, uint32_t count);
  WEFT_NOINLINE Closure* PrepareInvoke(PropertySite& site, uint32_t first, uint32_t count);
  WEFT_NOINLINE Closure* PrepareInvokeSuper(PropertySite& site, Class* superclass);
  // Throws if the closure cannot be called like that.
  void CheckCall(Closure* closure, uint32_t count, uint32_t base);

  WEFT_INLINE Value* GetProperty(PropertySite& site, Value* receiver);
  WEFT_INLINE void SetProperty(PropertySite& site, Value* receiver, Value* value);
  // The same for an object of which the site does not know.
  WEFT_NOINLINE Value* FindProperty(PropertySite& site, Value* receiver);
  WEFT_NOINLINE void FindAndSetProperty(PropertySite& site, Value* receiver, Value* value);
  WEFT_NOINLINE Closure* MakeClosure(Function* function, Closure* enclosing, uint32_t base);
  Upvalue* CaptureSlot(uint32_t slot);
  // Closes the open upvalues of all slots from `slot` on.
  WEFT_NOINLINE void CloseUpvalues(uint32_t slot);
  void ReportError(Str message);
  void ReportMemoryError();

  Globals* const globals_;
  const Array<Value*> stack_;
  const Array<Frame> frames_;
  int frame_count_;
  Upvalue* open_upvalues_;
};

}  // namespace lox

#endif  // WEFT_INTERPRETER_SPEC_LOX_MACHINE_H_
