#ifndef WEFT_BACKEND_JVM_LISTING_H_
#define WEFT_BACKEND_JVM_LISTING_H_

#include <string>

#include "backend_jvm/class_file.h"

// Class files for people.
namespace weft::backend_jvm {

// The class as text, much as javap -c prints it: fields, and methods with their instructions, the
// constants that they name spelled out.
std::string Listing(const ClassFile& file);

}  // namespace weft::backend_jvm

#endif  // WEFT_BACKEND_JVM_LISTING_H_
