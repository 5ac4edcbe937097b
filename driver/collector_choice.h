#ifndef WEFT_DRIVER_COLLECTOR_CHOICE_H_
#define WEFT_DRIVER_COLLECTOR_CHOICE_H_

#include "backend_c/collectors.h"
#include "common/diagnostic.h"
#include "driver/options.h"

namespace weft::driver {

// The collector that --gc names, or the default; another one than the level's if that cannot find
// roots as --gcrootfinder asks.
const backend_c::Collector& ChooseCollector(const Options& options);

// Whether --gc and --gcrootfinder can work together; otherwise a diagnostic says why not.
bool CheckCollectorChoice(const Options& options, DiagnosticEngine& diagnostics);

// Whether the collector scans the stack for what local variables refer to, as --gcrootfinder says
// or as the collector that was chosen does anyway.
bool UsesConservativeRoots(const Options& options);

}  // namespace weft::driver

#endif  // WEFT_DRIVER_COLLECTOR_CHOICE_H_
