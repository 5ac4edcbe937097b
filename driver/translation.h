#ifndef WEFT_DRIVER_TRANSLATION_H_
#define WEFT_DRIVER_TRANSLATION_H_

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "annotator/annotations.h"
#include "common/diagnostic.h"
#include "driver/commands.h"
#include "driver/progress.h"
#include "flowgraph/pass.h"
#include "flowgraph/program.h"
#include "llinterp/freeze.h"
#include "rtyper/rtyper.h"
#include "weave/gc_transform.h"

namespace weft::driver {

// How large a program is.
struct ProgramSize {
  std::string task;
  size_t functions = 0;
  size_t blocks = 0;
  size_t operations = 0;
};

// One translation while it runs: the program, and what is known about it. Each task of the pipeline
// takes it and hands it on, changed (driver/pipeline.h).
class Translation {
 public:
  explicit Translation(const CommandLine& line);
  Translation(const Translation&) = delete;
  Translation& operator=(const Translation&) = delete;

  const CommandLine& line() const { return line_; }
  const Options& options() const { return line_.options; }
  flowgraph::Program& program() { return program_; }
  const flowgraph::Program& program() const { return program_; }
  DiagnosticEngine& diagnostics() { return diagnostics_; }
  Progress& progress() { return progress_; }
  const Progress& progress() const { return progress_; }
  flowgraph::PassRunner& passes() { return passes_; }

  // Whether messages are coloured.
  bool uses_color() const;

  // The folder that holds dsl/ and the run-time sources.
  const std::string& root() const { return root_; }

  // Runs a pass, verified and printed as the options say.
  void Run(const flowgraph::Pass& pass) { passes_.Run(pass, program_); }
  // The same checks and prints after a phase that is no pass.
  void AfterPhase(std::string_view phase);

  // Does something as a task that is shown and timed. False when it failed.
  bool RunTask(std::string_view name, const std::function<void()>& task);

  // Prints the diagnostics to stderr, and gives the exit code that they stand for.
  int Finish();

  // Set when a task failed whose messages are not among the diagnostics: Clang's own.
  bool has_failed = false;
  // Called after each pass and phase that may have changed graphs.
  std::function<void(std::string_view step)> after_step;

  // What the annotator proved, the initialisers did, and the gc transform put in; each once its
  // task has run.
  std::optional<annotator::Annotations> annotations;
  llinterp::FreezeStatistics freeze_statistics;
  std::vector<rtyper::UnboxedReport> unboxed_reports;
  weave::GcTransformCounts gc_counts;

  // How large the program was after each task.
  std::vector<ProgramSize> sizes;

  // Clang's messages, printed before our own.
  std::string clang_messages;
  // The sources that were parsed: those named, and those that their headers brought along.
  std::vector<std::string> sources;

 private:
  const CommandLine& line_;
  flowgraph::Program program_;
  DiagnosticEngine diagnostics_;
  Progress progress_;
  flowgraph::PassRunner passes_;
  std::string root_;
};

// How many functions have a body.
size_t CountFunctions(const flowgraph::Program& program);

// The functions that a name given by the user means: the one of exactly that name, or else all
// whose name ends in it behind a `::`. Parameter types in parentheses may be left out. A function
// that has no graph any more, because it was inlined everywhere, counts only when asked for.
// Reports W0004 when there is none.
std::vector<FunctionId> FindFunctions(const flowgraph::Program& program, std::string_view name,
                                      DiagnosticEngine& diagnostics, bool with_removed = false);

}  // namespace weft::driver

#endif  // WEFT_DRIVER_TRANSLATION_H_
