#ifndef WEFT_DRIVER_TRANSLATION_H_
#define WEFT_DRIVER_TRANSLATION_H_

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "common/diagnostic.h"
#include "driver/commands.h"
#include "driver/progress.h"
#include "flowgraph/pass.h"
#include "flowgraph/program.h"

namespace weft::driver {

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
  DiagnosticEngine& diagnostics() { return diagnostics_; }
  Progress& progress() { return progress_; }
  flowgraph::PassRunner& passes() { return passes_; }

  // Whether messages are coloured.
  bool uses_color() const;

  // The folder that holds dsl/ and the run-time sources.
  const std::string& root() const { return root_; }

  // Runs a pass, verified and printed as the options say.
  void Run(const flowgraph::Pass& pass) { passes_.Run(pass, program_); }

  // Prints the diagnostics to stderr, and gives the exit code that they stand for.
  int Finish();

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

// The functions that a name given by the user means: the one of exactly that name, or else all
// whose name ends in it behind a `::`. Parameter types in parentheses may be left out. Reports W0004
// when there is none.
std::vector<FunctionId> FindFunctions(const flowgraph::Program& program, std::string_view name,
                                      DiagnosticEngine& diagnostics);

}  // namespace weft::driver

#endif  // WEFT_DRIVER_TRANSLATION_H_
