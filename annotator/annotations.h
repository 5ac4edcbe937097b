#ifndef WEFT_ANNOTATOR_ANNOTATIONS_H_
#define WEFT_ANNOTATOR_ANNOTATIONS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "annotator/fact.h"
#include "flowgraph/program.h"

// What the annotator found out, beside the graphs. Values are known by their ids: a table stays
// right while passes change the graph, for every value that they leave.
namespace weft::annotator {

// Where a summary got its fact from last: an operation of a function, or nothing for what held from
// the start.
struct Cause {
  FunctionId function;
  // The value that was passed or written; invalid for a zero or a constant of the run time.
  ValueId value;
  SourceLoc loc;
};

// The fact of something that many operations write: a field, a parameter, a global.
struct Summary {
  Fact fact;
  Cause cause;
};

// What is known of one operation, and more exactly than its operands' facts say, because it holds
// only where the operation stands: behind a test or a check.
enum class Finding : uint8_t {
  // The condition of a check always holds.
  kCheckHolds,
  // The condition of a check never holds.
  kCheckFails,
  // The result is the constant.
  kConstant,
  // A call by pointer or a virtual call reaches only `target`.
  kOneTarget,
  // It reaches none: its receiver is always null, or of no class that implements the method.
  kNoTarget,
};

struct OperationFinding {
  BlockId block;
  uint32_t index = 0;
  Finding finding = Finding::kConstant;
  FunctionId target;
  flowgraph::Constant constant;
};

struct FunctionAnnotations {
  bool is_reachable = false;
  bool returns = false;
  // By ValueId; kNothing for code that is never reached.
  std::vector<Fact> values;
  // By BlockId.
  std::vector<bool> is_block_reached;
  std::vector<Summary> parameters;
  Summary result;
  // In the order of blocks and operations, of the graph as it was annotated.
  std::vector<OperationFinding> findings;
};

// One step of an explanation.
struct Reason {
  SourceLoc loc;
  std::string sentence;
};

// Figures for `weft report`.
struct AnnotationCounts {
  size_t functions = 0;
  size_t reachable_functions = 0;
  size_t classes = 0;
  size_t instantiated_classes = 0;
  size_t virtual_calls = 0;
  size_t virtual_calls_with_one_target = 0;
  size_t pointer_calls = 0;
  size_t pointer_calls_with_one_target = 0;
  size_t checks = 0;
  size_t checks_proven = 0;
  size_t fields = 0;
  size_t fields_constant = 0;
  size_t fields_immutable = 0;
  // How often a function was looked at.
  size_t visits = 0;
};

class Annotations {
 public:
  // Made by Annotate (annotator.h).
  explicit Annotations(const flowgraph::Program& program) : program_(&program) {}

  const FunctionAnnotations& function(FunctionId id) const { return functions[id.index]; }
  // Nothing for a function or value that came later.
  Fact Of(FunctionId function, ValueId value) const;
  const Summary& Field(ClassId cls, uint32_t field) const { return class_fields[cls.index][field]; }

  // The fact as people read it, empty when it says no more than the type: "0..255".
  std::string Describe(FunctionId function, ValueId value) const;
  std::string Describe(TypeId type, const Fact& fact) const {
    return DescribeFact(*program_, sets, type, fact);
  }

  // Why the value has the fact it has: the chain from the value back to where it comes from, at
  // most `limit` steps.
  std::vector<Reason> Explain(FunctionId function, ValueId value, size_t limit = 8) const;
  // The same for a field.
  std::vector<Reason> ExplainField(ClassId cls, uint32_t field, size_t limit = 8) const;

  // Everything known of a function, for `weft report --function`: parameters, result, effects,
  // findings, with their reasons.
  std::string ReportFunction(FunctionId function) const;
  // The figures as lines of text.
  std::string ReportCounts() const;

  FactSets sets;
  std::vector<FunctionAnnotations> functions;
  // By ClassId and own field; of value classes by ValueClassId and field.
  std::vector<std::vector<Summary>> class_fields;
  std::vector<std::vector<Summary>> value_fields;
  // By GlobalId; only scalar globals say more than their type.
  std::vector<Summary> globals;
  std::vector<bool> is_instantiated;
  AnnotationCounts counts;

 private:
  void AppendReasons(FunctionId function, ValueId value, size_t limit,
                     std::vector<Reason>& reasons) const;
  void AppendCause(const Cause& cause, size_t limit, std::vector<Reason>& reasons) const;

  const flowgraph::Program* program_;
};

}  // namespace weft::annotator

#endif  // WEFT_ANNOTATOR_ANNOTATIONS_H_
