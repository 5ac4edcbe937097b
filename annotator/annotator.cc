#include "annotator/annotator.h"

#include <fmt/format.h>

#include "annotator/effects.h"
#include "annotator/solver.h"
#include "flowgraph/text.h"

namespace weft::annotator {
namespace {

// What is known of each operand, as notes of a diagnostic.
void AddOperandNotes(const Program& program, const Annotations& annotations, FunctionId id,
                     const Operation& op, Diagnostic& diagnostic) {
  const Graph& graph = program.function(id).graph;
  for (size_t i = 0; i < op.args.size(); ++i) {
    TypeId type = graph.type(op.args[i]);
    std::string fact = annotations.Describe(id, op.args[i]);
    diagnostic.Note(op.loc,
                    fmt::format("operand {} is {}{}", i + 1, program.TypeName(type),
                                fact.empty() ? ", of which nothing more is known" : ": " + fact));
    for (const Reason& reason : annotations.Explain(id, op.args[i], 4)) {
      if (reason.loc.is_valid()) diagnostic.Note(reason.loc, reason.sentence);
    }
  }
}

std::string WhatFails(const Program& program, const Operation& op) {
  switch (op.opcode) {
    case Opcode::kCheckNonNull:
      return "the reference is always null";
    case Opcode::kCheckIndex:
      return "the index is always out of range";
    case Opcode::kCheckNonZero:
      return "the divisor is always zero";
    default:
      return fmt::format("the object is never a '{}'", program.cls(ClassId(op.imm)).name);
  }
}

// The call that a check for null protects, if it is one: the first operation behind the check, in
// its block, that is given what was checked.
const Operation* ProtectedCall(const Block& block, size_t check) {
  ValueId checked = block.ops[check].args[0];
  for (size_t i = check + 1; i < block.ops.size(); ++i) {
    const Operation& op = block.ops[i];
    if (op.args.empty() || op.args[0] != checked) continue;
    bool is_call = op.opcode == Opcode::kCallVirtual || op.opcode == Opcode::kCallPointer;
    return is_call ? &op : nullptr;
  }
  return nullptr;
}

void Report(const Program& program, const Annotations& annotations, DiagnosticEngine& diagnostics) {
  for (size_t f = 0; f < annotations.functions.size(); ++f) {
    FunctionId id(f);
    const FunctionInfo& function = program.function(id);
    for (const OperationFinding& finding : annotations.functions[f].findings) {
      const Block& block = function.graph.block(finding.block);
      const Operation* op = &block.ops[finding.index];
      bool is_call = finding.finding == Finding::kNoTarget;
      if (finding.finding == Finding::kCheckFails && op->opcode == Opcode::kCheckNonNull) {
        // What is wrong is the call; that it would fail a check is how.
        const Operation* call = ProtectedCall(block, finding.index);
        is_call = call != nullptr;
        if (is_call) op = call;
      }
      Diagnostic* diagnostic = nullptr;
      if (is_call && op->opcode == Opcode::kCallVirtual) {
        diagnostic = &diagnostics.Report(op->loc, diag::kCallWithoutObject,
                                         program.method(MethodId(op->imm)).name);
      } else if (is_call) {
        diagnostic = &diagnostics.Report(op->loc, diag::kCallWithoutFunction);
      } else if (finding.finding == Finding::kCheckFails) {
        diagnostic = &diagnostics.Report(op->loc, diag::kCheckAlwaysFails, WhatFails(program, *op));
      }
      if (diagnostic == nullptr) continue;
      diagnostic->Note(op->loc,
                       fmt::format("in '{}': `{}`", function.name,
                                   flowgraph::PrintOperation(program, function.graph, *op)));
      AddOperandNotes(program, annotations, id, *op, *diagnostic);
    }
  }
}

void CountResults(const Program& program, Annotations& annotations) {
  AnnotationCounts& counts = annotations.counts;
  for (size_t f = 0; f < annotations.functions.size(); ++f) {
    if (program.functions[f]->graph.empty()) continue;
    ++counts.functions;
    if (annotations.functions[f].is_reachable) ++counts.reachable_functions;
  }
  counts.classes = program.classes.size();
  for (size_t c = 0; c < program.classes.size(); ++c) {
    if (annotations.is_instantiated[c]) ++counts.instantiated_classes;
    const flowgraph::ClassInfo& cls = program.classes[c];
    for (size_t i = 0; i < cls.fields.size(); ++i) {
      ++counts.fields;
      const Fact& fact = annotations.class_fields[c][i].fact;
      if (fact.is_nothing() ||
          ConstantOf(program, annotations.sets, cls.fields[i].type, fact).has_value()) {
        ++counts.fields_constant;
      }
      if (cls.fields[i].immutable) ++counts.fields_immutable;
    }
  }
}

}  // namespace

Annotations Annotate(Program& program, DiagnosticEngine& diagnostics) {
  Annotations annotations(program);
  {
    Solver solver(program, annotations);
    solver.Run();
    FindEffects(program, solver, annotations);
  }
  FindImmutableFields(program, annotations);
  CountResults(program, annotations);
  Report(program, annotations, diagnostics);
  for (size_t f = 0; f < program.functions.size(); ++f) {
    if (!annotations.functions[f].is_reachable) program.functions[f]->graph = Graph();
  }
  program.stage = flowgraph::Stage::kAnnotated;
  return annotations;
}

}  // namespace weft::annotator
