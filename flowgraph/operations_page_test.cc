#include "flowgraph/operations_page.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

namespace weft::flowgraph {
namespace {

TEST(OperationsPageTest, IsUpToDate) {
  std::ifstream file("docs/operations.md");
  std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  EXPECT_EQ(text, OperationsPage())
      << "run: bazel run //flowgraph:print_operations > docs/operations.md";
}

}  // namespace
}  // namespace weft::flowgraph
