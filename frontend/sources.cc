#include "frontend/sources.h"

#include <filesystem>
#include <set>
#include <utility>

#include "clang/Basic/Diagnostic.h"
#include "clang/Basic/DiagnosticOptions.h"
#include "clang/Basic/DiagnosticSema.h"
#include "clang/Frontend/CompilerInstance.h"
#include "clang/Frontend/CompilerInvocation.h"
#include "clang/Frontend/TextDiagnosticPrinter.h"
#include "clang/Frontend/Utils.h"
#include "clang/Serialization/PCHContainerOperations.h"
#include "common/file.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/raw_ostream.h"

namespace weft::frontend {
namespace {

// The driver decides from argv[0] where Clang's own headers stand.
constexpr const char* kClang = "/usr/lib/llvm-19/bin/clang++";

std::vector<std::string> Arguments(const FrontendOptions& options, const std::string& source) {
  std::vector<std::string> args = {
      kClang,
      "-xc++",
      "-std=c++20",
      "-fsyntax-only",
      "-D__WEFT__=1",
      "-fwrapv",
      "--target=" + options.target,
      "-ferror-limit=100",
      // Warnings belong to the direct build, but these are mistakes in any C++ program whose effect
      // would differ between executors.
      "-Wno-everything",
      "-Werror=return-type",
      "-Werror=return-stack-address",
      "-Werror=uninitialized",
      "-Werror=sometimes-uninitialized",
  };
  // WEFT_HOST_JVM, WEFT_HOST_CLI: for what dsl/ does in another way there.
  if (!options.host.empty()) {
    args.push_back("-DWEFT_HOST_" + llvm::StringRef(options.host).upper() + "=1");
  }
  for (const std::string& dir : options.include_dirs) args.push_back("-I" + dir);
  for (const std::string& define : options.defines) args.push_back("-D" + define);
  if (options.color) args.push_back("-fcolor-diagnostics");
  args.push_back("--");
  args.push_back(source);
  return args;
}

// Prints Clang's messages and counts its errors, all but one kind: a template of the dsl whose body
// is the toolchain's has none that Clang could see, and when its argument is a type of an unnamed
// namespace, C++ asks for one in this very file.
class MessagePrinter : public clang::TextDiagnosticPrinter {
 public:
  using TextDiagnosticPrinter::TextDiagnosticPrinter;

  int errors() const { return errors_; }

  void HandleDiagnostic(clang::DiagnosticsEngine::Level level,
                        const clang::Diagnostic& info) override {
    if (info.getID() == clang::diag::err_undefined_internal_type) {
      skips_notes_ = true;
      return;
    }
    if (level == clang::DiagnosticsEngine::Note && skips_notes_) return;
    skips_notes_ = false;
    if (level >= clang::DiagnosticsEngine::Error) errors_++;
    TextDiagnosticPrinter::HandleDiagnostic(level, info);
  }

 private:
  int errors_ = 0;
  bool skips_notes_ = false;
};

std::unique_ptr<Unit> ParseSource(const FrontendOptions& options, const std::string& source,
                                  std::string& messages) {
  llvm::raw_string_ostream stream(messages);
  auto diagnostic_options = llvm::makeIntrusiveRefCnt<clang::DiagnosticOptions>();
  diagnostic_options->ShowColors = options.color;
  // The engine owns it.
  auto* printer = new MessagePrinter(stream, diagnostic_options.get());
  llvm::IntrusiveRefCntPtr<clang::DiagnosticsEngine> engine =
      clang::CompilerInstance::createDiagnostics(diagnostic_options.get(), printer);

  std::vector<std::string> arguments = Arguments(options, source);
  std::vector<const char*> argv;
  for (const std::string& argument : arguments) argv.push_back(argument.c_str());
  clang::CreateInvocationOptions invocation_options;
  invocation_options.Diags = engine;
  std::shared_ptr<clang::CompilerInvocation> invocation =
      clang::createInvocation(argv, invocation_options);
  if (invocation == nullptr) return nullptr;
  invocation->getDiagnosticOpts().ShowColors = options.color;

  auto files = llvm::makeIntrusiveRefCnt<clang::FileManager>(clang::FileSystemOptions());
  auto unit = std::make_unique<Unit>();
  unit->path = source;
  unit->ast = clang::ASTUnit::LoadFromCompilerInvocation(
      invocation, std::make_shared<clang::PCHContainerOperations>(), engine, files.get());
  if (unit->ast == nullptr || printer->errors() > 0) return nullptr;
  // The stream goes out of scope, and what follows has diagnostics of its own.
  engine->setClient(new clang::IgnoringDiagConsumer());
  unit->mangler.reset(
      clang::ItaniumMangleContext::create(unit->ast->getASTContext(), engine.operator*()));
  return unit;
}

// The user's files that a unit includes, in the order of their first inclusion.
std::vector<std::string> UserFiles(const Unit& unit) {
  const clang::SourceManager& sm = unit.ast->getSourceManager();
  std::vector<std::string> files;
  for (unsigned i = 0; i < sm.local_sloc_entry_size(); ++i) {
    const clang::SrcMgr::SLocEntry& entry = sm.getLocalSLocEntry(i);
    if (!entry.isFile() || clang::SrcMgr::isSystem(entry.getFile().getFileCharacteristic())) {
      continue;
    }
    clang::OptionalFileEntryRef file = entry.getFile().getContentCache().OrigEntry;
    if (file) files.push_back(file->getName().str());
  }
  return files;
}

}  // namespace

std::vector<std::unique_ptr<Unit>> ParseSources(const FrontendOptions& options, SourceFiles& files,
                                                DiagnosticEngine& diagnostics,
                                                FrontendResult& result) {
  std::vector<std::unique_ptr<Unit>> units;
  std::vector<std::string> queue;
  // By canonical path, so that a file named in two ways is one source.
  std::set<std::string> seen;
  auto add = [&](const std::string& path) {
    std::error_code error;
    std::string canonical = std::filesystem::weakly_canonical(path, error).string();
    if (seen.insert(error ? path : canonical).second) queue.push_back(path);
  };
  bool failed = false;
  for (const std::string& source : options.sources) {
    if (ErrorOr<std::string> text = ReadFile(source); !text.ok()) {
      diagnostics.Report(diag::kFileUnreadable, source, text.error().message());
      failed = true;
      continue;
    }
    add(source);
  }
  for (size_t i = 0; i < queue.size(); ++i) {
    std::string source = queue[i];
    result.sources.push_back(source);
    std::unique_ptr<Unit> unit = ParseSource(options, source, result.clang_messages);
    if (unit == nullptr) {
      std::string path = std::filesystem::path(source).lexically_normal().string();
      diagnostics.Report(SourceLoc(files.Add(path), 1, 1), diag::kClangErrors, path);
      failed = true;
      continue;
    }
    unit->index = static_cast<uint32_t>(units.size());
    for (const std::string& file : UserFiles(*unit)) {
      std::filesystem::path path(file);
      std::string extension = path.extension().string();
      if (extension != ".h" && extension != ".hpp" && extension != ".hh") continue;
      for (const char* other : {".cc", ".cpp"}) {
        path.replace_extension(other);
        std::error_code error;
        if (std::filesystem::is_regular_file(path, error)) add(path.string());
      }
    }
    units.push_back(std::move(unit));
  }
  if (failed) units.clear();
  return units;
}

}  // namespace weft::frontend
