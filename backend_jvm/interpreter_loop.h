#ifndef WEFT_BACKEND_JVM_INTERPRETER_LOOP_H_
#define WEFT_BACKEND_JVM_INTERPRETER_LOOP_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "backend_common/stack_plan.h"
#include "backend_jvm/class_file.h"
#include "backend_jvm/code.h"
#include "flowgraph/program.h"

// Interpreter loops that the run time can specialise: it makes code of the JVM for the code that an
// interpreter runs, out of the bytecode of the loop itself (runtime/weft/rt/Specialiser.java has
// the idea and the whole of the work). Here is what the loop has to bring along:
//
//  - Where a round begins, its *head*, and which locals hold the code and the next instruction.
//  - Ways in: calls and jumps backward look whether something is due. If so, the run time gets the
//    locals in an object, the loop's *frame*, and may run code of its own with it; where that comes
//    to an end, the loop goes on.
namespace weft::backend_jvm {

// A loop around a switch that is governed by `promote(code[next])`.
struct InterpreterLoop {
  BlockId head;
  // The array of instructions, and the index of the next one, an int, when a round begins.
  ValueId code;
  ValueId next;
};

// The loop of a function with WEFT_INTERPRETER_LOOP; none if it has no such form.
std::optional<InterpreterLoop> FindInterpreterLoop(const flowgraph::Program& program,
                                                   const flowgraph::FunctionInfo& function,
                                                   const backend_common::StackPlan& plan);

// How a round comes to the next one.
enum class Way : uint8_t {
  // To a fixed instruction, as a call does.
  kCall,
  // To one of the same code that may stand before this one.
  kJump,
  // Forward, or back from a call.
  kOther,
};
Way WayOf(const flowgraph::Program& program, const InterpreterLoop& loop,
          const flowgraph::Link& link, const backend_common::StackPlan& plan);

// A local of the loop's method that lives when a round begins.
struct LoopLocal {
  uint32_t slot;
  std::string descriptor;
  // Whether rounds may leave something else in it.
  bool is_variable;
};

// What the run time is told of a loop.
struct LoopInfo {
  // The class of the loop's frames.
  std::string frame;
  // Class, name and descriptor of the method.
  std::string owner;
  std::string method;
  std::string descriptor;
  // Positions in its code: where a round begins, and where the entries begin.
  size_t head = 0;
  size_t entry = 0;
  uint32_t code_slot = 0;
  uint32_t next_slot = 0;
  std::vector<LoopLocal> locals;
};

struct LoopLabels {
  uint32_t head;
  // Where calls and jumps go that are asked whether something is due; none if there are none.
  std::optional<uint32_t> call;
  std::optional<uint32_t> jump;
  // For the code of the entries itself.
  uint32_t enter;
  uint32_t done;
};

// Writes the entries, where the locals are as they are at the head.
void WriteLoopEntries(const LoopInfo& loop, const LoopLabels& labels,
                      const std::vector<VerifierType>& frame, Code& code);
// The class of its frames.
ClassFile WriteLoopFrame(const LoopInfo& loop);

}  // namespace weft::backend_jvm

#endif  // WEFT_BACKEND_JVM_INTERPRETER_LOOP_H_
