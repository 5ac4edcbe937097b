#include "driver/collector_choice.h"

#include <fmt/format.h>

namespace weft::driver {

using backend_c::Collector;
using backend_c::RootFinding;

const Collector& ChooseCollector(const Options& options) {
  const Collector& collector = backend_c::FindCollector(options.Text(OptionId::kGc));
  bool adjusts = !options.IsGiven(OptionId::kGc) && collector.roots == RootFinding::kShadowStack &&
                 options.Is(OptionId::kGcRootFinder, "conservative");
  return adjusts ? backend_c::FindCollector("marksweep") : collector;
}

bool CheckCollectorChoice(const Options& options, DiagnosticEngine& diagnostics) {
  const Collector& collector = ChooseCollector(options);
  if (!options.IsGiven(OptionId::kGcRootFinder)) return true;
  bool is_conservative = options.Is(OptionId::kGcRootFinder, "conservative");
  RootFinding refused = is_conservative ? RootFinding::kShadowStack : RootFinding::kConservative;
  if (collector.roots != refused) return true;
  diagnostics.Report(
      diag::kOptionConflict, fmt::format("--gc={}", collector.name),
      fmt::format("--gcrootfinder={}", is_conservative ? "shadowstack" : "conservative"),
      fmt::format(": {}", collector.why_not));
  return false;
}

bool UsesConservativeRoots(const Options& options) {
  RootFinding roots = ChooseCollector(options).roots;
  return roots == RootFinding::kConservative ||
         (roots == RootFinding::kBoth && options.Is(OptionId::kGcRootFinder, "conservative"));
}

}  // namespace weft::driver
