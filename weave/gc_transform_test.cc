#include "weave/gc_transform.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "flowgraph/text.h"
#include "flowgraph/verifier.h"
#include "weave/exceptions.h"

namespace weft::weave {
namespace {

constexpr std::string_view kDeclarations = R"text(weft rtyped
container Object types 1 4 size 8 {
}
container Node : Object types 2 3 size 16 {
  field next: ptr Node at 8
  field number: i64 at 16
}
container "array<Node>" types 4 5 size 16 length_at 8 item_size 8 {
  item value: ptr Node at 0
}
container "array<i64>" types 5 6 size 16 length_at 8 item_size 8 {
  item value: i64 at 0
}
frozen 0 Node length 0 bytes 000000000000000000000000000000000000000000000000

function @collects: fn(ptr Node)->ptr Node {
b0(%0: ptr Node):
  gc_collect
  return %0
}

function @pair: fn()->tuple(i64, ptr Node) {
b0:
  gc_collect
  %0: tuple(i64, ptr Node) = tuple_make 1:i64, zero:ptr Node
  return %0
}

function @quiet: fn(ptr Node)->i64 {
b0(%0: ptr Node):
  %1: i64 = getfield{Node .1'number} %0
  return %1
}

)text";

struct Result {
  std::string text;
  GcTransformCounts counts;
};

Result Transform(std::string_view function, GcTransformOptions options = {}) {
  auto program = flowgraph::Parse(std::string(kDeclarations) + std::string(function));
  if (!program.ok()) return {program.error().message(), {}};
  EXPECT_EQ(flowgraph::Verify(**program), std::vector<std::string>());
  flowgraph::PassRunner runner({.verify = true});
  GcTransformCounts counts;
  runner.Run(ExceptionsPass(), **program);
  runner.Run(GcTransformPass(options, &counts), **program);
  EXPECT_EQ(flowgraph::Verify(**program), std::vector<std::string>());
  return {flowgraph::PrintFunction(**program, FunctionId((*program)->functions.size() - 1)),
          counts};
}

TEST(GcTransformTest, SavesWhatLivesAcrossACall) {
  EXPECT_EQ(Transform(R"text(function @f: fn(ptr Node, ptr Node)->ptr Node {
b0(%0: ptr Node, %1: ptr Node):
  %2: ptr Node = call{@collects} %1
  setfield{Node .0'next} %0, %2
  return %0
}
)text")
                .text,
            R"text(function @f: fn(ptr Node, ptr Node)->ptr Node {
b0(%0: ptr Node, %1: ptr Node):
  root_set{0} %0
  roots_enter{1}
  %2: ptr Node = call{@collects} %1
  roots_leave{1}
  %3: bool = exception_occurred
  branch %3 b1 b2
b1 cold:
  traceback_add
  return zero:ptr Node
b2:
  setfield{Node .0'next} %0, %2
  return %0
}
)text");
}

TEST(GcTransformTest, CallsThatDoNotCollectAreFree) {
  EXPECT_EQ(Transform(R"text(function @f: fn(ptr Node)->i64 {
b0(%0: ptr Node):
  %1: i64 = call{@quiet} %0
  %2: i64 = getfield{Node .1'number} %0
  %3: i64 = add %1, %2
  return %3
}
)text")
                .text,
            R"text(function @f: fn(ptr Node)->i64 cannot_raise cannot_collect {
b0(%0: ptr Node):
  %1: i64 = call{@quiet} %0
  %2: i64 = getfield{Node .1'number} %0
  %3: i64 = add %1, %2
  return %3
}
)text");
}

TEST(GcTransformTest, AllocationSavesInItsColdBlock) {
  EXPECT_EQ(Transform(R"text(function @f: fn(ptr Node)->ptr Node {
b0(%0: ptr Node):
  %1: ptr Node = malloc{Node}
  setfield{Node .0'next} %1, %0
  return %1
}
)text")
                .text,
            R"text(function @f: fn(ptr Node)->ptr Node {
b0(%0: ptr Node):
  %1: ptr Node = malloc_try{Node}
  %2: bool = eq %1, zero:ptr Node
  branch %2 b2 b1(%1)
b1(%3: ptr Node):
  setfield{Node .0'next} %3, %0
  return %3
b2 cold:
  root_set{0} %0
  roots_enter{1}
  %4: ptr Node = malloc_slow{Node}
  roots_leave{1}
  %5: bool = eq %4, zero:ptr Node
  branch %5 b3 b1(%4)
b3 cold:
  traceback_add
  return zero:ptr Node
}
)text");
}

TEST(GcTransformTest, FollowsValuesAroundLoops) {
  EXPECT_EQ(Transform(R"text(function @f: fn(ptr Node)->ptr Node {
b0(%0: ptr Node):
  jump b1(%0, 0:i64)
b1(%1: ptr Node, %2: i64):
  %3: bool = lt %2, 10:i64
  branch %3 b2 b3
b2:
  %4: ptr Node = call{@collects} %1
  %5: i64 = add %2, 1:i64
  jump b1(%4, %5)
b3:
  setfield{Node .0'next} %1, %0
  return %1
}
)text")
                .text,
            R"text(function @f: fn(ptr Node)->ptr Node {
b0(%0: ptr Node):
  jump b1(%0, 0:i64)
b1(%1: ptr Node, %2: i64):
  %3: bool = lt %2, 10:i64
  branch %3 b2 b3
b2:
  root_set{0} %0
  roots_enter{1}
  %4: ptr Node = call{@collects} %1
  roots_leave{1}
  %5: bool = exception_occurred
  branch %5 b4 b5
b3:
  setfield{Node .0'next} %1, %0
  return %1
b4 cold:
  traceback_add
  return zero:ptr Node
b5:
  %6: i64 = add %2, 1:i64
  jump b1(%4, %6)
}
)text");
}

TEST(GcTransformTest, SavesTheReferencesInTuples) {
  EXPECT_EQ(Transform(R"text(function @f: fn()->ptr Node {
b0:
  %0: tuple(i64, ptr Node) = call{@pair}
  %1: ptr Node = call{@collects} #0:ptr Node
  %2: ptr Node = tuple_get{1} %0
  return %2
}
)text")
                .text,
            R"text(function @f: fn()->ptr Node {
b0:
  %0: tuple(i64, ptr Node) = call{@pair}
  %1: i64 = tuple_get{0} %0
  %2: ptr Node = tuple_get{1} %0
  %3: bool = exception_occurred
  branch %3 b1 b2
b1 cold:
  traceback_add
  return zero:ptr Node
b2:
  root_set{0} %2
  roots_enter{1}
  %4: ptr Node = call{@collects} #0:ptr Node
  roots_leave{1}
  %5: bool = exception_occurred
  branch %5 b3 b4
b3 cold:
  traceback_add
  return zero:ptr Node
b4:
  return %2
}
)text");
}

TEST(GcTransformTest, CastsOfOneObjectAreSavedOnce) {
  EXPECT_EQ(Transform(R"text(function @f: fn(ptr Node)->i64 {
b0(%0: ptr Node):
  %1: ptr Object = cast_ptr %0
  %2: ptr Node = call{@collects} %0
  %3: bool = eq %1, zero:ptr Object
  %4: bool = eq %0, %2
  %5: bool = and %3, %4
  %6: i64 = convert %5
  return %6
}
)text")
                .text,
            R"text(function @f: fn(ptr Node)->i64 {
b0(%0: ptr Node):
  %1: ptr Object = cast_ptr %0
  root_set{0} %0
  roots_enter{1}
  %2: ptr Node = call{@collects} %0
  roots_leave{1}
  %3: bool = exception_occurred
  branch %3 b1 b2
b1 cold:
  traceback_add
  return 0:i64
b2:
  %4: bool = eq %1, zero:ptr Object
  %5: bool = eq %0, %2
  %6: bool = and %4, %5
  %7: i64 = convert %6
  return %7
}
)text");
}

TEST(GcTransformTest, HandlersKeepTheirReferences) {
  EXPECT_EQ(Transform(R"text(function @f: fn(ptr Node)->i64 {
b0(%0: ptr Node):
  %1: ptr Node = call{@collects} zero:ptr Node
  jump b1(%1)
  except b2(%0)
b1(%2: ptr Node):
  return 1:i64
b2(%3: ptr Object, %4: ptr Node):
  %5: i64 = getfield{Node .1'number} %4
  return %5
}
)text")
                .text,
            R"text(function @f: fn(ptr Node)->i64 {
b0(%0: ptr Node):
  root_set{0} %0
  roots_enter{1}
  %1: ptr Node = call{@collects} zero:ptr Node
  roots_leave{1}
  %2: bool = exception_occurred
  branch %2 b3 b4
b1(%3: ptr Node):
  return 1:i64
b2(%4: ptr Object, %5: ptr Node):
  %6: i64 = getfield{Node .1'number} %5
  return %6
b3 cold:
  traceback_add
  %7: ptr Object = exception_take
  jump b2(%7, %0)
b4:
  jump b1(%1)
}
)text");
}

TEST(GcTransformTest, CountsWhatItDoes) {
  GcTransformCounts counts = Transform(R"text(function @f: fn(ptr Node)->ptr Node {
b0(%0: ptr Node):
  %1: ptr Node = malloc{Node}
  %2: ptr Node = call{@collects} %1
  setfield{Node .0'next} %2, %0
  setfield{Node .0'next} %1, %2
  return %1
}
)text")
                                 .counts;
  // The two calls of gc_collect in the declarations are counted too: one has a root.
  EXPECT_EQ(counts.collecting, 4u);
  EXPECT_EQ(counts.collecting_cold, 1u);
  EXPECT_EQ(counts.without_roots, 1u);
  EXPECT_EQ(counts.roots, 1u + 1u + 2u);
  EXPECT_EQ(counts.barriers, 0u);
}

TEST(GcTransformTest, BarriersStandBeforeStoresOfReferences) {
  Result result =
      Transform(R"text(function @f: fn(ptr Node, ptr "array<Node>", ptr "array<i64>")->void {
b0(%0: ptr Node, %1: ptr "array<Node>", %2: ptr "array<i64>"):
  setfield{Node .0'next} %0, %0
  setfield{Node .0'next} %0, zero:ptr Node
  setfield{Node .1'number} %0, 4:i64
  setitem{"array<Node>" .0'value} %1, 1:i64, %0
  setitem{"array<i64>" .0'value} %2, 1:i64, 5:i64
  copy_items{"array<Node>"} %1, 0:i64, %1, 1:i64, 2:i64
  copy_items{"array<i64>"} %2, 0:i64, %2, 1:i64, 2:i64
  return
}
)text",
                {.barriers = Barriers::kObjects});
  EXPECT_EQ(
      result.text,
      R"text(function @f: fn(ptr Node, ptr "array<Node>", ptr "array<i64>")->void cannot_raise cannot_collect {
b0(%0: ptr Node, %1: ptr "array<Node>", %2: ptr "array<i64>"):
  write_barrier{Node .0'next} %0, %0
  setfield{Node .0'next} %0, %0
  setfield{Node .0'next} %0, zero:ptr Node
  setfield{Node .1'number} %0, 4:i64
  write_barrier_item{"array<Node>" .0'value} %1, 1:i64, %0
  setitem{"array<Node>" .0'value} %1, 1:i64, %0
  setitem{"array<i64>" .0'value} %2, 1:i64, 5:i64
  write_barrier_copy{"array<Node>"} %1, 0:i64, %1, 1:i64, 2:i64
  copy_items{"array<Node>"} %1, 0:i64, %1, 1:i64, 2:i64
  copy_items{"array<i64>"} %2, 0:i64, %2, 1:i64, 2:i64
  return
}
)text");
  EXPECT_EQ(result.counts.barriers, 3u);
}

TEST(GcTransformTest, ImmediatesNeedNeitherRootsNorBarriers) {
  Result result = Transform(R"text(container Number : Object types 3 4 size 16 {
  field value: f64 at 8
}
container Box : Object types 6 7 size 16 {
  field held: ptr Object at 8
}
boxing nan float Number

function @f: fn(ptr Box, f64)->ptr Number {
b0(%0: ptr Box, %1: f64):
  %2: ptr Number = box{Number} %1
  %3: ptr Object = cast_ptr %2
  setfield{Box .0'held} %0, %3
  gc_collect
  setfield{Box .0'held} %0, %3
  return %2
}
)text",
                            {.barriers = Barriers::kObjects});
  EXPECT_EQ(result.text, R"text(function @f: fn(ptr Box, f64)->ptr Number {
b0(%0: ptr Box, %1: f64):
  %2: ptr Number = box{Number} %1
  %3: ptr Object = cast_ptr %2
  setfield{Box .0'held} %0, %3
  root_set{0} %0
  roots_enter{1}
  gc_collect
  roots_leave{1}
  %4: bool = exception_occurred
  branch %4 b1 b2
b1 cold:
  traceback_add
  return zero:ptr Number
b2:
  setfield{Box .0'held} %0, %3
  return %2
}
)text");
  EXPECT_EQ(result.counts.barriers, 0u);
}

TEST(GcTransformTest, NewObjectsAndConstantsNeedNoBarrier) {
  std::string_view text = R"text(function @f: fn(ptr Node)->ptr Node {
b0(%0: ptr Node):
  %1: ptr Node = malloc{Node}
  setfield{Node .0'next} %1, %0
  setfield{Node .0'next} %0, #0:ptr Node
  %2: ptr Node = call{@collects} %1
  setfield{Node .0'next} %1, %0
  return %1
}
)text";
  Result result = Transform(text, {.barriers = Barriers::kObjects});
  EXPECT_EQ(result.counts.barriers, 1u) << result.text;
  EXPECT_EQ(result.counts.barriers_new, 1u);
  EXPECT_EQ(result.counts.barriers_constant, 1u);
  // The store behind the call is the one.
  EXPECT_NE(result.text.find("  write_barrier{Node .0'next} %3, %0\n"
                             "  setfield{Node .0'next} %3, %0\n  return %3\n"),
            std::string::npos)
      << result.text;
  // The store of the frozen object takes a reference away.
  result = Transform(text, {.barriers = Barriers::kOverwrites});
  EXPECT_EQ(result.counts.barriers, 2u) << result.text;
  EXPECT_EQ(result.counts.barriers_new, 1u);
}

TEST(GcTransformTest, OneBarrierServesTheFixedPartUntilACollection) {
  std::string_view text =
      R"text(function @f: fn(ptr Node, ptr Node, ptr "array<Node>", bool)->void {
b0(%0: ptr Node, %1: ptr Node, %2: ptr "array<Node>", %3: bool):
  setfield{Node .0'next} %0, %1
  branch %3 b1 b2
b1:
  setfield{Node .0'next} %0, %1
  setfield{Node .0'next} %1, %0
  setitem{"array<Node>" .0'value} %2, 1:i64, %0
  setitem{"array<Node>" .0'value} %2, 2:i64, %0
  jump b2
b2:
  setfield{Node .0'next} %0, %1
  setfield{Node .0'next} %1, %1
  %4: ptr Node = call{@collects} %1
  setfield{Node .0'next} %0, %1
  return
}
)text";
  GcTransformCounts counts = Transform(text, {.barriers = Barriers::kOverwrites}).counts;
  // In b1 that of %1 and both items; in b2 that of %1, which one way only had; and behind the call.
  EXPECT_EQ(counts.barriers, 1u + 3u + 1u + 1u);
  EXPECT_EQ(counts.barriers_merged, 2u);
  // Who wants to know of each store is told of each.
  counts = Transform(text, {.barriers = Barriers::kStores}).counts;
  EXPECT_EQ(counts.barriers, 8u);
  // Who is told of the value learns nothing of the next one.
  counts = Transform(text, {.barriers = Barriers::kObjects}).counts;
  EXPECT_EQ(counts.barriers, 8u);
}

TEST(GcTransformTest, OneBarrierServesSeveralFieldsOfABlock) {
  Result result = Transform(R"text(function @f: fn(ptr Node, ptr Node, ptr Node)->void {
b0(%0: ptr Node, %1: ptr Node, %2: ptr Node):
  setfield{Node .0'next} %0, %1
  setfield{Node .0'next} %2, %1
  setfield{Node .0'next} %0, %2
  %4: ptr Node = call{@collects} %1
  setfield{Node .0'next} %0, %1
  jump b1
b1:
  setfield{Node .0'next} %0, zero:ptr Node
  setfield{Node .0'next} %2, %1
  return
}
)text",
                            {.barriers = Barriers::kObjects});
  EXPECT_EQ(result.counts.barriers, 4u) << result.text;
  EXPECT_EQ(result.counts.barriers_merged, 1u);
  EXPECT_NE(result.text.find("  write_barrier_object %0\n"
                             "  setfield{Node .0'next} %0, %1\n"
                             "  write_barrier{Node .0'next} %2, %1\n"
                             "  setfield{Node .0'next} %2, %1\n"
                             "  setfield{Node .0'next} %0, %2\n"),
            std::string::npos)
      << result.text;
}

TEST(GcTransformTest, ANewArrayThatMayBeLongIsToldOfItsItems) {
  auto barriers = [](std::string_view length, Barriers kind) {
    return Transform(R"text(function @f: fn(ptr Node, i64)->ptr "array<Node>" {
b0(%0: ptr Node, %1: i64):
  %2: ptr "array<Node>" = malloc_items{"array<Node>"} )text" +
                         std::string(length) + R"text(
  setitem{"array<Node>" .0'value} %2, 1:i64, %0
  return %2
}
)text",
                     {.barriers = kind})
        .counts.barriers;
  };
  EXPECT_EQ(barriers("%1", Barriers::kObjects), 1u);
  EXPECT_EQ(barriers("2049:i64", Barriers::kObjects), 1u);
  EXPECT_EQ(barriers("2048:i64", Barriers::kObjects), 0u);
  EXPECT_EQ(barriers("%1", Barriers::kOverwrites), 0u);
}

TEST(GcTransformTest, WhatMayHaveMovedIsReadBack) {
  EXPECT_EQ(Transform(R"text(function @f: fn(ptr Node)->i64 {
b0(%0: ptr Node):
  %1: ptr Object = cast_ptr %0
  %2: ptr Node = call{@collects} %0
  %3: bool = eq %1, zero:ptr Object
  %4: bool = eq %0, %2
  %5: bool = and %3, %4
  %6: i64 = convert %5
  return %6
}
)text",
                      {.moves = true})
                .text,
            R"text(function @f: fn(ptr Node)->i64 {
b0(%0: ptr Node):
  %1: ptr Object = cast_ptr %0
  root_set{0} %0
  roots_enter{1}
  %2: ptr Node = call{@collects} %0
  roots_leave{1}
  root_get{0} %0
  root_get{0} %1
  %3: bool = exception_occurred
  branch %3 b1 b2
b1 cold:
  traceback_add
  return 0:i64
b2:
  %4: bool = eq %1, zero:ptr Object
  %5: bool = eq %0, %2
  %6: bool = and %4, %5
  %7: i64 = convert %6
  return %7
}
)text");
}

TEST(GcTransformTest, WhatIsInItsSlotIsNotStoredAgain) {
  Result result = Transform(R"text(function @f: fn(ptr Node, ptr Node)->ptr Node {
b0(%0: ptr Node, %1: ptr Node):
  %2: ptr Node = call{@collects} zero:ptr Node
  %3: ptr Node = call{@collects} %1
  %4: ptr Node = call{@collects} %0
  %5: ptr Node = call{@collects} %0
  setfield{Node .0'next} %5, %4
  return %0
}
)text");
  // %0 lives across all four, %1 across the first, %4 across the last, in the slot that %1 had. The
  // declarations have one root and one store of their own.
  EXPECT_EQ(result.counts.roots, 1u + 2u + 1u + 1u + 2u);
  EXPECT_EQ(result.counts.roots_kept, 3u) << result.text;
  EXPECT_EQ(result.counts.root_sets, 1u + 3u) << result.text;
}

TEST(GcTransformTest, ASlotInBetweenIsEmptied) {
  Result result = Transform(R"text(function @f: fn(ptr Node)->ptr Node {
b0(%0: ptr Node):
  %1: ptr Node = call{@collects} zero:ptr Node
  %2: ptr Node = call{@collects} zero:ptr Node
  %3: ptr Node = call{@collects} zero:ptr Node
  setfield{Node .0'next} %3, %0
  %4: ptr Node = call{@collects} zero:ptr Node
  setfield{Node .0'next} %4, %2
  return %4
}
)text");
  // %0 lives across three calls, in slot 0; %2 across the last two, above it.
  EXPECT_NE(result.text.find("  root_set{0} zero:ptr Node\n  roots_enter{2}\n"), std::string::npos)
      << result.text;
  EXPECT_EQ(result.counts.root_sets, 1u + 1u + 1u + 1u) << result.text;
}

TEST(GcTransformTest, FaultsCanBeMadeOnPurpose) {
  std::string_view text = R"text(function @f: fn(ptr Node, ptr Node)->ptr Node {
b0(%0: ptr Node, %1: ptr Node):
  %2: ptr Node = call{@collects} zero:ptr Node
  setfield{Node .0'next} %0, %1
  return %0
}
)text";
  std::string good = Transform(text, {.moves = true, .barriers = Barriers::kObjects}).text;
  EXPECT_NE(good.find("write_barrier"), std::string::npos);
  std::string barrier =
      Transform(text, {.moves = true, .barriers = Barriers::kObjects, .drop_barrier = 0}).text;
  EXPECT_EQ(barrier.find("write_barrier"), std::string::npos) << barrier;
  // The declarations have one root of their own.
  std::string root = Transform(text, {.moves = true, .drop_root = 2}).text;
  EXPECT_NE(root.find("zero:ptr Node\n  roots_enter{2}"), std::string::npos) << root;
  EXPECT_EQ(root.find("root_get{1}"), std::string::npos) << root;
}

}  // namespace
}  // namespace weft::weave
