#ifndef WEFT_BACKEND_JVM_TESTING_H_
#define WEFT_BACKEND_JVM_TESTING_H_

#include <string>

// For tests: programs in text form, to class files, to what they print.
namespace weft::backend_jvm {

// The containers and externals that such a program needs for its entry and for printing. Frozen
// objects are numbered from 0.
extern const char kDeclarations[];

struct RunResult {
  // What it printed to both streams.
  std::string output;
  int exit_code = -1;
};

// Parses, cuts what is too long, generates, and runs on a JVM that verifies everything. The text
// begins behind "weft rtyped" and kDeclarations.
RunResult CompileAndRun(const std::string& text);

// What a command prints, both streams; its exit code.
RunResult Shell(const std::string& command);
std::string FreshFolder();

}  // namespace weft::backend_jvm

#endif  // WEFT_BACKEND_JVM_TESTING_H_
