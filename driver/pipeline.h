#ifndef WEFT_DRIVER_PIPELINE_H_
#define WEFT_DRIVER_PIPELINE_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "driver/translation.h"

namespace weft::driver {

// How far a command wants its program translated. Each is what the task of that name leaves; woven
// is what the backend gets, so without weaving for one that takes ootype.
enum class Goal : uint8_t { kSource, kAnnotated, kRtyped, kWoven };

// The tasks that `weft translate` adds.
inline constexpr std::string_view kWriteTask = "write C";
inline constexpr std::string_view kCompileTask = "compile C";
inline constexpr std::string_view kAssembleTask = "assemble";

// The type system that the chosen backend takes.
flowgraph::TypeSystem TypeSystemFor(const Options& options);

// How many tasks there are for the chosen backend, those two included.
size_t TaskCount(const Options& options);

// Runs the tasks in their order, each timed, until one has reported an error or the goal is
// reached. False when there were errors.
bool RunPipeline(Translation& translation, Goal goal);
// The same for a translation that has reached the goal `from`.
bool ContinuePipeline(Translation& translation, Goal from, Goal goal);

}  // namespace weft::driver

#endif  // WEFT_DRIVER_PIPELINE_H_
