#ifndef WEFT_BACKEND_COMMON_STACK_CODE_H_
#define WEFT_BACKEND_COMMON_STACK_CODE_H_

#include <cstdint>
#include <vector>

#include "backend_common/stack_plan.h"
#include "flowgraph/program.h"

// The part that stack machines share: a flow graph becomes a sequence of loads, operations, stores
// and jumps, in the order in which they stand in the method. WriteStackCode walks the blocks and
// drives a StackEmitter, which alone knows how each of them is spelled.
//
//   StackPlan plan = MakeStackPlan(program, function, kind_of);
//   WriteStackCode(program, function, plan, emitter);
//
// Rules that an emitter can rely on:
//  - A statement begins with an empty operand stack, but for the one value of form kStack that the
//    statement before left for it. The operation of a try range begins with an empty one always.
//  - Operands are pushed from left to right. Operations that fold (select, comparisons used as
//    values) may have labels in the middle of an expression: PlaceInner, with whatever the
//    expression has on the stack below.
//  - A try range holds one operation and its operands, no stores to locals; EndTry stores the
//  result.
//  - Blocks are labelled by Place, which gives the locals that hold something there.
namespace weft::backend_common {

using Label = uint32_t;

// A local that holds a value of this type.
struct LiveLocal {
  uint32_t local;
  TypeId type;
};

class StackWriter;

class StackEmitter {
 public:
  virtual ~StackEmitter() = default;

  // ---- Values. A bool, and an integer of up to 32 bits, is an int on the stack of the host.
  virtual void Load(uint32_t local, TypeId type) = 0;
  virtual void Store(uint32_t local, TypeId type) = 0;
  virtual void Pop(TypeId type) = 0;
  virtual void Constant(TypeId type, const flowgraph::Constant& constant) = 0;
  // The reference on the stack at another type.
  virtual void Cast(TypeId from, TypeId to) = 0;

  // ---- Operations.
  // A chance to push an operand in a way of its own (a constant index, an operand that the
  // instruction has built in): true when it did. `writer` pushes others.
  virtual bool PushOperand(StackWriter& writer, const flowgraph::Operation& op, size_t operand) {
    return false;
  }
  // Called when an operand is on the stack.
  virtual void AfterOperand(const flowgraph::Operation& op, size_t operand) {}
  // The operation, its operands being on the stack. Its result is left there. Never select, a
  // comparison, expect or promote. tuple_make stands in front of a return and leaves what the
  // return takes.
  virtual void Operate(const flowgraph::Operation& op) = 0;
  // The operand of a promote, which is its result, is on the stack.
  virtual void Promoted(const flowgraph::Operation& op) {}
  // A call has just left a tuple; is its first element wanted?
  virtual void TupleArrived(TypeId tuple, bool first_is_wanted) = 0;
  // Pushes an element of that tuple. The elements wanted are asked for in order, and the first one
  // is on the stack already where the host returns it by itself.
  virtual void TupleElement(TypeId tuple, size_t element) = 0;

  // ---- Control.
  virtual void Place(Label label, const std::vector<LiveLocal>& live) = 0;
  // A label within a statement, or of a link's copies: reached by jumps written before, with what
  // was on the stack and in locals then.
  virtual void PlaceInner(Label label) = 0;
  virtual void Jump(Label label) = 0;
  // Jumps when the bool on the stack is `when`.
  virtual void BranchIf(bool when, Label label) = 0;
  // Jumps when the comparison of the operands on the stack gives `when`.
  virtual void BranchIfCompare(const flowgraph::Operation& op, bool when, Label label) = 0;
  // The value on top of the stack is of this type, whichever way led here.
  virtual void MeetAs(TypeId type) {}
  // The value on the stack; targets[i] for cases[i], the last one else.
  virtual void Switch(TypeId type, const std::vector<int64_t>& cases,
                      const std::vector<Label>& targets) = 0;
  // Returns what is on the stack; a void type has nothing there.
  virtual void Return(TypeId type) = 0;
  // Raises the exception object on the stack.
  virtual void Raise(TypeId type) = 0;
  // Control never comes here, but the method must not end open.
  virtual void Unreachable() = 0;

  // ---- Exceptions.
  virtual void BeginTry(Label handler) = 0;
  // The operation is done; `has_result`: its result is on the stack, and with `store` goes to the
  // local, or is dropped.
  virtual void EndTry(Label handler, bool has_result, bool store, uint32_t local, TypeId type) = 0;
  // The handler starts here with the host's exception; leaves what it stands for on the stack as an
  // object of this type.
  virtual void PlaceHandler(Label handler, const std::vector<LiveLocal>& live, TypeId type) = 0;

  // The label that a jump along the link goes to. Whatever stands there finds the locals as the
  // target does.
  virtual Label TargetOf(const flowgraph::Link& link) { return link.target.index; }

  // ---- Places in the source.
  virtual void Line(SourceLoc loc) {}
};

class StackWriter {
 public:
  StackWriter(const flowgraph::Program& program, const flowgraph::FunctionInfo& function,
              const StackPlan& plan, StackEmitter& emitter);

  void Write();

  // For emitters, within PushOperand:
  void Push(ValueId id);
  // The operation that is evaluated where the value is used; null when there is none.
  const flowgraph::Operation* FoldedOperation(ValueId id) const;
  Label NewLabel() { return next_label_++; }
  const StackPlan& plan() const { return plan_; }
  const flowgraph::Graph& graph() const { return plan_.graph; }
  // Jumps to the label when the bool value is `when`, and goes on else.
  void PushCondition(ValueId id, bool when, Label label);

 private:
  // The copies of a link, and where it goes, written where control does not pass by.
  struct Stub {
    Label label;
    const flowgraph::Link* link;
  };
  struct Handler {
    Label label;
    const flowgraph::Link* link;
  };
  struct Copy {
    ValueId source;
    ValueId target;
  };

  void Evaluate(const flowgraph::Operation& op);
  void Operands(const flowgraph::Operation& op);
  void Statement(BlockId block, uint32_t at);
  void TakeTuple(const flowgraph::Operation& op);
  void Exit(BlockId block, BlockId next);
  std::vector<Copy> CopiesOf(const flowgraph::Link& link, size_t first_argument) const;
  void MakeCopies(const std::vector<Copy>& copies);
  void Follow(const flowgraph::Link& link, BlockId next);
  void FollowRaised(const flowgraph::Exit& exit, const flowgraph::Link& link, BlockId next);
  // The label that a jump along the link goes to: its target, or a stub.
  Label LabelOf(const flowgraph::Link& link);
  Label HandlerOf(const flowgraph::Link& link);
  void WriteStubs();
  void WriteHandlers();
  std::vector<LiveLocal> LiveAt(BlockId block) const;
  bool IsComparison(const flowgraph::Operation& op) const;

  const flowgraph::Program& program_;
  const flowgraph::FunctionInfo& function_;
  const StackPlan& plan_;
  StackEmitter& emitter_;
  Label next_label_;
  std::vector<Stub> stubs_;
  std::vector<Handler> handlers_;
};

inline void WriteStackCode(const flowgraph::Program& program,
                           const flowgraph::FunctionInfo& function, const StackPlan& plan,
                           StackEmitter& emitter) {
  StackWriter(program, function, plan, emitter).Write();
}

}  // namespace weft::backend_common

#endif  // WEFT_BACKEND_COMMON_STACK_CODE_H_
