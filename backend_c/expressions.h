#ifndef WEFT_BACKEND_C_EXPRESSIONS_H_
#define WEFT_BACKEND_C_EXPRESSIONS_H_

#include <string>
#include <vector>

#include "backend_c/function_plan.h"
#include "backend_c/shard_uses.h"
#include "flowgraph/program.h"

// Writes values as C expressions, with what is folded into them.
namespace weft::backend_c {

// How tightly an expression holds together: what may stand around it without parentheses.
enum class Binding : uint8_t {
  // Anything: a whole right-hand side, an argument, a condition.
  kLoose,
  // An operand of a binary operator or a cast.
  kUnary,
  // What `->` or `[]` may follow.
  kPrimary,
};

struct Expression {
  std::string text;
  Binding binding = Binding::kPrimary;

  std::string Within(Binding wanted) const { return binding >= wanted ? text : "(" + text + ")"; }
};

class ExpressionWriter {
 public:
  ExpressionWriter(const flowgraph::Program& program, const flowgraph::FunctionInfo& function,
                   const FunctionPlan& plan, const std::vector<std::string>& variable_names,
                   ShardUses* uses, const CTypes& types)
      : program_(program),
        function_(function),
        graph_(function.graph),
        plan_(plan),
        variable_names_(variable_names),
        uses_(*uses),
        types_(types) {}

  // A value: its variable, its constant, or the operation that gives it.
  Expression Value(ValueId id);
  std::string Loose(ValueId id) { return Value(id).text; }
  std::string Unary(ValueId id) { return Value(id).Within(Binding::kUnary); }
  // A value where one of type `type` is wanted: pointers are cast.
  std::string As(ValueId id, TypeId type);
  // A condition, or its opposite.
  Expression Condition(ValueId id, bool negated);
  // What an operation computes, which is not one of those that are statements.
  Expression Result(const flowgraph::Operation& op);
  // "base->field" or "base->items[i].field".
  std::string FieldAccess(ValueId object, ContainerId container, uint32_t field);
  std::string ItemAccess(ValueId object, ValueId index, ContainerId container, uint32_t field);
  // The arguments of a call with these parameters, from operand `first` on.
  std::string Arguments(const flowgraph::Operation& op, size_t first, TypeId function_type);
  // A call of any kind.
  std::string Call(const flowgraph::Operation& op);
  std::string Allocation(const flowgraph::Operation& op);
  // Whether the first operand, which is not null, has the type of the container that `imm` names;
  // and its type id.
  Expression HasType(const flowgraph::Operation& op) { return InstanceTest(op, false); }
  Expression TypeIdOf(ValueId object);
  // "(char*)p + 24 + i * 8": the address of an item in one of the operations on ranges.
  std::string ItemAddress(ValueId object, ValueId index, uint32_t item_size);

 private:
  Expression Arithmetic(const flowgraph::Operation& op);
  Expression Comparison(const flowgraph::Operation& op, bool negated);
  Expression Conversion(const flowgraph::Operation& op);
  // `a op b`, the operands with unary binding.
  Expression Binary(const flowgraph::Operation& op, const char* symbol);
  Expression CallOf(const std::string& name, const flowgraph::Operation& op);
  TypeKind Kind(ValueId id) const { return program_.types.Kind(graph_.type(id)); }
  // Pointer to a container's struct, which must be a prefix of what the value points to.
  std::string PointerTo(ValueId object, ContainerId container);
  Expression InstanceTest(const flowgraph::Operation& op, bool may_be_null);
  bool MayBeImmediate(ValueId id) const;
  // Which of the immediates that there are have the container's type: an enumerator of ops.h.
  const char* ImmediatesIn(ContainerId id) const;
  std::string TypeIdOrZero(ContainerId id);
  bool IsNullConstant(ValueId id) const;
  bool IsAddressConstant(ValueId id) const;

  const flowgraph::Program& program_;
  const flowgraph::FunctionInfo& function_;
  const flowgraph::Graph& graph_;
  const FunctionPlan& plan_;
  const std::vector<std::string>& variable_names_;
  ShardUses& uses_;
  const CTypes& types_;
};

}  // namespace weft::backend_c

#endif  // WEFT_BACKEND_C_EXPRESSIONS_H_
