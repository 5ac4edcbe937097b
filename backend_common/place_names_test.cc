#include "backend_common/place_names.h"

#include <gtest/gtest.h>

#include "flowgraph/text.h"

namespace weft::backend_common {
namespace {

constexpr char kProgram[] = R"(weft woven

function @run: fn()->void { ; at a.cc:20:1
}

function @parse: fn()->void { ; at a.cc:10:1
}

function @"parse::lambda:13": fn()->void { ; at a.cc:13:5
}

function @"List<int>::append": fn()->void { ; at list.h:5:3
}

function @"List<Str>::append": fn()->void { ; at list.h:5:3
}

function @"Point::Point": fn()->void { ; at list.h:40:3
}

function @"Point::length": fn()->void { ; at list.h:30:3
}
)";

TEST(PlaceNamesTest, APartIsTheFunctionThatItWasCutOutOf) {
  auto parsed = flowgraph::Parse(R"(weft woven

function @run: fn()->void { ; at a.cc:20:1
}

function @"run::part:1": fn()->void part_of @run { ; at a.cc:20:1
}

function @"run::part:2": fn()->void part_of @"run::part:1" { ; at a.cc:20:1
}
)");
  ASSERT_TRUE(parsed.ok()) << parsed.error().message();
  flowgraph::Program& program = **parsed;
  PlaceNames names(program);
  for (uint32_t f = 0; f < 3; ++f) {
    SourceLoc loc = program.function(FunctionId(f)).loc;
    loc.line = 22;
    EXPECT_EQ(names.FunctionAt(program.function(FunctionId(f)), loc), "run");
  }
}

TEST(PlaceNamesTest, ALineBelongsToTheFunctionThatBeginsBeforeIt) {
  auto parsed = flowgraph::Parse(kProgram);
  ASSERT_TRUE(parsed.ok()) << parsed.error().message();
  flowgraph::Program& program = **parsed;
  program.function(FunctionId(5)).is_constructor = true;
  PlaceNames names(program);
  auto at = [&](int function, const char* file, int line) {
    return names.FunctionAt(program.function(FunctionId(function)),
                            SourceLoc(*program.files.Find(file), line, 1));
  };
  EXPECT_EQ(at(0, "a.cc", 22), "run");
  // Inlined into run.
  EXPECT_EQ(at(0, "a.cc", 11), "parse");
  EXPECT_EQ(at(0, "list.h", 7), "List::append");
  EXPECT_EQ(at(3, "list.h", 7), "List<int>::append");
  // Behind the lambda in parse, or in it; in the lambda itself.
  EXPECT_EQ(at(0, "a.cc", 15), "parse");
  EXPECT_EQ(at(1, "a.cc", 15), "parse");
  EXPECT_EQ(at(2, "a.cc", 14), "parse::lambda:13");
  // The initialiser of a field of Point; nothing begins before line 2; no place at all.
  EXPECT_EQ(at(5, "list.h", 33), "Point::Point");
  EXPECT_EQ(at(0, "list.h", 33), "Point::length");
  EXPECT_EQ(at(0, "list.h", 2), "run");
  EXPECT_EQ(names.FunctionAt(program.function(FunctionId(0)), SourceLoc()), "run");
}

TEST(PlaceNamesTest, TemplateArgumentsGo) {
  EXPECT_EQ(WithoutTemplateArguments("a::List<Dict<int, Str>>::get<T>"), "a::List::get");
  EXPECT_EQ(WithoutTemplateArguments("a::operator<"), "a::operator<");
  EXPECT_EQ(WithoutTemplateArguments("V<int>::operator<<"), "V::operator<<");
  EXPECT_EQ(WithoutTemplateArguments("V<int>::operator->"), "V::operator->");
}

}  // namespace
}  // namespace weft::backend_common
