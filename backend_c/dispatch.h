#ifndef WEFT_BACKEND_C_DISPATCH_H_
#define WEFT_BACKEND_C_DISPATCH_H_

#include <cstdint>
#include <string>
#include <vector>

#include "flowgraph/program.h"

// How an interpreter loop gets from one instruction to the next.
//
// Written as one `switch`, a loop has one indirect jump, and every instruction jumps to it first.
// Threaded (`goto`), each instruction ends with a copy of what stands before the switch and an
// indirect jump of its own, through a table of labels; processors that predict indirect jumps by
// their address then see one for each instruction. Cpu time of Lox on the book's programs
// (geometric mean, AMD EPYC): 0.95 of the switch with gcc 12, and 0.90 instead of 0.95 together
// with a profile; 1.05 with clang 19, which makes copies of its own where they pay.
//
// As `tail`, each instruction is a function of its own, a handler, which ends with a copy of what
// stands before the switch and a guaranteed tail call through a table of handlers. What the loop
// carries are their parameters, which stay in registers from one to the next, and a register
// allocator sees one instruction at a time. Blocks that several instructions share are written into
// each. It takes a compiler with `musttail`; `preserve_none`, where there is such a thing, has
// twice as many parameters in registers, and nothing to save. (The idea is that of Josh Haberman's
// protobuf parser, and of CPython 3.14.) Lox takes 0.89 of its time as a switch with clang 19, and
// 0.90 of what gcc 12 makes of it threaded.
namespace weft::backend_c {
enum class DispatchStyle { kSwitch, kGoto, kTail };

struct Dispatch {
  // The block that ends with the switch over instructions; invalid when the loop stays a switch.
  BlockId block;
  // Why it stays one; empty for what is not marked as an interpreter loop.
  std::string reason;
  // The table: for the value `first` + i, which of the exit's links is taken.
  int64_t first = 0;
  std::vector<uint32_t> links;
  // Values outside of the table have to be tested for; else they never occur.
  bool is_tested = false;
};

// Looks at a function for its dispatch. A function that is marked as an interpreter loop
// (FunctionHints::interpreter_loop) can be threaded when the block that ends with its largest
// switch
//  - is jumped to from several places, so that there is something to gain;
//  - has no more than kLongestCopied operations, which are copied to each of those places;
//  - has cases that lie close enough together for a table.
Dispatch FindDispatch(const flowgraph::Program& program, const flowgraph::FunctionInfo& function);

// How many times longer the function gets with its instructions as handlers, since what several of
// them share is written into each. Counting ends above kMostHandlerGrowth, beyond which labels are
// used instead. Lox's loop becomes 1.11 times as long.
double HandlerGrowth(const flowgraph::Graph& graph, const Dispatch& dispatch);

inline constexpr size_t kLongestCopied = 24;
inline constexpr size_t kLongestTable = 1024;
inline constexpr size_t kMostHandlerGrowth = 4;

}  // namespace weft::backend_c

#endif  // WEFT_BACKEND_C_DISPATCH_H_
