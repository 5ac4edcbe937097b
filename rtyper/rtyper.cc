#include "rtyper/rtyper.h"

#include "annotator/annotations.h"
#include "common/check.h"
#include "rtyper/context.h"
#include "rtyper/function_rtyper.h"
#include "rtyper/stack_checks.h"

namespace weft::rtyper {

using flowgraph::Stage;

void Context::Scan() {
  instantiated_.resize(program.classes.size());
  place_taken_.resize(program.globals.size());
  for (const auto& function : program.functions) {
    has_body_.push_back(!function->graph.empty());
    for (const Block& block : function->graph.blocks()) {
      for (const Operation& op : block.ops) {
        if (op.opcode == Opcode::kNew) instantiated_[op.imm] = true;
        if (op.opcode == Opcode::kGlobalRef) place_taken_[op.imm] = true;
      }
    }
  }
}

void Context::AddStubs() {
  for (FunctionId id : stubs_) {
    Graph& graph = program.function(id).graph;
    if (!graph.empty()) continue;
    BlockId entry = graph.AddBlock();
    for (TypeId type : program.types.List(signature(id))) graph.AddArgument(entry, type);
    graph.block(entry).exit.kind = flowgraph::ExitKind::kUnreachable;
    graph.block(entry).exit.loc = program.function(id).loc;
  }
}

bool Context::IsNonNull(FunctionId function, ValueId value) const {
  if (annotations == nullptr) return false;
  annotator::Fact fact = annotations->Of(function, value);
  return fact.kind == annotator::FactKind::kReference && !fact.may_be_null;
}

bool Rtype(flowgraph::Program& program, const annotator::Annotations* annotations,
           DiagnosticEngine& diagnostics, flowgraph::TypeSystem type_system, BoxingScheme boxing,
           std::vector<UnboxedReport>* reports) {
  WEFT_CHECK(program.stage == Stage::kSource || program.stage == Stage::kAnnotated);
  program.type_system = type_system;
  size_t errors = diagnostics.error_count();
  Context context(program, annotations, diagnostics);
  context.Scan();
  context.representations.LayOutClasses();
  // Hosts have no references that hold numbers.
  if (context.is_ootype()) boxing = BoxingScheme::kNone;
  context.ChooseUnboxed(boxing);
  if (reports != nullptr) *reports = context.unboxed.reports();
  context.LowerSignatures();
  context.LowerExternals();
  context.LowerGlobals();
  if (diagnostics.error_count() != errors) return false;
  size_t count = program.functions.size();
  context.unboxed.AddFunctions();
  for (size_t f = 0; f < count; ++f) {
    if (!program.functions[f]->graph.empty()) FunctionRtyper(context, FunctionId(f)).Run();
  }
  context.unboxed.FillFunctions();
  context.AddStubs();
  context.representations.LayOutArrays();
  program.stage = Stage::kRtyped;
  InsertStackChecks(program);
  return diagnostics.error_count() == errors;
}

}  // namespace weft::rtyper
