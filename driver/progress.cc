#include "driver/progress.h"

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

namespace weft::driver {

int64_t PeakMemory() {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  // Linux counts in kilobytes.
  return int64_t{usage.ru_maxrss} * 1024;
}

Progress::Style Progress::ChooseStyle(bool quiet, bool verbose, bool runs_program) {
  if (quiet) return Style::kSilent;
  const char* terminal = std::getenv("TERM");
  bool is_dumb = terminal == nullptr || std::string_view(terminal) == "dumb";
  bool is_terminal = isatty(STDERR_FILENO) && !is_dumb && std::getenv("CI") == nullptr;
  if (is_terminal && !verbose) return Style::kTerminal;
  return verbose || !runs_program ? Style::kLines : Style::kSilent;
}

void Progress::Begin(std::string_view name) {
  times_.push_back({.name = std::string(name)});
  if (style_ == Style::kTerminal) {
    fmt::print(stderr, "\r\033[K[{:2}/{}] {}", times_.size(), task_count_, name);
    std::fflush(stderr);
    has_line_ = true;
  }
  start_ = std::chrono::steady_clock::now();
}

void Progress::End() {
  TaskTime& task = times_.back();
  task.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  task.peak_bytes = PeakMemory();
  if (style_ == Style::kLines) {
    std::string memory =
        with_memory_ ? fmt::format("  {:6.1f} MB", static_cast<double>(task.peak_bytes) / 1e6) : "";
    fmt::print(stderr, "weft: {:32} {:7.3f} s{}\n", task.name, task.seconds, memory);
  }
}

void Progress::ClearLine() {
  if (!has_line_) return;
  fmt::print(stderr, "\r\033[K");
  std::fflush(stderr);
  has_line_ = false;
}

double Progress::TotalSeconds() const {
  double total = 0;
  for (const TaskTime& task : times_) total += task.seconds;
  return total;
}

}  // namespace weft::driver
