#ifndef WEFT_BACKEND_C_MAKEFILE_H_
#define WEFT_BACKEND_C_MAKEFILE_H_

#include <string>
#include <vector>

#include "backend_c/backend_c.h"

namespace weft::backend_c {

// The Makefile of an artefact with these shards, and with immediates of this kind.
std::string EmitMakefile(const ArtefactOptions& options, BoxingScheme boxing,
                         const std::vector<std::string>& shards);

// The file settings.h, which every shard includes first: which collector and which representation
// of numbers the generated code is for, so that it compiles by itself.
std::string EmitSettings(const ArtefactOptions& options, BoxingScheme boxing);

// The file all.c, which is all shards in one translation unit.
std::string EmitUnit(const std::vector<std::string>& shards);

// The files of gc/ and backend_c/runtime/ that an artefact with this collector takes along.
std::vector<std::string> RuntimeFiles(const std::string& gc);

}  // namespace weft::backend_c

#endif  // WEFT_BACKEND_C_MAKEFILE_H_
