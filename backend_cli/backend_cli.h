#ifndef WEFT_BACKEND_CLI_BACKEND_CLI_H_
#define WEFT_BACKEND_CLI_BACKEND_CLI_H_

#include <string>
#include <vector>

#include "common/error.h"
#include "flowgraph/program.h"

// Writes a program for the CLI: .NET and Mono. It takes a program of type system ootype, optimised
// and not woven (docs/decisions/0006), and gives the IL that ilasm assembles to one executable.
namespace weft::backend_cli {

struct CliOptions {
  // The folder of Weft's own sources, where the run time stands; left out of paths in messages.
  std::string root;
  // The name of the assembly.
  std::string name;
};

struct CliArtefact {
  // The text for ilasm, run time and all.
  std::string il;
  // The resource that the text names: a file beside it.
  std::string places;
};

ErrorOr<CliArtefact> Generate(const flowgraph::Program& program, const CliOptions& options);

// The externals that the program calls and the run time lacks.
std::vector<ExternalId> MissingExternals(const flowgraph::Program& program);

}  // namespace weft::backend_cli

#endif  // WEFT_BACKEND_CLI_BACKEND_CLI_H_
