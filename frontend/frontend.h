#ifndef WEFT_FRONTEND_FRONTEND_H_
#define WEFT_FRONTEND_FRONTEND_H_

#include <string>
#include <vector>

#include "common/diagnostic.h"
#include "flowgraph/program.h"

// From restricted C++ to a source-stage program. This is the only folder that knows Clang, and this
// header, its front door, shows nothing of it.
namespace weft::frontend {

struct FrontendOptions {
  // The sources named by the user. `x.cc` beside every user header `x.h` that they include,
  // directly or not, is a source too.
  std::vector<std::string> sources;
  // Folders for #include; the one that holds dsl/ among them.
  std::vector<std::string> include_dirs;
  // "NAME" or "NAME=VALUE".
  std::vector<std::string> defines;
  // Clang's name of the platform that constants and layouts are taken from.
  std::string target = "x86_64-linux-gnu";
  // The backend that the program is for, as messages name it, and what its host's declarations
  // begin with: "jvm", "cli", or nothing where there is no host.
  std::string backend = "c";
  std::string host;
  // Translate every function of the user's files, not only what the entry reaches, so that
  // everything outside the language is told. The entry may be missing then.
  bool check_everything = false;
  // Colours in Clang's messages.
  bool color = false;
};

struct FrontendResult {
  // Nothing was reported: the program is whole.
  bool ok = false;
  // Clang's own errors and warnings, as Clang prints them.
  std::string clang_messages;
  // Every source that was parsed, in order.
  std::vector<std::string> sources;
  // Milliseconds of wall time in Clang's parser, and in what follows it.
  double parse_ms = 0;
  double translate_ms = 0;
};

// Parses the sources and fills `program`, which must be new. The engine must be that of the
// program's files.
FrontendResult Parse(const FrontendOptions& options, DiagnosticEngine& diagnostics,
                     flowgraph::Program& program);

}  // namespace weft::frontend

#endif  // WEFT_FRONTEND_FRONTEND_H_
