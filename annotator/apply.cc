#include <optional>
#include <utility>

#include "annotator/annotator.h"
#include "flowgraph/analysis.h"

namespace weft::annotator {
namespace {

using flowgraph::Block;
using flowgraph::FunctionInfo;
using flowgraph::Graph;
using flowgraph::Opcode;
using flowgraph::Operation;
using flowgraph::Program;

// Makes a direct call of one that reaches a single function.
void CallDirectly(Program& program, Graph& graph, Operation& op, FunctionId target,
                  std::vector<Operation>& before) {
  if (op.opcode == Opcode::kCallPointer) {
    op.args.erase(op.args.begin());
  } else {
    TypeId self = program.types.List(program.function(target).type)[0];
    if (graph.type(op.args[0]) != self) {
      ValueId object = graph.AddResult(self);
      before.push_back(
          {.opcode = Opcode::kUpcast, .loc = op.loc, .result = object, .args = {op.args[0]}});
      op.args[0] = object;
    }
  }
  op.opcode = Opcode::kCall;
  op.imm = target.index;
}

bool ApplyToFunction(Program& program, FunctionId id, const Annotations& annotations) {
  Graph& graph = program.function(id).graph;
  const FunctionAnnotations& facts = annotations.function(id);
  std::vector<ValueId> replacements(graph.value_count());
  bool changed = false;
  auto replace = [&](ValueId value, const flowgraph::Constant& constant) {
    ValueId with = graph.AddConstant(graph.type(value), constant);
    if (replacements.size() < graph.value_count()) replacements.resize(graph.value_count());
    replacements[value.index] = with;
    changed = true;
  };
  size_t next = 0;
  for (size_t b = 0; b < graph.blocks().size(); ++b) {
    BlockId block_id(b);
    // Arguments that always have one value. Those of the entry are what callers pass, and of a
    // function called from outside that is not known.
    for (ValueId arg : graph.block(block_id).args) {
      const Fact& fact = facts.values[arg.index];
      if (std::optional<flowgraph::Constant> constant =
              ConstantOf(program, annotations.sets, graph.type(arg), fact)) {
        replace(arg, *constant);
      }
    }
    size_t end = next;
    while (end < facts.findings.size() && facts.findings[end].block == block_id) ++end;
    if (end == next) continue;
    std::vector<Operation> ops;
    std::vector<Operation> old = std::move(graph.block(block_id).ops);
    for (uint32_t i = 0; i < old.size(); ++i) {
      Operation op = std::move(old[i]);
      bool is_kept = true;
      for (; next < end && facts.findings[next].index == i; ++next) {
        const OperationFinding& finding = facts.findings[next];
        switch (finding.finding) {
          case Finding::kCheckHolds:
            is_kept = false;
            changed = true;
            break;
          case Finding::kConstant:
            replace(op.result, finding.constant);
            break;
          case Finding::kOneTarget:
            CallDirectly(program, graph, op, finding.target, ops);
            changed = true;
            break;
          case Finding::kCheckFails:
          case Finding::kNoTarget:
            break;
        }
      }
      if (is_kept) ops.push_back(std::move(op));
    }
    graph.block(block_id).ops = std::move(ops);
    next = end;
  }
  if (changed) {
    replacements.resize(graph.value_count());
    flowgraph::ReplaceUses(graph, replacements);
  }
  return changed;
}

}  // namespace

bool ApplyAnnotations(Program& program, const Annotations& annotations) {
  bool changed = false;
  for (size_t f = 0; f < annotations.functions.size(); ++f) {
    FunctionId id(f);
    if (program.function(id).graph.empty()) continue;
    changed |= ApplyToFunction(program, id, annotations);
  }
  return changed;
}

}  // namespace weft::annotator
