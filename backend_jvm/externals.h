#ifndef WEFT_BACKEND_JVM_EXTERNALS_H_
#define WEFT_BACKEND_JVM_EXTERNALS_H_

#include <string>
#include <string_view>

// The functions of the platform that dsl/ declares, as static methods.
namespace weft::backend_jvm {

struct ExternalMethod {
  std::string owner;
  std::string name;
};

// An empty name when there is none.
ExternalMethod FindExternal(std::string_view symbol);

}  // namespace weft::backend_jvm

#endif  // WEFT_BACKEND_JVM_EXTERNALS_H_
