#ifndef WEFT_BACKEND_JVM_METHOD_WRITER_H_
#define WEFT_BACKEND_JVM_METHOD_WRITER_H_

#include <map>
#include <set>
#include <string>
#include <vector>

#include "backend_common/place_names.h"
#include "backend_jvm/class_file.h"
#include "backend_jvm/interpreter_loop.h"
#include "backend_jvm/loop_constants.h"
#include "backend_jvm/types.h"
#include "flowgraph/program.h"

// The bodies of functions.
namespace weft::backend_jvm {

// Places that a line number alone does not say: code that was inlined from another file or another
// function, and functions whose name is not that of their method. Each has a number from the top of
// the range of line numbers down; the run time finds its row when it prints a traceback.
class PlaceTable {
 public:
  // The number to use as a line of a method of `function`.
  uint32_t LineOf(const Types& types, const backend_common::PlaceNames& names,
                  const flowgraph::FunctionInfo& function, SourceLoc loc);
  // One row a line: number, file, line, function, with tabs between.
  std::string Text() const;

 private:
  std::map<std::string, uint32_t> rows_;
};

// What the writer of methods and that of classes have to know of each other.
struct Needs {
  // Containers whose fields some place names, and containers whose objects are asked for their
  // identity hash.
  std::set<uint32_t> places;
  std::set<uint32_t> hashed;
  // How long each function's code is.
  std::vector<size_t> code_sizes;
  bool makes_root_objects = false;
  // Classes of exceptions that handlers tell apart.
  std::set<uint32_t> caught;
  // Members of the host that are called.
  std::set<uint32_t> externals;
  // Interpreter loops that can be specialised.
  std::vector<LoopInfo> loops;
  // Those with constants, by function.
  std::map<uint32_t, LoopConstants> loop_constants;
};

// The source path of a place, as messages show it.
std::string SourcePath(const Types& types, FileId file);

MethodEntry WriteMethod(Types& types, const backend_common::PlaceNames& names, FunctionId id,
                        ConstantPool& pool, PlaceTable& places, Needs& needs);
// The method of an interpreter loop with constants once more, without them.
MethodEntry WriteLoopOfOthers(Types& types, const backend_common::PlaceNames& names, FunctionId id,
                              ConstantPool& pool, PlaceTable& places, Needs& needs);

// The class that declares the identity hash of objects of this container; invalid when it is kept
// beside the object.
ContainerId HashHolder(const Types& types, ContainerId id);

}  // namespace weft::backend_jvm

#endif  // WEFT_BACKEND_JVM_METHOD_WRITER_H_
