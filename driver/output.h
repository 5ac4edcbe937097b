#ifndef WEFT_DRIVER_OUTPUT_H_
#define WEFT_DRIVER_OUTPUT_H_

#include <string>
#include <vector>

#include "common/diagnostic.h"
#include "common/error.h"

// Where results go, and how they get there whole or not at all.
namespace weft::driver {

// The output path of a program when no -o says it: "lox" for "interpreter_spec/lox/main.cc", "calc"
// for "calc.cc"; in the current folder.
std::string DefaultOutput(const std::string& first_source);

// The folder of C sources that belongs to an output path.
std::string BuildFolder(const std::string& output);

// Before anything is translated: can `output` be written, and does writing it destroy nothing?
// Reports why not.
void CheckOutputFile(const std::string& output, const std::vector<std::string>& sources,
                     DiagnosticEngine& diagnostics);
// The same for the folder of C sources: one that Weft did not make is not replaced.
void CheckBuildFolder(const std::string& folder, DiagnosticEngine& diagnostics);

// A folder that is filled beside the one that it will replace, under the name PATH.new, and takes
// its place when it is complete. Until then, and when it never gets so far, whatever stands at PATH
// stays as it is.
class PendingFolder {
 public:
  // Makes an empty PATH.new; what an interrupted run left there goes.
  static ErrorOr<PendingFolder> Create(const std::string& path);

  PendingFolder(PendingFolder&& other) noexcept;
  PendingFolder& operator=(PendingFolder&&) = delete;
  // Removes the folder unless it was committed.
  ~PendingFolder();

  // Where to write.
  const std::string& folder() const { return folder_; }

  // Puts the folder in its place. A file that is the same as before keeps its age, and what a C
  // compiler made in the old folder moves to the new one, so that make compiles only what changed.
  ErrorOr<Success> Commit();

 private:
  explicit PendingFolder(std::string path) : path_(std::move(path)), folder_(path_ + ".new") {}

  std::string path_;
  std::string folder_;
};

// Writes a file beside the path and renames it into place.
ErrorOr<Success> WriteFileAtomically(const std::string& path, std::string_view text);

}  // namespace weft::driver

#endif  // WEFT_DRIVER_OUTPUT_H_
