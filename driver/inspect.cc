// The commands that look at a program and write nothing: check, print, graph, report.
#include <fmt/format.h>

#include <cstdio>
#include <string>
#include <vector>

#include "annotator/annotations.h"
#include "driver/commands.h"
#include "driver/output.h"
#include "driver/pipeline.h"
#include "driver/translation.h"
#include "flowgraph/history.h"
#include "flowgraph/text.h"

namespace weft::driver {

namespace {

Goal GoalOf(const Options& options) {
  if (options.Is(OptionId::kStage, "source")) return Goal::kSource;
  if (options.Is(OptionId::kStage, "annotated")) return Goal::kAnnotated;
  if (options.Is(OptionId::kStage, "rtyped")) return Goal::kRtyped;
  return Goal::kWoven;
}

// What the annotator knows of a value, and why.
std::string Known(const annotator::Annotations& annotations, FunctionId function, ValueId value) {
  std::string text = annotations.Describe(function, value);
  if (text.empty()) return text;
  for (const annotator::Reason& reason : annotations.Explain(function, value, /*limit=*/4)) {
    text += "\n" + reason.sentence;
  }
  return text;
}

}  // namespace

int RunCheck(const CommandLine& line) {
  Translation translation(line);
  bool is_good = RunPipeline(translation, Goal::kRtyped);
  int code = translation.Finish();
  if (is_good && !line.options.Flag(OptionId::kQuiet)) {
    fmt::print("{}: inside the language; {} sources, {} functions\n", line.operands[0],
               translation.sources.size(), CountFunctions(translation.program()));
  }
  return code;
}

int RunPrint(const CommandLine& line) {
  Translation translation(line);
  if (!RunPipeline(translation, GoalOf(line.options))) return translation.Finish();
  const flowgraph::Program& program = translation.program();
  flowgraph::PrintOptions options = {.locations = line.options.Flag(OptionId::kLocations),
                                     .comment = {}};
  std::string text;
  if (line.options.IsGiven(OptionId::kFunction)) {
    for (FunctionId id : FindFunctions(program, line.options.Text(OptionId::kFunction),
                                       translation.diagnostics())) {
      text += flowgraph::PrintFunction(program, id, options);
    }
  } else {
    text = flowgraph::Print(program, options);
  }
  int code = translation.Finish();
  fmt::print("{}", text);
  return code;
}

int RunGraph(const CommandLine& line) {
  Translation translation(line);
  DiagnosticEngine& diagnostics = translation.diagnostics();
  if (!line.options.IsGiven(OptionId::kFunction)) {
    diagnostics.Report(diag::kBadCommandLine, "'weft graph' needs --function=NAME");
    return translation.Finish();
  }
  std::string output = line.options.Text(OptionId::kOutput);
  if (output.empty()) output = DefaultOutput(line.operands[0]) + ".html";
  CheckOutputFile(output, line.operands, diagnostics);
  if (diagnostics.has_errors() || !RunPipeline(translation, Goal::kSource)) {
    return translation.Finish();
  }
  const flowgraph::Program& program = translation.program();
  std::vector<FunctionId> functions =
      FindFunctions(program, line.options.Text(OptionId::kFunction), diagnostics);
  if (functions.size() > 1) {
    Diagnostic& diagnostic = diagnostics.Report(
        diag::kFunctionAmbiguous, line.options.Text(OptionId::kFunction), functions.size());
    for (FunctionId id : functions) {
      diagnostic.Note(program.function(id).loc, program.function(id).name);
    }
  }
  if (diagnostics.has_errors()) return translation.Finish();
  flowgraph::FunctionHistory history(program.function(functions[0]).name);
  history.set_comment([&](FunctionId function, ValueId value) {
    // The annotator speaks of source-stage values; later stages have values of their own.
    bool is_annotated = program.stage == flowgraph::Stage::kAnnotated;
    return is_annotated && translation.annotations.has_value()
               ? Known(*translation.annotations, function, value)
               : std::string();
  });
  history.Record("frontend", program);
  translation.after_step = [&](std::string_view step) { history.Record(step, program); };
  if (!ContinuePipeline(translation, Goal::kSource, Goal::kWoven)) return translation.Finish();
  ErrorOr<Success> written = WriteFileAtomically(output, history.Page());
  if (!written.ok()) {
    diagnostics.Report(diag::kOutputUnwritable, output, written.error().message());
  }
  int code = translation.Finish();
  if (code == 0 && !line.options.Flag(OptionId::kQuiet)) fmt::print("{}\n", output);
  return code;
}

}  // namespace weft::driver
