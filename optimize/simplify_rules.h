#ifndef WEFT_OPTIMIZE_SIMPLIFY_RULES_H_
#define WEFT_OPTIMIZE_SIMPLIFY_RULES_H_

#include <deque>
#include <optional>
#include <vector>

#include "optimize/graph_edit.h"

// What can be said of one operation from its operands and the operations that made them. Every rule
// looks at a bounded number of operations and makes the graph no larger, so that a sweep over a
// graph is linear.
namespace weft::optimize {

struct Rewrite {
  enum class Kind : uint8_t {
    // Nothing to say.
    kKeep,
    // The operation was changed in place.
    kChanged,
    // `value` stands for the result.
    kValue,
    // The operation, which has no result, does nothing.
    kRemove,
  };
  Kind kind = Kind::kKeep;
  ValueId value = {};
};

class SimplifyRules {
 public:
  SimplifyRules(Program& program, FunctionInfo& function);

  // Says where the value of an operation is defined. The operation must stay where it is until it
  // is defined again.
  void Define(Operation& op);
  // Says that the value's operation is no more.
  void Forget(ValueId value) {
    if (value.is_valid() && value.index < definitions_.size()) definitions_[value.index] = nullptr;
  }
  // The operation that defines the value; null for arguments and constants.
  const Operation* Definition(ValueId value) const {
    return value.index < definitions_.size() ? definitions_[value.index] : nullptr;
  }

  // Applies the rules to an operation until none fits.
  Rewrite Simplify(Operation& op);

  // Operations that the last Simplify wants in front of the operation, in order.
  std::deque<Operation>& inserted() { return inserted_; }

  // Whether the value is a reference that is certainly not null.
  bool IsNonNull(ValueId value) const;

 private:
  using Result = std::optional<Rewrite>;

  Result ApplyOnce(Operation& op);
  Result FoldConstants(const Operation& op);

  // simplify_scalar.cc
  Result SimplifyScalar(Operation& op);
  Result Arithmetic(Operation& op);
  Result IntIdentity(Operation& op, int64_t right);
  Result Not(Operation& op);
  Result Compare(Operation& op);
  Result CompareWithConstant(Operation& op);
  Result CompareReferences(Operation& op);
  Result Select(Operation& op);
  Result Convert(Operation& op);
  Result Expect(Operation& op);

  // simplify_object.cc
  Result SimplifyObject(Operation& op);
  Result Cast(Operation& op);
  Result Isa(Operation& op);
  Result IsInstance(Operation& op);
  Result Check(Operation& op);
  Result Call(Operation& op);
  Result ValuePart(Operation& op);
  Result ValueMake(Operation& op);
  Result ValueWith(Operation& op);
  Result Length(Operation& op);
  Result TableItem(Operation& op);
  Result Load(Operation& op);

  // simplify_boxing.cc
  Result Boxing(Operation& op);
  // What casts of a pointer started from.
  ValueId WithoutCasts(ValueId value) const;

  // The class, or the container, of the object if it is certainly of exactly this one.
  ClassId ExactClass(ValueId value) const;
  ContainerId ExactContainer(ValueId value) const;
  // The deepest class that the types of the value and of what it was cast from promise.
  ClassId KnownClass(ValueId value) const;

  Rewrite Changed() const { return {Rewrite::Kind::kChanged}; }
  Rewrite Value(ValueId value) const { return {Rewrite::Kind::kValue, value}; }
  Rewrite Remove() const { return {Rewrite::Kind::kRemove}; }
  Rewrite BoolValue(bool value) { return Value(graph_.Bool(value)); }
  // Turns the operation into another one with the same result.
  Rewrite Become(Operation& op, Opcode opcode, ValueList args);
  ValueId Insert(const Operation& near, Opcode opcode, TypeId type, ValueList args,
                 uint32_t imm = TypedId<void>::kNone, uint32_t imm2 = TypedId<void>::kNone);

  TypeKind KindOf(ValueId value) const { return program_.types.Kind(graph_.type(value)); }
  const Operation* DefinedBy(ValueId value, Opcode opcode) const {
    const Operation* op = Definition(value);
    return op != nullptr && op->opcode == opcode ? op : nullptr;
  }
  std::optional<int64_t> IntConstant(ValueId value) const;

  Program& program_;
  FunctionInfo& function_;
  Graph& graph_;
  std::vector<Operation*> definitions_;
  std::deque<Operation> inserted_;
};

// The value of a load from an object of the frozen heap, or of a global that nothing writes after
// the heap was frozen, if it can be known. For the operations getfield, getitem, getlength, type_id
// and global_get.
std::optional<ValueId> FoldFrozenLoad(const Program& program, Graph& graph, const Operation& op);

}  // namespace weft::optimize

#endif  // WEFT_OPTIMIZE_SIMPLIFY_RULES_H_
