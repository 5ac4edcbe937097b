#ifndef WEFT_LLINTERP_MACHINE_H_
#define WEFT_LLINTERP_MACHINE_H_

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "llinterp/code.h"
#include "llinterp/externals.h"
#include "llinterp/llinterp.h"
#include "llinterp/memory.h"

namespace weft::llinterp {

// The state of a running program. Frames stand on a stack of our own, so that no depth of calls in
// the program is a depth of calls here; only finalizers, which the collector runs, nest.
class Interpreter::Machine {
 public:
  Machine(const flowgraph::Program& program, Options options);
  ~Machine();

  Outcome Call(FunctionId function, std::span<const uint64_t> arguments);

  // Frees what the program cannot reach, clears weak references to it, and runs the finalizers that
  // are due (collect.cc). A finalizer that ends the program leaves its outcome in stopped_.
  void Collect();

  std::vector<TraceEntry> Traceback(size_t base) const;
  uint64_t steps() const { return steps_; }

  const flowgraph::Program& program;
  Options options;
  Memory memory;
  OutsideWorld world;
  std::vector<uint64_t> globals;

 private:
  struct Frame {
    CompiledFunction* function;
    uint64_t* slots;
    // The instruction being executed.
    uint32_t pc;
  };

  Outcome Run(size_t base);
  CompiledFunction& Compiled(FunctionId id);
  // What an object of exactly this container runs as the method.
  FunctionId Implementation(ContainerId container, MethodId method);
  // Puts a frame on the stack; false when there is no room.
  bool Push(FunctionId id);
  void MarkReferences(uint64_t object, std::vector<uint64_t>* stack);
  void RunFinalizers();
  void Drain(std::vector<uint64_t>* stack);
  void MarkRoots(std::vector<uint64_t>* stack);
  void MarkFrame(const Frame& frame, std::vector<uint64_t>* stack);
  void ComputeLiveness(CompiledFunction& function) const;

  uint64_t ErrorInstance(GlobalId id) const { return id.is_valid() ? globals[id.index] : 0; }

  Compiler compiler_;
  std::vector<std::unique_ptr<CompiledFunction>> functions_;
  absl::flat_hash_map<std::pair<ContainerId, MethodId>, FunctionId> implementations_;
  std::vector<External> externals_;
  // The items of constant tables, by global.
  std::vector<std::vector<uint64_t>> tables_;
  uint64_t* stack_;
  uint64_t* stack_end_;
  std::vector<Frame> frames_;
  uint64_t steps_ = 0;
  bool is_woven_;
  // Woven: the exception on its way up.
  uint64_t pending_ = 0;
  // The same while finalizers run.
  uint64_t saved_pending_ = 0;
  // Woven: the shadow stack.
  std::vector<uint64_t> roots_;
  size_t roots_top_ = 0;
  // While exceptions unwind: where they were raised.
  std::vector<TraceEntry> unwound_;
  // The collector's state.
  // Objects whose finalizers are due.
  std::vector<uint64_t> finalizing_;
  bool is_finalizing_ = false;
  // A finalizer ended the program.
  std::optional<Outcome> stopped_;
  int64_t collections_ = 0;
};

}  // namespace weft::llinterp

#endif  // WEFT_LLINTERP_MACHINE_H_
