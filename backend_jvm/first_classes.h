#ifndef WEFT_BACKEND_JVM_FIRST_CLASSES_H_
#define WEFT_BACKEND_JVM_FIRST_CLASSES_H_

#include <string>
#include <vector>

#include "backend_common/frozen_image.h"
#include "backend_jvm/method_writer.h"
#include "backend_jvm/types.h"

// The classes that a program needs soon after its start.
namespace weft::backend_jvm {

// Those of the frozen heap, those with the functions that are called first, and those of the
// objects that these make, about in the order in which they are needed: a search from the entry, in
// breadth, as far as it seems certain. While the program begins, weft.Main loads them on another
// processor. A guess: what is missing is loaded when it is needed, as always.
std::vector<std::string> FirstClasses(Types& types, const backend_common::FrozenImage& image,
                                      const Needs& needs);

}  // namespace weft::backend_jvm

#endif  // WEFT_BACKEND_JVM_FIRST_CLASSES_H_
