#ifndef WEFT_BACKEND_C_COLLECTORS_H_
#define WEFT_BACKEND_C_COLLECTORS_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace weft::backend_c {

// How a collector can learn what local variables refer to.
enum class RootFinding { kNone, kShadowStack, kConservative, kBoth };

// Which stores of references a collector is told of.
enum class StoresTold { kNoBarriers, kObjects, kOverwrites, kStores };

// What the translator knows of a collector: a row of backend_c/collectors.def, which says what the
// fields mean.
struct Collector {
  std::string_view name;
  std::string_view define;
  std::string_view files;
  std::string_view libraries;
  bool moves;
  StoresTold barriers;
  uint32_t large;
  RootFinding roots;
  std::string_view why_not;
};

// The collector that `--gc=name` means; there must be one.
const Collector& FindCollector(std::string_view name);

// All of them, in the order of the table.
std::vector<std::string_view> CollectorNames();

}  // namespace weft::backend_c

#endif  // WEFT_BACKEND_C_COLLECTORS_H_
