#ifndef WEFT_DRIVER_JVM_H_
#define WEFT_DRIVER_JVM_H_

#include <string>

#include "driver/translation.h"

namespace weft::driver {

// Writes the program as a jar, or with --source its class files and a listing of them to the
// folder. The run time's classes are compiled by javac when a checkout needs them first, and kept
// in .cache/jvm; a missing javac is W0510.
void WriteJar(Translation& translation, const std::string& folder, const std::string& output);

}  // namespace weft::driver

#endif  // WEFT_DRIVER_JVM_H_
