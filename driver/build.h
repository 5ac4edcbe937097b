#ifndef WEFT_DRIVER_BUILD_H_
#define WEFT_DRIVER_BUILD_H_

#include <string>

#include "driver/translation.h"

namespace weft::driver {

// Builds the executable of a folder of C sources by make, and puts it at `output`; with --pgo by
// way of one that counts, which runs as the option says. Reports a compiler that is missing (W0504)
// or fails (W0505), and a training run that does (W0002), after their own messages and the command;
// the folder stays as it is then.
void BuildExecutable(Translation& translation, const std::string& folder,
                     const std::string& output);

}  // namespace weft::driver

#endif  // WEFT_DRIVER_BUILD_H_
