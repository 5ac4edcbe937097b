#include "weave/large_arrays.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "flowgraph/text.h"
#include "flowgraph/verifier.h"
#include "weave/exceptions.h"
#include "weave/gc_transform.h"

namespace weft::weave {
namespace {

// A machine with a stack of 32 KB, and functions that store into it.
constexpr std::string_view kDeclarations = R"text(weft rtyped
container Object types 1 4 size 8 {
}
container Base : Object types 2 4 size 16 {
  field stack: ptr "array<Object>" at 8
}
container Machine : Base types 3 4 size 24 {
  field stack: ptr "array<Object>" at 8
  field other: ptr "array<Object>" at 16
}
container "array<Object>" types 4 5 size 16 length_at 8 item_size 8 array {
  item value: ptr Object at 0
}
)text";

constexpr std::string_view kMake = R"text(
function @make: fn(ptr Machine)->void {
b0(%0: ptr Machine):
  %1: ptr "array<Object>" = malloc_items{"array<Object>"} 4096:i64
  setfield{Machine .0'stack} %0, %1
  return
}
)text";

constexpr std::string_view kPush = R"text(
function @push: fn(ptr Base, ptr Object)->void {
b0(%0: ptr Base, %1: ptr Object):
  %2: ptr "array<Object>" = getfield{Base .0'stack} %0
  gc_collect
  setitem{"array<Object>" .0'value} %2, 1:i64, %1
  return
}
)text";

struct Result {
  std::string text;
  GcTransformCounts counts;
};

// The last function, and the counts of all.
Result Transform(const std::string& functions) {
  auto program = flowgraph::Parse(std::string(kDeclarations) + functions);
  if (!program.ok()) return {program.error().message(), {}};
  flowgraph::PassRunner runner({.verify = true});
  GcTransformCounts counts;
  runner.Run(ExceptionsPass(), **program);
  GcTransformOptions options{
      .moves = true, .barriers = Barriers::kObjects, .large_array_bytes = 16384};
  runner.Run(GcTransformPass(options, &counts), **program);
  EXPECT_EQ(flowgraph::Verify(**program), std::vector<std::string>());
  return {flowgraph::PrintFunction(**program, FunctionId((*program)->functions.size() - 1)),
          counts};
}

std::string Join(std::initializer_list<std::string_view> parts) {
  std::string text;
  for (std::string_view part : parts) text += part;
  return text;
}

void ExpectBarriers(const std::string& functions) {
  Result result = Transform(functions);
  EXPECT_NE(result.text.find("write_barrier_item"), std::string::npos) << result.text;
  EXPECT_EQ(result.counts.barriers_large, 0u);
}

TEST(LargeArraysTest, AStackThatIsAlwaysLargeNeedsNoBarrierAndDoesNotMove) {
  Result push = Transform(Join({kMake, kPush}));
  EXPECT_EQ(push.text.find("write_barrier"), std::string::npos) << push.text;
  EXPECT_EQ(push.counts.barriers_large, 1u);
  // The stack is saved, as %1 is, and only that is read back.
  EXPECT_EQ(push.text, R"text(function @push: fn(ptr Base, ptr Object)->void {
b0(%0: ptr Base, %1: ptr Object):
  %2: ptr "array<Object>" = getfield{Base .0'stack} %0
  root_set{0} %1
  root_set{1} %2
  roots_enter{2}
  gc_collect
  roots_leave{2}
  root_get{0} %1
  %3: bool = exception_occurred
  branch %3 b1 b2
b1 cold:
  traceback_add
  return
b2:
  setitem{"array<Object>" .0'value} %2, 1:i64, %1
  return
}
)text");
  Result make = Transform(Join({kPush, kMake}));
  EXPECT_NE(make.text.find("malloc_items_slow{\"array<Object>\"} 4096:i64\n  roots_leave{1}\n"
                           "  root_get{0} %0\n  remember_always"),
            std::string::npos)
      << make.text;
}

TEST(LargeArraysTest, ByCastsAndBlockArguments) {
  Result result = Transform(Join({kMake, R"text(
function @f: fn(ptr Machine, ptr Object, bool)->void {
b0(%0: ptr Machine, %1: ptr Object, %2: bool):
  %3: ptr Base = cast_ptr %0
  %4: ptr "array<Object>" = getfield{Base .0'stack} %3
  branch %2 b1(%4) b1(zero:ptr "array<Object>")
b1(%5: ptr "array<Object>"):
  setitem{"array<Object>" .0'value} %5, 1:i64, %1
  return
}
)text"}));
  EXPECT_EQ(result.counts.barriers_large, 1u) << result.text;
  ExpectBarriers(Join({kMake, R"text(
function @f: fn(ptr Base, ptr Object, ptr "array<Object>", bool)->void {
b0(%0: ptr Base, %1: ptr Object, %2: ptr "array<Object>", %3: bool):
  %4: ptr "array<Object>" = getfield{Base .0'stack} %0
  branch %3 b1(%4) b1(%2)
b1(%5: ptr "array<Object>"):
  setitem{"array<Object>" .0'value} %5, 1:i64, %1
  return
}
)text"}));
}

TEST(LargeArraysTest, NotWhenTheFieldMayHoldSomethingElse) {
  // A length that is small, very large, or not known; an array from elsewhere; and one from a field
  // that may hold something else itself.
  for (std::string_view store : {R"text(
  %2: ptr "array<Object>" = malloc_items{"array<Object>"} 2000:i64
  setfield{Base .0'stack} %0, %2)text",
                                 R"text(
  %2: ptr "array<Object>" = malloc_items{"array<Object>"} 100000:i64
  setfield{Base .0'stack} %0, %2)text",
                                 R"text(
  %2: i64 = getlength{"array<Object>"} %1
  %3: ptr "array<Object>" = malloc_items{"array<Object>"} %2
  setfield{Base .0'stack} %0, %3)text",
                                 R"text(
  setfield{Base .0'stack} %0, %1)text",
                                 R"text(
  %2: ptr Machine = cast_ptr %0
  setfield{Machine .1'other} %2, %1
  %3: ptr "array<Object>" = getfield{Machine .1'other} %2
  setfield{Base .0'stack} %0, %3)text",
                                 R"text(
  store_at %0, 8:i64, %1)text"}) {
    SCOPED_TRACE(store);
    ExpectBarriers(Join({kMake, R"text(
function @other: fn(ptr Base, ptr "array<Object>")->void {
b0(%0: ptr Base, %1: ptr "array<Object>"):)text",
                         store, R"text(
  return
}
)text",
                         kPush}));
  }
}

TEST(LargeArraysTest, NotWhenAFrozenObjectHoldsAnArray) {
  ExpectBarriers(
      Join({R"text(frozen 0 "array<Object>" length 0 bytes 00000000000000000000000000000000
frozen 1 Base length 0 bytes 00000000000000000000000000000000 8=#0
)text",
            kMake, kPush}));
}

}  // namespace
}  // namespace weft::weave
