#include "flowgraph/pass.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "common/check.h"
#include "flowgraph/text.h"
#include "flowgraph/verifier.h"

namespace weft::flowgraph {

bool PassRunner::Run(const Pass& pass, Program& program) {
  auto start = std::chrono::steady_clock::now();
  size_t timing = static_cast<size_t>(&Timing(pass.name) - timings_.data());
  bool is_changed = pass.run_function ? RunOnFunctions(pass, program, timings_[timing])
                                      : RunOnProgram(pass, program, timings_[timing]);
  timings_[timing].time += std::chrono::steady_clock::now() - start;
  if (options_.after_pass) options_.after_pass(pass, program);
  return is_changed;
}

bool PassRunner::RunOnFunctions(const Pass& pass, Program& program, PassTiming& timing) {
  bool is_any_changed = false;
  for (size_t f = 0; f < program.functions.size(); ++f) {
    FunctionId id(f);
    FunctionInfo& function = program.function(id);
    if (function.graph.empty()) continue;
    Graph before;
    if (options_.verify) before = function.graph;
    bool is_changed = pass.run_function(program, function);
    if (is_changed) ++timing.changed_functions;
    is_any_changed |= is_changed;
    if (options_.verify) {
      std::vector<std::string> faults = VerifyFunction(program, id);
      if (!faults.empty()) {
        std::string after = PrintFunction(program, id);
        function.graph = std::move(before);
        Fail(pass.name, faults,
             fmt::format("{}\nand after it:\n{}", PrintFunction(program, id), after));
      }
    }
    if (WantsPrint(pass.name, is_changed, function)) {
      Print(fmt::format("; after {}\n{}\n", pass.name, PrintFunction(program, id)));
    }
  }
  return is_any_changed;
}

bool PassRunner::RunOnProgram(const Pass& pass, Program& program, PassTiming& timing) {
  // What the functions looked like, to say which ones a pass over the program changed.
  std::vector<std::string> before;
  bool is_watched = options_.print_changed || options_.verify;
  auto print_all = [&] {
    std::vector<std::string> texts;
    for (size_t f = 0; f < program.functions.size(); ++f) {
      texts.push_back(PrintFunction(program, FunctionId(f)));
    }
    return texts;
  };
  if (options_.print_changed) before = print_all();
  bool is_changed = pass.run_program(program);
  if (is_changed) ++timing.changed_functions;
  if (options_.verify) {
    std::vector<std::string> faults = Verify(program);
    if (!faults.empty()) Fail(pass.name, faults, "");
  }
  if (is_watched || !options_.print_after.empty()) {
    for (size_t f = 0; f < program.functions.size(); ++f) {
      const FunctionInfo& function = program.function(FunctionId(f));
      if (function.graph.empty()) continue;
      std::string text = PrintFunction(program, FunctionId(f));
      bool is_function_changed =
          options_.print_changed && (f >= before.size() || before[f] != text);
      if (WantsPrint(pass.name, is_function_changed, function)) {
        Print(fmt::format("; after {}\n{}\n", pass.name, text));
      }
    }
  }
  return is_changed;
}

void PassRunner::After(std::string_view step, const Program& program) {
  if (options_.verify) {
    std::vector<std::string> faults = Verify(program);
    if (!faults.empty()) Fail(step, faults, "");
  }
  for (size_t f = 0; f < program.functions.size(); ++f) {
    const FunctionInfo& function = program.function(FunctionId(f));
    if (function.graph.empty() || !WantsPrint(step, true, function)) continue;
    Print(fmt::format("; after {}\n{}\n", step, PrintFunction(program, FunctionId(f))));
  }
  Pass pass{.name = "", .doc = "", .run_function = {}, .run_program = {}};
  std::string name(step);
  pass.name = name.c_str();
  if (options_.after_pass) options_.after_pass(pass, program);
}

PassTiming& PassRunner::Timing(std::string_view name) {
  for (PassTiming& timing : timings_) {
    if (timing.name == name) return timing;
  }
  timings_.push_back({.name = std::string(name)});
  return timings_.back();
}

bool PassRunner::WantsPrint(std::string_view pass, bool is_changed,
                            const FunctionInfo& function) const {
  if (!options_.function.empty() && function.name.find(options_.function) == std::string::npos) {
    return false;
  }
  if (options_.print_changed && is_changed) return true;
  return std::any_of(options_.print_after.begin(), options_.print_after.end(),
                     [&](const std::string& name) { return name == "all" || name == pass; });
}

void PassRunner::Print(const std::string& text) const {
  if (options_.print) {
    options_.print(text);
  } else {
    fmt::print(stderr, "{}", text);
  }
}

void PassRunner::Fail(std::string_view pass, const std::vector<std::string>& faults,
                      const std::string& before) const {
  std::string text = fmt::format("weft: {} left a graph that is not valid:\n", pass);
  for (const std::string& fault : faults) text += "  " + fault + "\n";
  if (!before.empty()) text += fmt::format("The function before it:\n{}", before);
  Print(text);
  CheckFailed("flowgraph/pass.cc", __LINE__, "Verify(program)", fmt::format("broken by {}", pass));
}

}  // namespace weft::flowgraph
