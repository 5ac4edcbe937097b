#ifndef WEFT_FLOWGRAPH_TEXT_H_
#define WEFT_FLOWGRAPH_TEXT_H_

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "common/error.h"
#include "flowgraph/program.h"

// The text form of programs. It prints and parses: parsing what was printed and printing it again
// gives the same text. See docs/flowgraph.md for the syntax.
namespace weft::flowgraph {

struct PrintOptions {
  // Adds "; at FILE:LINE:COLUMN" to operations and exits.
  bool locations = false;
  // Text to add behind the definition of a value, as a comment; for facts of the annotator.
  std::function<std::string(ValueId)> comment;
};

std::string Print(const Program& program, const PrintOptions& options = {});
std::string PrintFunction(const Program& program, FunctionId id, const PrintOptions& options = {});
std::string PrintOperation(const Program& program, const Graph& graph, const Operation& op);
// A value as PrintOperation shows it: "%7" by its id, or a constant such as "5:i64".
std::string PrintValue(const Program& program, const Graph& graph, ValueId id);
// The text form of a type, which names its entity: `obj lox::Value`, `array<u8>`.
std::string PrintType(const Program& program, TypeId type);

// Parses a whole program. An error says "line N: what was expected".
ErrorOr<std::unique_ptr<Program>> Parse(std::string_view text);

// For debuggers: print to stderr.
void Dump(const Program& program, FunctionId id);

}  // namespace weft::flowgraph

#endif  // WEFT_FLOWGRAPH_TEXT_H_
