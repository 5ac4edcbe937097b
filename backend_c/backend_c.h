#ifndef WEFT_BACKEND_C_BACKEND_C_H_
#define WEFT_BACKEND_C_BACKEND_C_H_

#include <string>
#include <string_view>
#include <vector>

#include "backend_c/dispatch.h"
#include "common/error.h"
#include "flowgraph/program.h"

// Writes a woven program as a folder of C sources that builds by itself with make and a compiler.
//
//   main_cc.c ...      a shard for each source file: the functions that are defined in it
//   data.c             global variables, constant tables and the frozen heap
//   program.c          the tables of types, roots and virtual functions, and the entry
//   all.c              includes all shards, for builds as one unit
//   types/, type_ids.h structs and type ids; a shard includes those it uses
//   settings.h         which collector and representation of numbers it is for
//   gc/, backend_c/    the sources of the collector and the run time
//   Makefile
//
// The sources compile as C11 and as C++20 without warnings at -Wall. They depend on the program
// alone: the same program gives the same bytes, and an edit leaves the shards of the files that it
// does not concern as they were. See docs/backend_c.md.
namespace weft::backend_c {

struct ArtefactOptions {
  // An existing folder to write into.
  std::string folder;
  // The name of the executable, which becomes ExecutableName(name).
  std::string name = "program";
  // Where gc/ and backend_c/runtime/ are copied from: the root of a checkout.
  std::string root;
  // A row of collectors.def.
  std::string gc = "marksweep";
  // Whether the collector scans the stack, because the program has no roots woven in.
  bool conservative_roots = false;
  // The C compiler that the Makefile uses by default.
  std::string cc = "gcc";
  // 0 to 3: the -O of the default build.
  int level = 2;
  // Whether statements say by #line where they come from.
  bool line_directives = true;
  // How interpreter loops get from instruction to instruction. kGoto takes gcc or clang, kTail a
  // compiler with musttail.
  DispatchStyle dispatch = DispatchStyle::kSwitch;
};

// The name with which the Makefile builds an executable that shall be called `wanted`: make cannot
// do with spaces and the like.
std::string ExecutableName(std::string_view wanted);

struct ArtefactFile {
  // Below the folder.
  std::string path;
  std::string text;
};

// Everything that follows from the program: all files but those that are copied.
std::vector<ArtefactFile> GenerateFiles(const flowgraph::Program& program,
                                        const ArtefactOptions& options);

// Writes the folder. A file that is there already with the right content is left alone, so that
// make compiles what has changed.
ErrorOr<Success> WriteArtefact(const flowgraph::Program& program, const ArtefactOptions& options);

}  // namespace weft::backend_c

#endif  // WEFT_BACKEND_C_BACKEND_C_H_
