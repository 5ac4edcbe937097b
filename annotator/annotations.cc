#include "annotator/annotations.h"

#include <fmt/format.h>

#include <algorithm>

#include "flowgraph/text.h"

namespace weft::annotator {
namespace {

using flowgraph::Block;
using flowgraph::FunctionInfo;
using flowgraph::Graph;
using flowgraph::Link;
using flowgraph::Opcode;
using flowgraph::Operation;
using flowgraph::ValueKind;

const Operation* FindDefinition(const Graph& graph, ValueId value) {
  for (const Block& block : graph.blocks()) {
    for (const Operation& op : block.ops) {
      if (op.result == value) return &op;
    }
  }
  return nullptr;
}

// A value in the words of the source, as far as they are known.
std::string NameOf(const flowgraph::Program& program, const FunctionInfo& function, ValueId value) {
  const flowgraph::ValueInfo& info = function.graph.value(value);
  if (info.kind == ValueKind::kConstant) {
    return flowgraph::PrintValue(program, function.graph, value);
  }
  if (info.kind == ValueKind::kBlockArgument && info.block == Graph::Entry() &&
      info.position < function.parameter_names.size() &&
      !function.parameter_names[info.position].empty()) {
    return fmt::format("'{}'", function.parameter_names[info.position]);
  }
  return fmt::format("%{}", value.index);
}

// An operation without its result.
std::string TextOf(const flowgraph::Program& program, const Graph& graph, const Operation& op) {
  std::string text = flowgraph::PrintOperation(program, graph, op);
  size_t equals = op.result.is_valid() ? text.find(" = ") : std::string::npos;
  return equals == std::string::npos ? text : text.substr(equals + 3);
}

}  // namespace

Fact Annotations::Of(FunctionId id, ValueId value) const {
  if (id.index >= functions.size()) return {};
  const std::vector<Fact>& values = functions[id.index].values;
  return value.index < values.size() ? values[value.index] : Fact();
}

std::string Annotations::Describe(FunctionId id, ValueId value) const {
  if (id.index >= functions.size()) return "";
  // Of a value that a later pass made, nothing is known.
  if (value.index >= functions[id.index].values.size()) return "";
  return Describe(program_->function(id).graph.type(value), Of(id, value));
}

void Annotations::AppendCause(const Cause& cause, size_t limit,
                              std::vector<Reason>& reasons) const {
  if (!cause.function.is_valid() || reasons.size() >= limit) return;
  const FunctionInfo& from = program_->function(cause.function);
  if (!cause.value.is_valid()) {
    reasons.push_back({cause.loc, fmt::format("'{}' leaves it zero", from.name)});
    return;
  }
  if (cause.value.index >= from.graph.value_count()) {
    // Its graph was replaced since, or emptied when all of its calls were inlined.
    reasons.push_back({cause.loc, fmt::format("'{}' writes it", from.name)});
    return;
  }
  std::string fact = Describe(cause.function, cause.value);
  reasons.push_back(
      {cause.loc, fmt::format("'{}' passes {}{}", from.name, NameOf(*program_, from, cause.value),
                              fact.empty() ? "" : ", " + fact)});
  AppendReasons(cause.function, cause.value, limit, reasons);
}

void Annotations::AppendReasons(FunctionId id, ValueId value, size_t limit,
                                std::vector<Reason>& reasons) const {
  if (reasons.size() >= limit || id.index >= functions.size()) return;
  const FunctionInfo& function = program_->function(id);
  const Graph& graph = function.graph;
  if (value.index >= graph.value_count()) return;
  const flowgraph::ValueInfo& info = graph.value(value);
  if (info.kind == ValueKind::kConstant) return;
  const FunctionAnnotations& facts = functions[id.index];
  if (info.kind == ValueKind::kBlockArgument) {
    if (info.block == Graph::Entry()) {
      if (info.position < facts.parameters.size()) {
        AppendCause(facts.parameters[info.position].cause, limit, reasons);
      }
      return;
    }
    // The incoming value that says most of what may be: one whose fact is the argument's.
    for (const Block& block : graph.blocks()) {
      for (const Link& link : block.exit.links) {
        if (link.target != info.block || info.position >= link.args.size()) continue;
        ValueId source = link.args[info.position];
        if (source == value || Of(id, source) != Of(id, value)) continue;
        std::string fact = Describe(id, source);
        reasons.push_back(
            {block.exit.loc,
             fmt::format("{} comes from {}{}", NameOf(*program_, function, value),
                         NameOf(*program_, function, source), fact.empty() ? "" : ", " + fact)});
        AppendReasons(id, source, limit, reasons);
        return;
      }
    }
    return;
  }
  const Operation* op = FindDefinition(graph, value);
  if (op == nullptr) return;
  std::string fact = Describe(id, value);
  reasons.push_back(
      {op->loc, fmt::format("{} is `{}`{}", NameOf(*program_, function, value),
                            TextOf(*program_, graph, *op), fact.empty() ? "" : ": " + fact)});
  switch (op->opcode) {
    case Opcode::kCall:
      AppendCause(functions[op->imm].result.cause, limit, reasons);
      return;
    case Opcode::kFieldGet: {
      const std::vector<uint32_t>& path = program_->path(PathId(op->imm2));
      if (path.size() == 1) AppendCause(class_fields[op->imm][path[0]].cause, limit, reasons);
      return;
    }
    case Opcode::kGlobalGet:
      AppendCause(globals[op->imm].cause, limit, reasons);
      return;
    default:
      break;
  }
  // Further along the operand of which something is known.
  for (ValueId arg : op->args) {
    if (graph.IsConstant(arg) || Describe(id, arg).empty()) continue;
    AppendReasons(id, arg, limit, reasons);
    return;
  }
}

std::vector<Reason> Annotations::Explain(FunctionId id, ValueId value, size_t limit) const {
  std::vector<Reason> reasons;
  AppendReasons(id, value, limit, reasons);
  return reasons;
}

std::vector<Reason> Annotations::ExplainField(ClassId cls, uint32_t field, size_t limit) const {
  std::vector<Reason> reasons;
  AppendCause(Field(cls, field).cause, limit, reasons);
  return reasons;
}

std::string Annotations::ReportFunction(FunctionId id) const {
  const FunctionInfo& function = program_->function(id);
  std::string text = fmt::format("{} ({})\n", function.name, program_->files.Format(function.loc));
  if (id.index >= functions.size() || !functions[id.index].is_reachable) {
    return text + "  never reached\n";
  }
  const FunctionAnnotations& facts = functions[id.index];
  auto add_reasons = [&](const std::vector<Reason>& reasons) {
    for (const Reason& reason : reasons) {
      text += fmt::format("      {}: {}\n", program_->files.Format(reason.loc), reason.sentence);
    }
  };
  std::span<const TypeId> types = program_->types.List(function.type);
  for (size_t i = 0; i < facts.parameters.size() && i < types.size(); ++i) {
    std::string fact = Describe(types[i], facts.parameters[i].fact);
    std::string name =
        i < function.parameter_names.size() ? function.parameter_names[i] : std::string();
    text += fmt::format("  parameter {}: {}{}\n", name.empty() ? fmt::format("{}", i) : name,
                        program_->TypeName(types[i]), fact.empty() ? "" : ", " + fact);
    if (fact.empty()) continue;
    std::vector<Reason> reasons;
    AppendCause(facts.parameters[i].cause, 6, reasons);
    add_reasons(reasons);
  }
  TypeId result = program_->types.Element(function.type);
  if (!facts.returns) {
    text += "  never returns\n";
  } else if (result != TypeTable::Void()) {
    std::string fact = Describe(result, facts.result.fact);
    text += fmt::format("  result: {}{}\n", program_->TypeName(result),
                        fact.empty() ? "" : ", " + fact);
  }
  text += fmt::format("  {} raise, {} collect\n", function.may_raise ? "may" : "cannot",
                      function.may_collect ? "may" : "cannot");
  size_t holds = 0;
  for (const OperationFinding& finding : facts.findings) {
    holds += finding.finding == Finding::kCheckHolds ? 1 : 0;
  }
  if (holds > 0) text += fmt::format("  {} checks proven\n", holds);
  for (const OperationFinding& finding : facts.findings) {
    if (finding.finding == Finding::kOneTarget) {
      text += fmt::format("  block {}, operation {}: calls only {}\n", finding.block.index,
                          finding.index, program_->function(finding.target).name);
    }
  }
  // Values that are still there and of which something is known that is not plain to see.
  auto is_plain = [](const Operation& op) {
    switch (op.opcode) {
      case Opcode::kArrayLength:
      case Opcode::kStrLength:
      case Opcode::kConvert:
      case Opcode::kNew:
      case Opcode::kUpcast:
        return true;
      default:
        return false;
    }
  };
  const Graph& graph = function.graph;
  for (const Block& block : graph.blocks()) {
    auto value = [&](ValueId v) {
      std::string fact = Describe(id, v);
      if (fact.empty() || fact == "not null") return;
      text += fmt::format("  {}: {}, {}\n", NameOf(*program_, function, v),
                          program_->TypeName(graph.type(v)), fact);
      add_reasons(Explain(id, v, 4));
    };
    if (&block != &graph.block(Graph::Entry())) {
      for (ValueId arg : block.args) value(arg);
    }
    for (const Operation& op : block.ops) {
      if (op.result.is_valid() && !is_plain(op)) value(op.result);
    }
  }
  return text;
}

std::string Annotations::ReportCounts() const {
  std::string text;
  auto line = [&](const char* what, size_t some, size_t all) {
    text += fmt::format("{:<34}{:>8} of {}\n", what, some, all);
  };
  line("functions reached", counts.reachable_functions, counts.functions);
  line("classes with objects", counts.instantiated_classes, counts.classes);
  line("virtual calls with one target", counts.virtual_calls_with_one_target, counts.virtual_calls);
  line("pointer calls with one target", counts.pointer_calls_with_one_target, counts.pointer_calls);
  line("checks proven", counts.checks_proven, counts.checks);
  line("fields that are constant", counts.fields_constant, counts.fields);
  line("fields that only constructors write", counts.fields_immutable, counts.fields);
  return text;
}

}  // namespace weft::annotator
