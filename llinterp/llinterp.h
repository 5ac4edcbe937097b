#ifndef WEFT_LLINTERP_LLINTERP_H_
#define WEFT_LLINTERP_LLINTERP_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "flowgraph/program.h"

// Runs low-level graphs: the reference for every backend, and what runs the globals' initialisers
// when a program is translated (freeze.h). See docs/llinterp.md.
namespace weft::llinterp {

struct Options {
  // Whether externals that touch the outside world (files, clocks, the environment) are performed.
  // If not, the first one ends the run.
  bool outside_world = false;
  // The most calls and backward jumps; 0 for no limit.
  uint64_t step_limit = 0;
  // The most bytes of objects; then MemoryError.
  uint64_t memory_limit = uint64_t{4} << 30;
  // The most bytes of frames; then StackOverflowError.
  uint64_t stack_limit = uint64_t{64} << 20;
  // Collects at every allocation.
  bool gc_stress = false;
  // Gets what is written to file descriptors 1 and 2, in place of the process's own.
  std::function<void(int, std::string_view)> write;
};

// One call on the stack: where it stands in its function.
struct TraceEntry {
  FunctionId function;
  SourceLoc loc;
};

// How a call ended.
struct Outcome {
  enum class Kind : uint8_t {
    // `values` are the result's scalars.
    kReturned,
    // `exception` left the function that was called; `traceback` says where it was raised and how
    // it came out.
    kException,
    // A check failed, or the program called fatal: `message` is the text without the place.
    kFatal,
    // The program called exit with `exit_code`.
    kExited,
    // It would have called the external `message`, which touches the outside world or is unknown.
    kOutsideWorld,
    // It did not end within the step limit.
    kStepLimit,
  };
  Kind kind = Kind::kReturned;
  std::vector<uint64_t> values;
  uint64_t exception = 0;
  int32_t exit_code = 0;
  std::string message;
  // Innermost call first.
  std::vector<TraceEntry> traceback;
};

// A scalar in the interpreter is 64 bits: an integer extended by its type, a float as the bits of
// an f64, a pointer as the address of the object's header, a function as its id plus one.
class Interpreter {
 public:
  // The program has stage rtyped or woven, and outlives the interpreter unchanged.
  Interpreter(const flowgraph::Program& program, Options options);
  ~Interpreter();
  Interpreter(const Interpreter&) = delete;
  Interpreter& operator=(const Interpreter&) = delete;

  Outcome Call(FunctionId function, std::span<const uint64_t> arguments);

  // What it took so far.
  uint64_t steps() const;
  uint64_t allocated_bytes() const;

  uint64_t global(GlobalId id) const;
  void set_global(GlobalId id, uint64_t value);

  // --- Objects.
  // The address of a frozen object of the program.
  uint64_t frozen(FrozenId id) const;
  ContainerId ContainerOf(uint64_t object) const;
  // The number of items of an object whose container has items.
  int64_t LengthOf(uint64_t object) const;
  // The hash that the object was given by identity_hash, 0 when it was not asked for one.
  uint32_t IdentityHashOf(uint64_t object) const;
  uint64_t NewString(ContainerId container, std::string_view text);
  uint64_t NewItems(ContainerId container, int64_t length);
  std::string_view BytesOf(uint64_t string) const;

  // "lox::Error: text", as every executor prints it.
  std::string DescribeException(uint64_t exception) const;
  // The lines of a traceback, outermost call first, each with a newline.
  std::string FormatTraceback(const std::vector<TraceEntry>& traceback) const;

 private:
  class Machine;
  std::unique_ptr<Machine> machine_;
};

// Runs the program's entry as the process that it would be: performs its outside world, prints
// what ends it, and gives the exit code. `arguments` starts with the program's name.
int RunProgram(const flowgraph::Program& program, const std::vector<std::string>& arguments,
               Options options);

}  // namespace weft::llinterp

#endif  // WEFT_LLINTERP_LLINTERP_H_
