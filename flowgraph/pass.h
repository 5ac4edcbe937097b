#ifndef WEFT_FLOWGRAPH_PASS_H_
#define WEFT_FLOWGRAPH_PASS_H_

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "flowgraph/program.h"

// Passes and how they are run.
namespace weft::flowgraph {

// One pass over a program, as data. Exactly one of the functions is set.
struct Pass {
  const char* name;
  // One sentence for `weft report` and the documents.
  const char* doc;
  // Works on one function alone. Gives whether it changed the graph.
  std::function<bool(Program&, FunctionInfo&)> run_function;
  // Works on the whole program. Gives whether it changed anything.
  std::function<bool(Program&)> run_program;
};

struct PassRunnerOptions {
  // Verifies after each pass; a fault names the pass and shows the graph from before it.
  bool verify = false;
  // Prints functions after these passes ("all": after each).
  std::vector<std::string> print_after;
  // Prints each function that a pass changed, after it.
  bool print_changed = false;
  // Prints only functions whose name contains this.
  std::string function;
  // Called after each pass, for tools that keep the stages of a function.
  std::function<void(const Pass&, const Program&)> after_pass;
  // Where prints and faults go; stderr when empty.
  std::function<void(const std::string&)> print;
};

struct PassTiming {
  std::string name;
  std::chrono::nanoseconds time{0};
  size_t changed_functions = 0;
};

class PassRunner {
 public:
  explicit PassRunner(PassRunnerOptions options) : options_(std::move(options)) {}

  // Runs a pass. Gives whether anything changed. When verification is on and finds a fault, prints
  // it and ends the process: it is a bug of the pass.
  bool Run(const Pass& pass, Program& program);
  // Verifies and prints after a step that is not a pass, such as a phase that built the program.
  void After(std::string_view step, const Program& program);

  // One entry for each name, in order of first run.
  const std::vector<PassTiming>& timings() const { return timings_; }

 private:
  bool RunOnFunctions(const Pass& pass, Program& program, PassTiming& timing);
  bool RunOnProgram(const Pass& pass, Program& program, PassTiming& timing);
  PassTiming& Timing(std::string_view name);
  bool WantsPrint(std::string_view pass, bool is_changed, const FunctionInfo& function) const;
  void Print(const std::string& text) const;
  [[noreturn]] void Fail(std::string_view pass, const std::vector<std::string>& faults,
                         const std::string& before) const;

  PassRunnerOptions options_;
  std::vector<PassTiming> timings_;
};

}  // namespace weft::flowgraph

#endif  // WEFT_FLOWGRAPH_PASS_H_
