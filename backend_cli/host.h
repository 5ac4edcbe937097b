#ifndef WEFT_BACKEND_CLI_HOST_H_
#define WEFT_BACKEND_CLI_HOST_H_

#include <set>
#include <string>

#include "backend_cli/cli_types.h"

// Where the program and .NET meet: members of the host that the program calls, and functions of the
// program that others may call (docs/rtyper.md). Each has a static method that brings arguments and
// result from one side to the other.
namespace weft::backend_cli {

// The class of the host as IL names it: "[mscorlib]System.Text.StringBuilder".
std::string HostClassName(const std::string& name);

// The operand of a call of the method for an external that has a host member: it takes and gives
// what the program has.
std::string HostBridge(const CliTypes& types, ExternalId id);
// The class of these methods.
std::string EmitHostMembers(const CliTypes& types, const std::set<ExternalId>& externals);
// The public class of exported functions; empty when there are none.
std::string EmitExports(const CliTypes& types);
// Declarations of the assemblies that the host's classes are in, but for mscorlib and those that
// `text` declares.
std::string ExternAssemblies(const CliTypes& types, std::string_view text);

}  // namespace weft::backend_cli

#endif  // WEFT_BACKEND_CLI_HOST_H_
