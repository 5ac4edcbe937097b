#ifndef WEFT_LLINTERP_CODE_H_
#define WEFT_LLINTERP_CODE_H_

#include <cstdint>
#include <vector>

#include "flowgraph/program.h"
#include "llinterp/memory.h"

// The form in which the interpreter runs a graph: register code, made from a graph the first time
// that its function is called. A frame has a slot for each block argument and result; operands are
// slots, or constants, which have negative numbers.
namespace weft::llinterp {

// Rows of codes by group; the formatter would run the groups together.
// clang-format off
#define WEFT_LLINTERP_CODES(X) \
  /* Control. x, y: targets; pool: moves, arguments, cases. */ \
  X(Move) X(Jump) X(JumpBack) X(Branch) X(Switch) X(Return) X(ReturnOne) X(ReturnMany) X(Raise) \
  X(Unreachable) X(Call) X(CallPointer) X(CallMethod) X(CallExternal) \
  /* A comparison that only the branch behind it wants: a, b; targets x, y. */ \
  X(BranchEq) X(BranchNe) X(BranchLtS) X(BranchLeS) X(BranchGtS) X(BranchGeS) \
  /* Scalars: dst = a op b. Those that are not listed go through Scalar. */ \
  X(Add64) X(Sub64) X(Mul64) X(Add32) X(Sub32) X(And) X(Or) X(Xor) X(Eq) X(Ne) X(LtS) X(LeS) \
  X(GtS) X(GeS) X(LtU) X(AddF) X(SubF) X(MulF) X(DivF) X(EqF) X(LtF) X(LeF) X(GtF) X(GeF) \
  X(Select) X(ToI32) X(ToU8) X(ToU32) X(I64ToF) X(Scalar) \
  /* Checks. */ \
  X(CheckNonNull) X(CheckIndex) X(CheckNonZero) X(CheckInstance) X(Fatal) \
  /* Memory. x: offset or index in a table; small: Access. */ \
  X(Malloc) X(MallocItems) X(Get64) X(Get) X(Set64) X(Set) X(GetItem) X(SetItem) X(GetLength) \
  X(CopyItems) X(ItemsEqual) X(ItemsCompare) X(BytesHash) X(ItemOffset) X(LoadAt) X(StoreAt) \
  X(GlobalGet) X(GlobalSet) X(TableItem) \
  /* Types and dispatch. */ \
  X(TypeId) X(IsInstance) X(Box) X(Unbox) X(IsImmediate) X(FitsImmediate) X(Dispatch) X(WeakRefMake) X(WeakRefRead) X(IdentityHash) \
  X(GcCollect) X(GcStat) \
  /* Woven. */ \
  X(MallocTry) X(MallocItemsTry) X(StackUsedUp) X(ExceptionOccurred) X(ExceptionTake) \
  X(ExceptionSet) X(RootsEnter) X(RootsLeave) X(RootSet) X(RootGet)
// clang-format on

enum class Code : uint16_t {
#define X(name) k##name,
  WEFT_LLINTERP_CODES(X)
#undef X
};

struct Insn {
  Code code;
  uint16_t small = 0;
  int32_t dst = 0;
  int32_t a = 0;
  int32_t b = 0;
  uint32_t x = 0;
  uint32_t y = 0;
};

// Where an instruction comes from, for tracebacks, handlers and liveness.
struct Origin {
  SourceLoc loc;
  BlockId block;
  // The number of the operation in its block; for the exit, the number of operations.
  uint32_t op = 0;
  // Where to go when the instruction raises; the exception is put into exception_slot.
  int32_t handler = -1;
};

struct CompiledFunction {
  FunctionId id;
  // Part of another function (FunctionInfo::part_of).
  bool is_part = false;
  std::vector<Insn> insns;
  std::vector<Origin> origins;
  std::vector<uint64_t> constants;
  // Lists of operands, and of cases with their targets.
  std::vector<int32_t> pool;
  std::vector<int64_t> cases;
  uint32_t slot_count = 0;
  int32_t exception_slot = 0;
  // By value: its slot, or the first of them for a tuple; -1 for what has none.
  std::vector<int32_t> slots;
  // For each block, the reference values live at its start; made by the collector when it needs
  // them.
  std::vector<std::vector<ValueId>> live_in;
};

// What Get, Set, GetItem and SetItem refer to by x when they need more than an offset.
struct ItemAccess {
  uint32_t offset = 0;
  uint32_t item_size = 0;
  uint32_t length_offset = 0;
};

// Compiles graphs of one program.
class Compiler {
 public:
  Compiler(const flowgraph::Program& program, const Memory& memory)
      : program_(program), memory_(memory) {}

  CompiledFunction Compile(FunctionId id);

  // The bits of a constant in the interpreter.
  uint64_t Bits(const flowgraph::Constant& constant) const;

 private:
  friend class FunctionCompiler;
  const flowgraph::Program& program_;
  const Memory& memory_;
};

}  // namespace weft::llinterp

#endif  // WEFT_LLINTERP_CODE_H_
