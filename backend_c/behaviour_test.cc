// What generated C does, under every compiler that it is meant for.

#include <gtest/gtest.h>

#include <string>

#include "backend_c/testing.h"

namespace weft::backend_c {
namespace {

class BehaviourTest : public testing::TestWithParam<Toolchain> {
 protected:
  void Expect(const std::string& text, const std::string& output, int exit_code = 0) {
    RunResult result =
        CompileAndRun(std::string("weft rtyped\n") + kDeclarations + text, GetParam());
    EXPECT_EQ(result.output, output);
    EXPECT_EQ(result.exit_code, exit_code);
  }
};

INSTANTIATE_TEST_SUITE_P(All, BehaviourTest, testing::ValuesIn(Toolchains()),
                         [](const auto& info) { return info.param.name; });

TEST_P(BehaviourTest, LoopsAndBranches) {
  Expect(R"text(entry @main

function @"a::sum (to)": fn(i64)->i64 {
b0(%0: i64):
  jump b1(0:i64, 0:i64)
b1(%1: i64, %2: i64):
  %3: bool = lt %1, %0
  branch %3 b2 b3
b2:
  %4: i64 = add %2, %1
  %5: i64 = add %1, 1:i64
  jump b1(%5, %4)
b3:
  return %2
}

function @kind: fn(i32)->i64 {
b0(%0: i32):
  switch %0 [1: b1, -2: b2(5:i64), 3: b1, 7: b2(6:i64)] b3
b1:
  return 13:i64
b2(%1: i64):
  return %1
b3:
  return -1:i64
}

function @main: fn(ptr "array<str>")->i32 {
b0(%0: ptr "array<str>"):
  %1: i64 = call{@"a::sum (to)"} 11:i64
  call_external{show_i64} %1
  %2: i64 = call{@kind} 1:i32
  %3: i64 = call{@kind} -2:i32
  %4: i64 = call{@kind} 3:i32
  %5: i64 = call{@kind} 7:i32
  %6: i64 = call{@kind} 8:i32
  call_external{show_i64} %2
  call_external{show_i64} %3
  call_external{show_i64} %4
  call_external{show_i64} %5
  call_external{show_i64} %6
  return 3:i32
}
)text",
         "55\n13\n5\n13\n6\n-1\n", 3);
}

// Values that change places on a link, and one that is used after its successor exists.
TEST_P(BehaviourTest, ParallelCopies) {
  Expect(R"text(entry @main

function @main: fn(ptr "array<str>")->i32 {
b0(%0: ptr "array<str>"):
  jump b1(1:i64, 2:i64, 3:i64, 0:i64)
b1(%1: i64, %2: i64, %3: i64, %4: i64):
  %5: i64 = add %4, 1:i64
  %6: bool = lt %5, 5:i64
  branch %6 b1(%2, %3, %1, %5) b2
b2:
  %7: i64 = mul %1, 100:i64
  %8: i64 = mul %2, 10:i64
  %9: i64 = add %7, %8
  %10: i64 = add %9, %3
  call_external{show_i64} %10
  call_external{show_i64} %4
  jump b3(10:i64, 0:i64)
b3(%11: i64, %12: i64):
  %13: i64 = add %11, 1:i64
  %14: bool = lt %13, 14:i64
  branch %14 b3(%13, %11) b4
b4:
  call_external{show_i64} %12
  call_external{show_i64} %13
  return 0:i32
}
)text",
         "231\n4\n12\n14\n");
}

}  // namespace
}  // namespace weft::backend_c
