#ifndef WEFT_BACKEND_C_TESTING_H_
#define WEFT_BACKEND_C_TESTING_H_

#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "backend_c/dispatch.h"

// For tests: programs in text form, to C, to an executable, to what it prints.
namespace weft::backend_c {

// A line `frozen NUMBER str ...` for a string of the container "str" in kDeclarations.
std::string FrozenString(int number, std::string_view text);

// Containers, functions to show values with, and an exception hierarchy; woven or rtyped programs
// begin with "weft rtyped\n" and this. Frozen objects are numbered from 0.
extern const char kDeclarations[];

struct RunResult {
  // Of the compiler, when the program did not get so far; then what it printed to both streams.
  std::string output;
  int exit_code = -1;
};

// A way to compile: a name, the compiler, and its flags.
struct Toolchain {
  const char* name;
  const char* command;
};
inline void PrintTo(const Toolchain& toolchain, std::ostream* out) { *out << toolchain.command; }
// gcc and clang, as C11 and as C++20, optimised and not, without warnings.
std::vector<Toolchain> Toolchains();

// Parses, weaves (exceptions and roots, if the text is rtyped), emits, compiles and runs. `extra`
// is C that is compiled along; `dispatch` as in ArtefactOptions.
RunResult CompileAndRun(const std::string& text, const Toolchain& toolchain,
                        const std::string& extra = "",
                        DispatchStyle dispatch = DispatchStyle::kSwitch);

// A new folder for one test.
std::string FreshFolder(const std::string& name);
// What a command prints, both streams; its exit code.
RunResult Shell(const std::string& command);

}  // namespace weft::backend_c

#endif  // WEFT_BACKEND_C_TESTING_H_
