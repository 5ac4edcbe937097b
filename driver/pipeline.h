#ifndef WEFT_DRIVER_PIPELINE_H_
#define WEFT_DRIVER_PIPELINE_H_

#include <cstddef>

#include "driver/translation.h"

namespace weft::driver {

// How far a command wants its program translated. Each is what the task of that name leaves.
enum class Goal : uint8_t { kSource, kAnnotated, kRtyped, kWoven };

// Runs the tasks in their order, each timed, until one has reported an error or the goal is
// reached. False when there were errors.
bool RunPipeline(Translation& translation, Goal goal);

}  // namespace weft::driver

#endif  // WEFT_DRIVER_PIPELINE_H_
