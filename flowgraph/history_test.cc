#include "flowgraph/history.h"

#include <gtest/gtest.h>

#include "flowgraph/text.h"

namespace weft::flowgraph {
namespace {

TEST(FunctionHistoryTest, RecordsStepsOfOneFunction) {
  auto program = Parse(
      "weft source\n"
      "function @lox::run: fn(i64)->i64 {\nb0(%0: i64):\n  %1: i64 = add %0, 1:i64\n"
      "  branch true b1(%1) b2\nb1(%2: i64):\n  return %2\nb2:\n  return 7:i64\n}\n"
      "function @other: fn()->void {\nb0:\n  return\n}\n");
  ASSERT_TRUE(program.ok()) << program.error().message();
  FunctionHistory history("run");
  history.set_comment([](FunctionId, ValueId) { return std::string("</script> in 0..9"); });
  history.Record("frontend", **program);
  history.Record("idle", **program);
  (*program)->function(FunctionId(0)).graph.blocks()[2].exit.value =
      (*program)->function(FunctionId(0)).graph.I64(8);
  history.Record("busy", **program);
  std::string page = history.Page();
  EXPECT_NE(page.find("\"function\":\"lox::run\""), std::string::npos);
  EXPECT_NE(page.find("{\"blocks\":[],\"changed\":false,\"name\":\"idle\""), std::string::npos);
  EXPECT_NE(page.find("return 8:i64"), std::string::npos);
  EXPECT_NE(page.find("\"kind\":\"true\""), std::string::npos);
  // Text of the program cannot end the script.
  EXPECT_NE(page.find("\\u003c/script> in 0..9"), std::string::npos);
  EXPECT_EQ(page.find("</script> in"), std::string::npos);
}

TEST(FunctionHistoryTest, SaysWhenThereIsNoSuchFunction) {
  auto program = Parse("weft source\nfunction @f: fn()->void {\nb0:\n  return\n}\n");
  ASSERT_TRUE(program.ok());
  FunctionHistory history("nothing");
  history.Record("frontend", **program);
  EXPECT_TRUE(history.is_empty());
}

}  // namespace
}  // namespace weft::flowgraph
