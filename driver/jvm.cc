#include "driver/jvm.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <utility>
#include <vector>

#include "backend_common/mangle.h"
#include "backend_jvm/backend_jvm.h"
#include "common/check.h"
#include "common/file.h"
#include "driver/output.h"
#include "driver/process.h"

namespace weft::driver {

namespace {

namespace fs = std::filesystem;
using backend_jvm::JarEntry;

constexpr std::string_view kCompiler = "javac";

// In the folder that --source writes: its name says that the folder may be replaced.
constexpr std::string_view kMakefile =
    "# Made by Weft from restricted C++.\n"
    "program.jar:\n"
    "\tjar --create --file=program.jar --manifest=META-INF/MANIFEST.MF $$(ls | grep -v -e META-INF "
    "-e Makefile -e listing.txt -e program.jar)\n";

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
    t.diagnostics().Report(diag::kJdkMissing, kCompiler);
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
    t.diagnostics().Report(diag::kJdkFailed,
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

// A folder with these files, whole or not at all.
ErrorOr<Success> WriteFolder(const std::vector<JarEntry>& entries, const std::string& folder) {
  ErrorOr<PendingFolder> pending = PendingFolder::Create(folder);
  if (!pending.ok()) return pending.error();
  for (const JarEntry& entry : entries) {
    fs::path path = fs::path(pending->folder()) / entry.path;
    std::error_code error;
    fs::create_directories(path.parent_path(), error);
    WEFT_RETURN_IF_ERROR(WriteFile(path.string(), entry.bytes));
  }
  // What says whose the folder is.
  WEFT_RETURN_IF_ERROR(WriteFile(pending->folder() + "/Makefile", kMakefile));
  return pending->Commit();
}

}  // namespace

void WriteJar(Translation& t, const std::string& folder, const std::string& output) {
  bool only_sources = t.options().Flag(OptionId::kSource);
  backend_jvm::PinOperands(t.program());
  t.AfterPhase("pin_operands");
  backend_jvm::LimitCode(t.program());
  t.AfterPhase("limit_code");
  backend_jvm::Artefact artefact = backend_jvm::GenerateClasses(t.program(), only_sources);
  for (ExternalId id : artefact.missing) {
    const auto& external = t.program().external(id);
    t.diagnostics().Report(external.loc, diag::kExternalMissing, "jvm", external.symbol);
  }
  if (t.diagnostics().has_errors()) return;
  std::vector<JarEntry> runtime = RuntimeClasses(t);
  if (t.diagnostics().has_errors()) return;
  std::vector<JarEntry> classes = std::move(artefact.classes);
  classes.insert(classes.end(), runtime.begin(), runtime.end());
  // Java programs that use the jar find classes by their names.
  bool is_library = only_sources || artefact.uses_host;
  std::vector<JarEntry> entries = {
      {"META-INF/MANIFEST.MF", backend_jvm::Manifest(is_library ? "weft.Program" : "weft.Main")}};
  auto main = std::find_if(classes.begin(), classes.end(),
                           [](const JarEntry& file) { return file.path == "weft/Main.class"; });
  WEFT_CHECK(main != classes.end(), "the run time has no class weft.Main");
  JarEntry loader = std::move(*main);
  classes.erase(main);
  if (is_library) {
    entries.insert(entries.end(), classes.begin(), classes.end());
  } else {
    entries.push_back(std::move(loader));
    classes.push_back(backend_jvm::StartClass());
    entries.push_back(backend_jvm::MakeClassesEntry(classes, artefact.first_classes));
  }
  ErrorOr<Success> written = Success();
  if (only_sources) {
    entries.push_back({"listing.txt", artefact.listing});
    written = WriteFolder(entries, folder);
  } else {
    written = WriteFileAtomically(output, backend_jvm::MakeJar(entries));
  }
  if (!written.ok()) {
    t.diagnostics().Report(diag::kOutputUnwritable, only_sources ? folder : output,
                           written.error().message());
  }
}

}  // namespace weft::driver
