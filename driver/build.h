#ifndef WEFT_DRIVER_BUILD_H_
#define WEFT_DRIVER_BUILD_H_

#include <string>

#include "driver/translation.h"

namespace weft::driver {

// Builds the executable of a folder of C sources by make, and puts it at `output`. Reports a
// compiler that is missing (W0504) or fails (W0505), after its own messages and the command; the
// folder stays as it is then.
void BuildExecutable(Translation& translation, const std::string& folder,
                     const std::string& output);

}  // namespace weft::driver

#endif  // WEFT_DRIVER_BUILD_H_
