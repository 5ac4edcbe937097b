#ifndef WEFT_BACKEND_JVM_HOST_H_
#define WEFT_BACKEND_JVM_HOST_H_

#include "backend_jvm/class_file.h"
#include "backend_jvm/types.h"

// Where the program and Java meet: members of the host that the program calls, and functions of the
// program that Java may call (docs/rtyper.md). Each has a static method that brings arguments and
// result from one side to the other; HotSpot inlines it.
namespace weft::backend_jvm {

inline constexpr std::string_view kHostClass = "weft/Host";

// The method for an external that has a host member: takes and gives what the program has.
MethodRef HostBridge(Types& types, ExternalId id);
// The class of these methods, for the externals given.
ClassFile WriteHostClass(Types& types, const std::vector<ExternalId>& externals);
// Adds a public method for each exported function to the program's class.
void AddExports(Types& types, ClassFile& file);

}  // namespace weft::backend_jvm

#endif  // WEFT_BACKEND_JVM_HOST_H_
