#ifndef WEFT_BACKEND_CLI_METHOD_EMITTER_H_
#define WEFT_BACKEND_CLI_METHOD_EMITTER_H_

#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "backend_cli/cli_types.h"
#include "backend_cli/places.h"
#include "flowgraph/program.h"

namespace weft::backend_cli {

// What the methods of a program refer to, and what therefore has to be written beside them.
struct MethodUses {
  std::set<MethodId> methods;
  // Functions that are values, and types of functions and tuples.
  std::set<FunctionId> function_objects;
  std::set<TypeId> delegates;
  std::set<TypeId> tuples;
  std::set<FrozenId> frozen;
  std::set<ContainerId> weak_references;
  std::set<GlobalId> globals;
  // Constant tables, and which of their scalars.
  std::set<std::pair<GlobalId, uint32_t>> tables;
  // Containers whose fields or items somebody takes the place of, and the types that are read and
  // written at places.
  std::set<ContainerId> with_places;
  std::set<TypeId> loads;
  std::set<TypeId> stores;
  // Members of the host that are called.
  std::set<ExternalId> externals;
};

// A static method of the class `code` for a function, as text for ilasm. `may_nest`: the function
// can be entered again while it runs, so it looks at the depth of the stack.
std::string EmitMethod(const CliTypes& types, FunctionId id, bool may_nest, PlaceTable* places,
                       MethodUses* uses);

// The class of the run time that has an external's method; null for what it does not have.
const char* ExternalOwner(std::string_view symbol);

// The names of the static methods that read and write places of a type.
std::string LoadAtName(const CliTypes& types, TypeId type);
std::string StoreAtName(const CliTypes& types, TypeId type);

}  // namespace weft::backend_cli

#endif  // WEFT_BACKEND_CLI_METHOD_EMITTER_H_
