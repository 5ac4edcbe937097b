#ifndef WEFT_DRIVER_PROGRESS_H_
#define WEFT_DRIVER_PROGRESS_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace weft::driver {

// What one task of a translation cost.
struct TaskTime {
  std::string name;
  double seconds = 0;
  // The most memory that the process had used when the task ended, in bytes.
  int64_t peak_bytes = 0;
};

// The most memory that this process has used so far, in bytes.
int64_t PeakMemory();

// Shows which task is running and keeps what each one cost. On a terminal one line is written over
// again and again, and gone at the end; elsewhere each task gets a line when it ends. All of it
// goes to stderr, so that stdout holds results alone.
class Progress {
 public:
  enum class Style { kSilent, kLines, kTerminal };

  // How to show progress: nothing when quiet, lines when a log is wanted or stderr is no terminal.
  // When stderr belongs to a program that is run afterwards, only those who ask for it get lines.
  static Style ChooseStyle(bool quiet, bool verbose, bool runs_program);

  Progress(Style style, bool with_memory, size_t task_count)
      : style_(style), with_memory_(with_memory), task_count_(task_count) {}
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  ~Progress() { ClearLine(); }

  // Tasks follow each other; the end of the last one begins the next.
  void Begin(std::string_view name);
  void End();

  // Removes the line on the terminal, for something else to be printed there.
  void ClearLine();

  const std::vector<TaskTime>& times() const { return times_; }
  double TotalSeconds() const;

 private:
  Style style_;
  bool with_memory_;
  size_t task_count_;
  bool has_line_ = false;
  std::chrono::steady_clock::time_point start_;
  std::vector<TaskTime> times_;
};

}  // namespace weft::driver

#endif  // WEFT_DRIVER_PROGRESS_H_
