#ifndef WEFT_FRONTEND_SOURCES_H_
#define WEFT_FRONTEND_SOURCES_H_

#include <memory>
#include <string>
#include <vector>

#include "frontend/clang_headers.h"
#include "frontend/frontend.h"

namespace weft::frontend {

// One parsed source file. Units stay alive, with their syntax trees, until translation is over.
struct Unit {
  std::string path;
  // The position among the units, which breaks ties wherever an order is wanted.
  uint32_t index = 0;
  std::unique_ptr<clang::ASTUnit> ast;
  std::unique_ptr<clang::ItaniumMangleContext> mangler;
};

// Parses the sources of the options and those that their headers bring along. Clang's messages go
// to the result; the units are empty when anything did not parse.
std::vector<std::unique_ptr<Unit>> ParseSources(const FrontendOptions& options, SourceFiles& files,
                                                DiagnosticEngine& diagnostics,
                                                FrontendResult& result);

}  // namespace weft::frontend

#endif  // WEFT_FRONTEND_SOURCES_H_
