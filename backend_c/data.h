#ifndef WEFT_BACKEND_C_DATA_H_
#define WEFT_BACKEND_C_DATA_H_

#include <string>

#include "backend_c/c_types.h"
#include "backend_common/reachability.h"

// The shards that hold no functions.
namespace weft::backend_c {

using backend_common::Reachable;

// Global variables, constant tables and the frozen heap as static data: data.c.
std::string EmitData(const CTypes& types, const Reachable& reachable);

// What the run time and the collector ask a program for: the table of types, the roots in static
// data, the entry, and the dispatch tables, which type ids number: program.c.
std::string EmitProgramTables(const CTypes& types, const Reachable& reachable);

// The header type_ids.h: the number of every type, and where the range of its descendants ends.
std::string EmitTypeIds(const CTypes& types, const Reachable& reachable);

}  // namespace weft::backend_c

#endif  // WEFT_BACKEND_C_DATA_H_
