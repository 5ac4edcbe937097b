#ifndef WEFT_DRIVER_BUILD_CLI_H_
#define WEFT_DRIVER_BUILD_CLI_H_

#include <string>

#include "driver/translation.h"

namespace weft::driver {

// Writes the folder with the IL of a program and its resources, which appears when it is complete.
void WriteIl(Translation& t, const std::string& folder, const std::string& output);

// Runs ilasm in that folder and puts the executable, and the file with its line numbers, in place,
// with machine code from Mono's compiler beside it. Reports a missing or failing ilasm.
void Assemble(Translation& t, const std::string& folder, const std::string& output);

}  // namespace weft::driver

#endif  // WEFT_DRIVER_BUILD_CLI_H_
