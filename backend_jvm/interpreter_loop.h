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
//  - What each round began with, so that calls can say where they come from, and which references
//    the interpreter promotes: what is called may be evaluated together with its caller.
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

// The argument of the loop's head that rounds leave a promoted value in; none if they do not, or if
// it is no reference.
std::optional<size_t> HeadArgumentOf(const flowgraph::Program& program, const InterpreterLoop& loop,
                                     ValueId promoted, const backend_common::StackPlan& plan);
// The arguments of the loop's head that follow from another one, a reference, whenever a round
// begins: by way of the same fields, which never change.
std::vector<size_t> HeadArgumentsFrom(const flowgraph::Program& program,
                                      const InterpreterLoop& loop, size_t promoted,
                                      const backend_common::StackPlan& plan);

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
  // Where the code that a round began with is, and behind it the instruction.
  uint32_t caller_slot = 0;
  std::vector<LoopLocal> locals;
  // References that are promoted: the position of the code that leaves one on the stack, and the
  // local that holds it when the next round begins.
  struct Promoted {
    size_t position;
    uint32_t slot;
  };
  std::vector<Promoted> promoted;
  // The first of those locals, and the others that follow from it.
  std::vector<uint32_t> known;
};

// A field says what a loop's method does that is called: it begins, or it returns at once, for
// HotSpot to see it (see MethodWriter::BeginLoop).
inline constexpr std::string_view kPinClass = "weft/rt/Pin";
inline constexpr std::string_view kEntryField = "entry";
inline constexpr int32_t kEntryBegins = 0;
inline constexpr int32_t kEntryReturns = 1;

struct LoopLabels {
  uint32_t head;
  // Where the way into the loop leads; none if it has no such way.
  std::optional<uint32_t> begin;
  // Where calls and jumps go that are asked whether something is due; none if there are none.
  std::optional<uint32_t> call;
  std::optional<uint32_t> jump;
  // For the code of the entries itself.
  uint32_t enter;
  uint32_t done;
};

// Writes the way into the loop, and sees that HotSpot compiles it early if it will run for long.
void WriteLoopBegin(const LoopInfo& loop, const LoopLabels& labels,
                    const std::vector<VerifierType>& frame, Code& code);
// Writes the entries, where the locals are as they are at the head.
void WriteLoopEntries(const LoopInfo& loop, const LoopLabels& labels,
                      const std::vector<VerifierType>& frame, Code& code);
// The class of its frames.
ClassFile WriteLoopFrame(const LoopInfo& loop);

}  // namespace weft::backend_jvm

#endif  // WEFT_BACKEND_JVM_INTERPRETER_LOOP_H_
