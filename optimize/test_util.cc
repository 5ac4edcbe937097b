#include "optimize/test_util.h"

#include <gtest/gtest.h>

#include <cctype>
#include <map>

#include "common/check.h"
#include "flowgraph/text.h"
#include "flowgraph/verifier.h"

namespace weft::optimize {
namespace {

// Numbers "%17" anew in the order in which they come.
std::string Renumber(const std::string& text) {
  std::map<std::string, size_t> numbers;
  std::string result;
  for (size_t i = 0; i < text.size();) {
    if (text[i] != '%') {
      result += text[i++];
      continue;
    }
    size_t end = i + 1;
    while (end < text.size() && std::isdigit(static_cast<unsigned char>(text[end]))) ++end;
    auto [it, inserted] = numbers.try_emplace(text.substr(i, end - i), numbers.size());
    result += fmt::format("%{}", it->second);
    i = end;
  }
  return result;
}

}  // namespace

std::unique_ptr<flowgraph::Program> ParseProgram(std::string_view text) {
  auto program = flowgraph::Parse(text);
  WEFT_CHECK(program.ok(), "{}", program.error().message());
  for (const std::string& fault : flowgraph::Verify(**program)) {
    WEFT_FATAL("before the pass: {}", fault);
  }
  return *std::move(program);
}

std::string Body(flowgraph::Program& program, std::string_view function) {
  for (const std::string& fault : flowgraph::Verify(program)) ADD_FAILURE() << fault;
  for (size_t f = 0; f < program.functions.size(); ++f) {
    if (program.functions[f]->name != function) continue;
    std::string text = flowgraph::PrintFunction(program, FunctionId(f));
    size_t start = text.find('\n') + 1;
    return Renumber(text.substr(start, text.rfind('}') - start));
  }
  ADD_FAILURE() << "no function " << function;
  return "";
}

std::string RunPass(
    std::string_view text,
    const std::function<bool(flowgraph::Program&, flowgraph::FunctionInfo&)>& pass) {
  std::unique_ptr<flowgraph::Program> program = ParseProgram(text);
  for (size_t f = 0; f < program->functions.size(); ++f) pass(*program, *program->functions[f]);
  return Body(*program);
}

}  // namespace weft::optimize
