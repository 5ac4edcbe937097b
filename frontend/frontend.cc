#include "frontend/frontend.h"

#include <chrono>
#include <memory>

#include "frontend/sources.h"
#include "frontend/translator.h"
#include "llvm/Support/thread.h"

namespace weft::frontend {
namespace {

// Clang and the translation of deeply nested expressions recurse; the depth of both is limited
// (Clang's brackets, W0133), and this much stack is enough for that.
constexpr unsigned kStackSize = 256u << 20;

double Milliseconds(std::chrono::steady_clock::time_point since) {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - since)
      .count();
}

}  // namespace

FrontendResult Parse(const FrontendOptions& options, DiagnosticEngine& diagnostics,
                     flowgraph::Program& program) {
  FrontendResult result;
  size_t errors = diagnostics.error_count();
  llvm::thread thread(std::optional<unsigned>(kStackSize), [&] {
    auto start = std::chrono::steady_clock::now();
    std::vector<std::unique_ptr<Unit>> units =
        ParseSources(options, program.files, diagnostics, result);
    result.parse_ms = Milliseconds(start);
    start = std::chrono::steady_clock::now();
    if (!units.empty()) Translator(options, diagnostics, program, units).Run();
    result.translate_ms = Milliseconds(start);
  });
  thread.join();
  result.ok = diagnostics.error_count() == errors;
  return result;
}

}  // namespace weft::frontend
