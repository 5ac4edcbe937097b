#include "driver/jvm.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <vector>

#include "backend_common/mangle.h"
#include "backend_jvm/backend_jvm.h"
#include "common/file.h"
#include "driver/output.h"
#include "driver/process.h"

namespace weft::driver {

namespace {

namespace fs = std::filesystem;
using backend_jvm::JarEntry;

constexpr std::string_view kCompiler = "javac";

// All files below a folder with this ending, in the order of their names.
std::vector<std::string> FilesBelow(const std::string& folder, std::string_view ending) {
  std::vector<std::string> files;
  std::error_code error;
  for (fs::recursive_directory_iterator it(folder, error), end; it != end && !error;
       it.increment(error)) {
    if (it->path().extension() == ending) files.push_back(it->path().string());
  }
  std::sort(files.begin(), files.end());
  return files;
}

// The folder with the run time's class files; empty when that has been reported to fail.
std::string RuntimeFolder(Translation& t) {
  std::string source = t.root() + "/backend_jvm/runtime";
  std::vector<std::string> files = FilesBelow(source, ".java");
  std::string texts;
  for (const std::string& file : files) {
    ErrorOr<std::string> text = ReadFile(file);
    if (!text.ok()) {
      t.diagnostics().Report(diag::kFileUnreadable, file, text.error().message());
      return "";
    }
    texts += file.substr(source.size()) + "\n" + *text;
  }
  std::string folder = fmt::format("{}/.cache/jvm/{}", t.root(), backend_common::ShortHash(texts));
  std::error_code error;
  if (fs::exists(folder, error)) return folder;
  if (!IsProgram(std::string(kCompiler))) {
    t.diagnostics().Report(diag::kCompilerMissing, kCompiler);
    return "";
  }
  // Compiled beside its place and moved there; who comes second throws his own away.
  std::string pending = fmt::format("{}.{}", folder, getpid());
  fs::create_directories(pending, error);
  std::vector<std::string> command = {
      std::string(kCompiler),   "--release", "17",   "-g:source,lines", "-Xlint:-options",
      "-XDstringConcat=inline", "-d",        pending};
  command.insert(command.end(), files.begin(), files.end());
  ErrorOr<ProcessResult> result = RunProcess(command);
  if (!result.ok() || result->exit_code != 0) {
    t.diagnostics().Report(diag::kCompilerFailed, 1,
                           result.ok() ? result->output : result.error().message());
    fs::remove_all(pending, error);
    return "";
  }
  fs::rename(pending, folder, error);
  if (error) fs::remove_all(pending, error);
  return folder;
}

// The run time's classes, in the order of their names.
std::vector<JarEntry> RuntimeClasses(Translation& t) {
  std::vector<JarEntry> entries;
  std::string folder = RuntimeFolder(t);
  if (folder.empty()) return entries;
  for (const std::string& file : FilesBelow(folder, ".class")) {
    ErrorOr<std::string> bytes = ReadFile(file);
    if (!bytes.ok()) {
      t.diagnostics().Report(diag::kFileUnreadable, file, bytes.error().message());
      return entries;
    }
    entries.push_back({file.substr(folder.size() + 1), *std::move(bytes)});
  }
  return entries;
}

}  // namespace

void WriteJar(Translation& t, const std::string& output) {
  std::vector<JarEntry> runtime = RuntimeClasses(t);
  if (t.diagnostics().has_errors()) return;
  backend_jvm::LimitCode(t.program());
  t.AfterPhase("limit_code");
  backend_jvm::Artefact artefact = backend_jvm::GenerateClasses(t.program());
  std::vector<JarEntry> entries = {{"META-INF/MANIFEST.MF", backend_jvm::Manifest()}};
  entries.insert(entries.end(), artefact.classes.begin(), artefact.classes.end());
  entries.insert(entries.end(), runtime.begin(), runtime.end());
  ErrorOr<Success> written = WriteFileAtomically(output, backend_jvm::MakeJar(entries));
  if (!written.ok()) {
    t.diagnostics().Report(diag::kOutputUnwritable, output, written.error().message());
  }
}

}  // namespace weft::driver
