#include "driver/output.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <system_error>

#include "common/file.h"

namespace weft::driver {

namespace {

namespace fs = std::filesystem;

// The folder that a path stands in.
std::string ParentOf(const std::string& path) {
  std::string parent = fs::path(path).parent_path().string();
  return parent.empty() ? "." : parent;
}

Error SystemError() { return Error(std::strerror(errno)); }

// Why nothing new can be made in the folder; empty when it can.
std::string WhyNotWritable(const std::string& folder) {
  std::error_code error;
  if (!fs::exists(folder, error)) return fmt::format("there is no folder '{}'", folder);
  if (!fs::is_directory(folder, error)) return fmt::format("'{}' is not a folder", folder);
  // Asking for permission is not enough: the file system may be read-only, or lie.
  std::string probe = fmt::format("{}/.weft-{}", folder, getpid());
  int file = open(probe.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0) return SystemError().message();
  close(file);
  unlink(probe.c_str());
  return "";
}

bool IsSameText(const fs::path& a, const fs::path& b) {
  std::error_code error;
  if (fs::file_size(a, error) != fs::file_size(b, error) || error) return false;
  ErrorOr<std::string> first = ReadFile(a.string());
  ErrorOr<std::string> second = ReadFile(b.string());
  return first.ok() && second.ok() && *first == *second;
}

// What Weft writes into a build folder, as opposed to what make leaves in it.
bool IsSource(const fs::path& path) {
  return path.extension() == ".c" || path.extension() == ".h" || path.extension() == ".cc" ||
         path.filename() == "Makefile";
}

// Takes over from the old folder what the new one would have to make again.
void Inherit(const fs::path& old_folder, const fs::path& new_folder) {
  std::error_code error;
  for (fs::recursive_directory_iterator it(old_folder, error), end; it != end && !error;
       it.increment(error)) {
    if (!it->is_regular_file(error)) continue;
    fs::path relative = it->path().lexically_relative(old_folder);
    fs::path target = new_folder / relative;
    std::error_code ignored;
    if (fs::exists(target, ignored)) {
      if (!IsSameText(it->path(), target)) continue;
      fs::last_write_time(target, fs::last_write_time(it->path(), ignored), ignored);
    } else if (!IsSource(relative)) {
      fs::create_directories(target.parent_path(), ignored);
      fs::rename(it->path(), target, ignored);
    }
  }
}

}  // namespace

std::string DefaultOutput(const std::string& first_source) {
  fs::path path = fs::path(first_source).lexically_normal();
  std::string stem = path.stem().string();
  if (stem != "main") return stem;
  std::error_code error;
  std::string folder = fs::absolute(path, error).parent_path().filename().string();
  return folder.empty() ? stem : folder;
}

std::string BuildFolder(const std::string& output) { return output + ".build"; }

void CheckOutputFile(const std::string& output, const std::vector<std::string>& sources,
                     DiagnosticEngine& diagnostics) {
  std::error_code error;
  for (const std::string& source : sources) {
    if (!fs::equivalent(source, output, error)) continue;
    diagnostics.Report(diag::kOutputIsSource, output);
    return;
  }
  if (fs::is_directory(output, error)) {
    diagnostics.Report(diag::kOutputUnwritable, output, "it is a folder");
    return;
  }
  if (std::string why_not = WhyNotWritable(ParentOf(output)); !why_not.empty()) {
    diagnostics.Report(diag::kOutputUnwritable, output, why_not);
  }
}

void CheckBuildFolder(const std::string& folder, DiagnosticEngine& diagnostics) {
  std::error_code error;
  if (!fs::exists(folder, error)) {
    std::string why_not = WhyNotWritable(ParentOf(folder));
    if (!why_not.empty()) diagnostics.Report(diag::kOutputUnwritable, folder, why_not);
    return;
  }
  if (!fs::is_directory(folder, error)) {
    diagnostics.Report(diag::kOutputUnwritable, folder, "it is not a folder");
    return;
  }
  ErrorOr<std::string> makefile = ReadFile(folder + "/Makefile");
  bool is_ours = makefile.ok() && makefile->find("Weft") != std::string::npos;
  if (!is_ours && !fs::is_empty(folder, error)) {
    diagnostics.Report(diag::kOutputUnwritable, folder, "it is there, and not made by Weft");
  }
}

ErrorOr<PendingFolder> PendingFolder::Create(const std::string& path) {
  PendingFolder pending(path);
  std::error_code error;
  fs::remove_all(pending.folder_, error);
  if (mkdir(pending.folder_.c_str(), 0777) != 0) return SystemError();
  return pending;
}

PendingFolder::PendingFolder(PendingFolder&& other) noexcept
    : path_(std::move(other.path_)), folder_(std::move(other.folder_)) {
  other.folder_.clear();
}

PendingFolder::~PendingFolder() {
  std::error_code ignored;
  if (!folder_.empty()) fs::remove_all(folder_, ignored);
}

ErrorOr<Success> PendingFolder::Commit() {
  if (rename(folder_.c_str(), path_.c_str()) == 0) {
    // There was none before, or an empty one.
    folder_.clear();
    return Success{};
  }
  if (errno != ENOTEMPTY && errno != EEXIST) return SystemError();
  Inherit(path_, folder_);
  // Both change names in one step; what was old is then in the pending place, and goes with it.
  if (renameat2(AT_FDCWD, folder_.c_str(), AT_FDCWD, path_.c_str(), RENAME_EXCHANGE) == 0) {
    return Success{};
  }
  // A file system that cannot exchange: for a moment there is no folder.
  std::string aside = path_ + ".old";
  std::error_code ignored;
  fs::remove_all(aside, ignored);
  if (rename(path_.c_str(), aside.c_str()) != 0) return SystemError();
  if (rename(folder_.c_str(), path_.c_str()) != 0) {
    Error error = SystemError();
    std::rename(aside.c_str(), path_.c_str());
    return error;
  }
  fs::remove_all(aside, ignored);
  folder_.clear();
  return Success{};
}

ErrorOr<Success> WriteFileAtomically(const std::string& path, std::string_view text) {
  std::string pending = path + ".new";
  if (ErrorOr<Success> written = WriteFile(pending, text); !written.ok()) {
    unlink(pending.c_str());
    return written;
  }
  if (std::rename(pending.c_str(), path.c_str()) != 0) {
    Error error = SystemError();
    unlink(pending.c_str());
    return error;
  }
  return Success{};
}

}  // namespace weft::driver
