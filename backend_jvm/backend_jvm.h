#ifndef WEFT_BACKEND_JVM_BACKEND_JVM_H_
#define WEFT_BACKEND_JVM_BACKEND_JVM_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "backend_jvm/jar.h"
#include "flowgraph/program.h"

// Programs of type system ootype, optimised, as class files of the JVM. docs/backend_jvm.md says
// how things look there.
namespace weft::backend_jvm {

struct Artefact {
  // The class files, "lox/Value.class", in the order of their names.
  std::vector<JarEntry> classes;
  // "lox/Value": those that a start needs first, as far as it is known.
  std::vector<std::string> first_classes;
  // The same as text, if that was asked for.
  std::string listing;
  // Externals that neither the run time nor a class of the host has.
  std::vector<ExternalId> missing;
  // Whether the program calls Java's classes, or has functions that Java may call.
  bool uses_host = false;
  // Bytes of bytecode of each function, by its number; 0 for those that are not written.
  std::vector<size_t> code_sizes;
};

// The classes of a program, without those of the run time.
Artefact GenerateClasses(const flowgraph::Program& program, bool with_listing = false);

// A class that weft.Main starts the program with. A jar without weft.Main has none.
JarEntry StartClass();

// The manifest of a jar that java -jar starts with the main method of this class.
std::string Manifest(std::string_view main_class);

// Keeps HotSpot from doing the work of all instructions of an interpreter loop in front of its
// switch (pin_operands.cc). Run before LimitCode. Says whether it changed anything.
bool PinOperands(flowgraph::Program& program);

// Functions above these many bytes are cut: HotSpot compiles no method of 8,000 bytes or more.
inline constexpr size_t kCodeLimit = 7900;

// Cuts functions whose code is too long. An optimisation that the backend cannot do without,
// run before GenerateClasses. Says whether it changed anything.
bool LimitCode(flowgraph::Program& program);

}  // namespace weft::backend_jvm

#endif  // WEFT_BACKEND_JVM_BACKEND_JVM_H_
