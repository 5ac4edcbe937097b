#ifndef WEFT_BACKEND_CLI_PLACE_ACCESS_H_
#define WEFT_BACKEND_CLI_PLACE_ACCESS_H_

#include <string>

#include "backend_cli/cli_types.h"
#include "backend_cli/method_emitter.h"

namespace weft::backend_cli {

// The methods that read and write places, a pair for each type: members of the class `places`. A
// place is an object and an offset that numbers its fields (docs/decisions/0006). Each method asks
// the object for its class, among those of which some place is taken, and then looks the offset up.
std::string EmitPlaceAccess(const CliTypes& types, const MethodUses& uses);

}  // namespace weft::backend_cli

#endif  // WEFT_BACKEND_CLI_PLACE_ACCESS_H_
