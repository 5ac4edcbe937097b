#ifndef WEFT_OPTIMIZE_TEST_UTIL_H_
#define WEFT_OPTIMIZE_TEST_UTIL_H_

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "flowgraph/program.h"

// For tests of passes: programs come and go as text.
namespace weft::optimize {

// Parses and verifies a program; a fault fails the test and ends it.
std::unique_ptr<flowgraph::Program> ParseProgram(std::string_view text);

// Runs a pass on every function, verifies, and gives the text of function @f with its values
// numbered in the order of their definitions, without the line that declares the function.
std::string RunPass(std::string_view text,
                    const std::function<bool(flowgraph::Program&, flowgraph::FunctionInfo&)>& pass);

// The body of @f in the same form; faults fail the test.
std::string Body(flowgraph::Program& program, std::string_view function = "f");

}  // namespace weft::optimize

#endif  // WEFT_OPTIMIZE_TEST_UTIL_H_
