#include "backend_c/collectors.h"

#include "common/check.h"

namespace weft::backend_c {

namespace {

constexpr RootFinding kNone [[maybe_unused]] = RootFinding::kNone;
constexpr RootFinding kShadowStack [[maybe_unused]] = RootFinding::kShadowStack;
constexpr RootFinding kConservative [[maybe_unused]] = RootFinding::kConservative;
constexpr RootFinding kBoth [[maybe_unused]] = RootFinding::kBoth;
constexpr StoresTold kNoBarriers [[maybe_unused]] = StoresTold::kNoBarriers;
constexpr StoresTold kObjects [[maybe_unused]] = StoresTold::kObjects;
constexpr StoresTold kOverwrites [[maybe_unused]] = StoresTold::kOverwrites;
constexpr StoresTold kStores [[maybe_unused]] = StoresTold::kStores;

constexpr Collector kCollectors[] = {
#define WEFT_COLLECTOR(name, define, files, libraries, moves, barriers, large, roots, why_not) \
  {name, define, files, libraries, moves, barriers, large, roots, why_not},
#include "backend_c/collectors.def"
};

}  // namespace

const Collector& FindCollector(std::string_view name) {
  for (const Collector& collector : kCollectors) {
    if (collector.name == name) return collector;
  }
  WEFT_FATAL("a collector named '{}'", name);
}

std::vector<std::string_view> CollectorNames() {
  std::vector<std::string_view> names;
  for (const Collector& collector : kCollectors) names.push_back(collector.name);
  return names;
}

}  // namespace weft::backend_c
