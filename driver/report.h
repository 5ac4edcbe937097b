#ifndef WEFT_DRIVER_REPORT_H_
#define WEFT_DRIVER_REPORT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "driver/progress.h"
#include "driver/translation.h"

namespace weft::driver {

// A number with the name of what it counts.
struct Count {
  std::string name;
  int64_t value = 0;
};

struct PassCost {
  std::string name;
  double seconds = 0;
  size_t changed_functions = 0;
};

// What the gc transform put into one function.
struct GcCost {
  std::string function;
  weave::GcFunctionCounts counts;
};

// What `weft report` says, in the order in which it says it.
struct Report {
  std::string program;
  std::vector<std::string> sources;
  std::vector<TaskTime> tasks;
  std::vector<ProgramSize> sizes;
  std::vector<PassCost> passes;
  // What the finished program consists of.
  std::vector<Count> contents;
  // What was proven of the whole program.
  std::vector<Count> facts;
  // How the Unboxed classes are represented, and why.
  std::vector<rtyper::UnboxedReport> unboxed;
  // The functions with roots and barriers, those with most of them first.
  std::vector<GcCost> gc;
  // Only what the program tells the collector is shown.
  bool is_about_gc = false;
  std::string collector;
  // The counts of all functions together.
  std::vector<Count> gc_totals;
  // For --function: what is known of each of them, and why. For --gc: why the roots and barriers
  // of each function are there.
  std::vector<std::string> explanations;
};

// Gathers what a finished translation knows.
Report MakeReport(Translation& translation);

std::string ReportText(const Report& report);
std::string ReportJson(const Report& report);

}  // namespace weft::driver

#endif  // WEFT_DRIVER_REPORT_H_
