// What generated C does, under every compiler that it is meant for.

#include <gtest/gtest.h>

#include <cstdint>
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

// Frozen objects that refer to each other, in read-only and in writable data; fields, items of
// several fields, strings with every awkward byte, tables and globals.
TEST_P(BehaviourTest, FrozenObjects) {
  Expect(
      FrozenString(0,
                   "a\"\\\n?\?/\xff\x01"
                   "1") +
          FrozenString(1, "") +
          R"text(frozen 2 Node length 0 bytes 000000000000000005000000000000000000000000000000000000000000f8bf 16=#3
frozen 3 Node length 0 bytes 0000000000000000fbffffff000000000000000000000000000000000000f87f 16=#2
frozen 4 "array<Pair>" length 3 bytes 00000000000000000300000000000000010000000000000000000000000000000900000000000000000000000000000000000000000000000000000000000000 24=#0 40=#1
frozen 5 "array<i64>" length 0 bytes 00000000000000000000000000000000
global $head: ptr Node = #2:ptr Node
global $empty: ptr "array<i64>" = #5:ptr "array<i64>"
global $count: i64 = 7:i64
global $primes: table<i32, 4> (i32) = [2:i32, 3:i32, 5:i32, 7:i32]
global $pairs: table<i32, 2> (i32, ptr str) = [1:i32, #0:ptr str, 2:i32, #1:ptr str]
entry @main

function @main: fn(ptr "array<str>")->i32 {
b0(%0: ptr "array<str>"):
  %1: ptr Node = global_get{$head}
  %2: ptr Node = getfield{Node .1'next} %1
  %3: ptr Node = getfield{Node .1'next} %2
  %4: bool = eq %1, %3
  branch %4 b1 b5
b1:
  %5: i32 = getfield{Node .0'value} %2
  %6: i64 = convert %5
  call_external{show_i64} %6
  setfield{Node .0'value} %2, 11:i32
  %7: i32 = getfield{Node .0'value} #3:ptr Node
  %8: i64 = convert %7
  call_external{show_i64} %8
  %9: f64 = getfield{Node .2'weight} %1
  call_external{show_f64} %9
  %10: i64 = getlength{"array<Pair>"} #4:ptr "array<Pair>"
  call_external{show_i64} %10
  %11: i32 = getitem{"array<Pair>" .0'a} #4:ptr "array<Pair>", 1:i64
  %12: i64 = convert %11
  call_external{show_i64} %12
  %13: ptr str = getitem{"array<Pair>" .1'b} #4:ptr "array<Pair>", 0:i64
  %14: i64 = getlength{str} %13
  call_external{show_i64} %14
  jump b2(0:i64, 0:i64)
b2(%15: i64, %16: i64):
  %17: bool = lt %15, %14
  branch %17 b3 b4
b3:
  %18: u8 = getitem{str .0'byte} %13, %15
  %19: i64 = convert %18
  %20: i64 = mul %16, 31:i64
  %21: i64 = add %20, %19
  %22: i64 = add %15, 1:i64
  jump b2(%22, %21)
b4:
  call_external{show_i64} %16
  %23: i64 = bytes_hash{str} %13
  %24: i64 = bytes_hash{str} #1:ptr str
  %25: bool = eq %23, %24
  %26: i64 = convert %25
  call_external{show_i64} %26
  %27: i32 = table_item{$primes 0} 3:i64
  %28: i64 = convert %27
  call_external{show_i64} %28
  %29: ptr str = table_item{$pairs 1} 0:i64
  %30: bool = items_equal{str} %29, 1:i64, %13, 1:i64, 6:i64
  %31: i64 = convert %30
  call_external{show_i64} %31
  %32: i64 = global_get{$count}
  %33: i64 = add %32, 1:i64
  global_set{$count} %33
  %34: i64 = global_get{$count}
  call_external{show_i64} %34
  %35: ptr "array<i64>" = global_get{$empty}
  %36: i64 = getlength{"array<i64>"} %35
  call_external{show_i64} %36
  return 0:i32
b5:
  return 1:i32
}
)text",
      "-5\n11\n-1.5\n3\n9\n10\n" + std::to_string([] {
        int64_t sum = 0;
        for (unsigned char c : std::string("a\"\\\n?\?/\xff\x01"
                                           "1"))
          sum = sum * 31 + c;
        return sum;
      }()) +
          "\n0\n7\n1\n8\n0\n");
}

// Allocation, roots across a collection, arrays, copies, dispatch, type tests and tuples.
TEST_P(BehaviourTest, Objects) {
  Expect(
      FrozenString(0, "no memory") +
          R"text(dispatch "Object::area": fn(ptr Object)->f64 from 1 [-, @"Node::area", @"Exception::area"]
entry @main

function @"Node::area": fn(ptr Object)->f64 {
b0(%0: ptr Object):
  %1: ptr Node = cast_ptr %0
  %2: f64 = getfield{Node .2'weight} %1
  return %2
}

function @"Exception::area": fn(ptr Object)->f64 {
b0(%0: ptr Object):
  return 0.1:f64
}

function @build: fn(i64)->ptr Node {
b0(%0: i64):
  jump b1(%0, zero:ptr Node)
b1(%1: i64, %2: ptr Node):
  %3: bool = gt %1, 0:i64
  branch %3 b2 b3
b2:
  %4: ptr Node = malloc{Node}
  %5: i32 = convert %1
  setfield{Node .0'value} %4, %5
  setfield{Node .1'next} %4, %2
  %6: f64 = convert %1
  setfield{Node .2'weight} %4, %6
  %7: i64 = sub %1, 1:i64
  gc_collect
  jump b1(%7, %4)
b3:
  return %2
}

function @both: fn(i64, ptr Node)->tuple(i64, ptr Node) {
b0(%0: i64, %1: ptr Node):
  %2: i64 = add %0, 1:i64
  %3: tuple(i64, ptr Node) = tuple_make %2, %1
  return %3
}

function @areas: fn(ptr Object)->f64 {
b0(%0: ptr Object):
  %1: u32 = type_id %0
  %2: fn(ptr Object)->f64 = dispatch{"Object::area"} %1
  %3: f64 = call_pointer %2, %0
  return %3
}

function @main: fn(ptr "array<str>")->i32 {
b0(%0: ptr "array<str>"):
  %1: ptr Node = call{@build} 20:i64
  %2: tuple(i64, ptr Node) = call{@both} 41:i64, %1
  %3: i64 = tuple_get{0} %2
  %4: ptr Node = tuple_get{1} %2
  call_external{show_i64} %3
  jump b1(%4, 0:i64)
b1(%5: ptr Node, %6: i64):
  %7: bool = eq %5, zero:ptr Node
  branch %7 b3 b2
b2:
  %8: i32 = getfield{Node .0'value} %5
  %9: i64 = convert %8
  %10: i64 = add %6, %9
  %11: ptr Node = getfield{Node .1'next} %5
  jump b1(%11, %10)
b3:
  call_external{show_i64} %6
  %12: ptr Object = cast_ptr %1
  %13: f64 = call{@areas} %12
  call_external{show_f64} %13
  %14: ptr Exception = malloc{Exception}
  %15: ptr Object = cast_ptr %14
  %16: f64 = call{@areas} %15
  call_external{show_f64} %16
  %17: bool = is_instance{Node} %12
  %18: bool = is_instance{Node} %15
  %19: bool = is_instance{Object} zero:ptr Object
  %38: bool = is_instance{Abstract} %15
  %20: bool = is_instance_nonnull{Object} %15
  %21: i64 = convert %17
  %22: i64 = convert %18
  %39: bool = or %19, %38
  %23: i64 = convert %39
  %24: i64 = convert %20
  %25: i64 = mul %21, 1000:i64
  %26: i64 = mul %22, 100:i64
  %27: i64 = mul %23, 10:i64
  %28: i64 = add %25, %26
  %29: i64 = add %27, %24
  %30: i64 = add %28, %29
  call_external{show_i64} %30
  %31: ptr "array<i64>" = malloc_items{"array<i64>"} 10:i64
  setitem{"array<i64>" .0'value} %31, 0:i64, 5:i64
  setitem{"array<i64>" .0'value} %31, 1:i64, 6:i64
  copy_items{"array<i64>"} %31, 1:i64, %31, 0:i64, 9:i64
  %32: i64 = getitem{"array<i64>" .0'value} %31, 2:i64
  call_external{show_i64} %32
  %33: i64 = item_offset{"array<i64>" .0'value} 1:i64
  store_at %31, %33, 77:i64
  %34: i64 = getitem{"array<i64>" .0'value} %31, 1:i64
  call_external{show_i64} %34
  %35: i64 = field_offset{Node .0'value}
  %36: i32 = load_at %1, %35
  %37: i64 = convert %36
  call_external{show_i64} %37
  return 0:i32
}
)text",
      "42\n210\n1\n0.10000000000000001\n1001\n6\n77\n1\n");
}

// What stands behind a check that always fails must compile all the same.
TEST_P(BehaviourTest, DeadCodeOfConstants) {
  Expect(R"text(entry @main

function @main: fn(ptr "array<str>")->i32 {
b0(%0: ptr "array<str>"):
  %1: bool = eq %0, zero:ptr "array<str>"
  branch %1 b1 b2
b1:
  %2: i64 = getlength{"array<str>"} zero:ptr "array<str>"
  check_index 0:i64, %2
  %3: ptr str = getitem{"array<str>" .0'value} zero:ptr "array<str>", 0:i64
  setitem{"array<str>" .0'value} zero:ptr "array<str>", 1:i64, %3
  %4: u64 = convert %2
  %5: u64 = rem %4, 0:u64
  %6: i64 = div %2, 0:i64
  call_external{show_u64} %5
  call_external{show_i64} %6
  return 1:i32
b2:
  return 0:i32
}
)text",
         "");
}

// A failing check says where and ends the program; so does an uncaught exception, with a traceback.
TEST_P(BehaviourTest, FailuresNameTheirPlace) {
  Expect(R"text(entry @main

function @main: fn(ptr "array<str>")->i32 {
b0(%0: ptr "array<str>"):
  %1: i64 = getlength{"array<str>"} %0
  check_index 3:i64, %1 ; at dir/a.cc:12:3
  return 0:i32
}
)text",
         "dir/a.cc:12: fatal error: index 3 is out of range for length 1\n  in main\n", 134);
  Expect(
      FrozenString(0, "went wrong") +
          R"text(frozen 1 Exception length 0 bytes 00000000000000000000000000000000 8=#0
frozen 2 Exception length 0 bytes 00000000000000000000000000000000
entry @main

function @fails: fn(i64, ptr Exception)->i64 {
b0(%0: i64, %1: ptr Exception):
  %2: bool = gt %0, 2:i64
  branch %2 b1 b2
b1:
  raise %1 ; at dir/a.cc:7:3
b2:
  %3: i64 = add %0, 1:i64
  %4: i64 = call{@fails} %3, %1 ; at dir/a.cc:9:3
  return %4
}

function @main: fn(ptr "array<str>")->i32 {
b0(%0: ptr "array<str>"):
  %1: i64 = call{@fails} 2:i64, #2:ptr Exception
  jump b2
  except b1
b1(%2: ptr Exception):
  call_external{show_i64} 1:i64
  jump b2
b2:
  %3: i64 = call{@fails} 2:i64, #1:ptr Exception ; at dir/b.h:3:3
  return 0:i32
}
)text",
      "1\nuncaught exception: Exception\nTraceback (most recent call last):\n  dir/b.h:3 in main\n"
      "  dir/a.cc:9 in fails\n  dir/a.cc:7 in fails\n",
      1);
}

}  // namespace
}  // namespace weft::backend_c
