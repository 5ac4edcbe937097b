#include "weave/exceptions.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>

#include "flowgraph/text.h"
#include "flowgraph/verifier.h"

namespace weft::weave {
namespace {

using flowgraph::Program;

constexpr std::string_view kDeclarations = R"text(weft rtyped
container Object types 1 5 size 8 {
}
container Node : Object types 2 3 size 16 {
  field next: ptr Object at 8
}
container Closing : Object types 3 4 size 8 finalizer {
}
container Weak : Object types 4 5 size 16 weakref {
  field target: ptr Object at 8
}
container "array<i64>" types 5 6 size 16 length_at 8 item_size 8 {
  item value: i64 at 0
}
external note: fn(i64)->void
external stop: fn(i64)->void noreturn

function @throws: fn(ptr Object)->void noreturn {
b0(%0: ptr Object):
  raise %0
}

function @quiet: fn(i64)->i64 {
b0(%0: i64):
  call_external{note} %0
  return %0
}

)text";

// Weaves the declarations and one function more; gives that function as text. A fault that the
// verifier finds takes its place.
std::string Weave(std::string_view function) {
  auto program = flowgraph::Parse(std::string(kDeclarations) + std::string(function));
  if (!program.ok()) return program.error().message();
  EXPECT_EQ(flowgraph::Verify(**program), std::vector<std::string>());
  WeaveExceptions(**program);
  EXPECT_EQ(flowgraph::Verify(**program), std::vector<std::string>());
  EXPECT_EQ((*program)->stage, flowgraph::Stage::kWoven);
  return flowgraph::PrintFunction(**program, FunctionId((*program)->functions.size() - 1));
}

// A call of a part is no place of its own: the exception passed the function's own lines in there.
TEST(ExceptionsTest, ThePartOfAFunctionHasNotedThePlace) {
  EXPECT_EQ(Weave(R"text(function @"f::part:1": fn(ptr Object)->i64 part_of @f {
b0(%0: ptr Object):
  raise %0
}
function @f: fn(ptr Object)->i64 {
b0(%0: ptr Object):
  %1: i64 = call{@"f::part:1"} %0
  return %1
}
)text"),
            R"text(function @f: fn(ptr Object)->i64 cannot_collect {
b0(%0: ptr Object):
  %1: i64 = call{@"f::part:1"} %0
  %2: bool = exception_occurred
  branch %2 b1 b2
b1 cold:
  return 0:i64
b2:
  return %1
}
)text");
}

TEST(ExceptionsTest, ObjectsWithFinalizersHaveNoInlinePath) {
  EXPECT_EQ(Weave(R"text(function @f: fn(i64)->ptr Closing {
b0(%0: i64):
  %1: ptr Closing = malloc{Closing}
  return %1
}
)text"),
            R"text(function @f: fn(i64)->ptr Closing {
b0(%0: i64):
  %1: ptr Closing = malloc_slow{Closing}
  %2: bool = eq %1, zero:ptr Closing
  branch %2 b2 b1(%1)
b1(%3: ptr Closing):
  return %3
b2 cold:
  traceback_add
  return zero:ptr Closing
}
)text");
}

TEST(ExceptionsTest, WeakReferencesAreAllocationsAndAStore) {
  EXPECT_EQ(Weave(R"text(function @f: fn(ptr Object)->ptr Weak {
b0(%0: ptr Object):
  %1: ptr Weak = weakref_make{Weak} %0
  return %1
}
)text"),
            R"text(function @f: fn(ptr Object)->ptr Weak {
b0(%0: ptr Object):
  %1: ptr Weak = malloc_try{Weak}
  %2: bool = eq %1, zero:ptr Weak
  branch %2 b2 b1(%1)
b1(%3: ptr Weak):
  setfield{Weak .0'target} %3, %0
  return %3
b2 cold:
  %4: ptr Weak = malloc_slow{Weak}
  %5: bool = eq %4, zero:ptr Weak
  branch %5 b3 b1(%4)
b3 cold:
  traceback_add
  return zero:ptr Weak
}
)text");
}

TEST(ExceptionsTest, AllocationFailsInAColdBlock) {
  EXPECT_EQ(Weave(R"text(function @f: fn(i64)->ptr "array<i64>" {
b0(%0: i64):
  %1: ptr "array<i64>" = malloc_items{"array<i64>"} %0
  return %1
}
)text"),
            R"text(function @f: fn(i64)->ptr "array<i64>" {
b0(%0: i64):
  %1: ptr "array<i64>" = malloc_items_try{"array<i64>"} %0
  %2: bool = eq %1, zero:ptr "array<i64>"
  branch %2 b2 b1(%1)
b1(%3: ptr "array<i64>"):
  return %3
b2 cold:
  %4: ptr "array<i64>" = malloc_items_slow{"array<i64>"} %0
  %5: bool = eq %4, zero:ptr "array<i64>"
  branch %5 b3 b1(%4)
b3 cold:
  traceback_add
  return zero:ptr "array<i64>"
}
)text");
}

TEST(ExceptionsTest, OnlyCallsThatMayRaiseAreTested) {
  EXPECT_EQ(Weave(R"text(function @f: fn(i64)->f64 {
b0(%0: i64):
  stack_check
  %1: i64 = call{@quiet} %0
  %2: f64 = call{@f} %1
  return %2
}
)text"),
            R"text(function @f: fn(i64)->f64 cannot_collect {
b0(%0: i64):
  %1: bool = stack_used_up
  branch %1 b1 b2
b1 cold:
  return 0.0:f64
b2:
  %2: i64 = call{@quiet} %0
  %3: f64 = call{@f} %2
  %4: bool = exception_occurred
  branch %4 b3 b4
b3 cold:
  traceback_add
  return 0.0:f64
b4:
  return %3
}
)text");
}

TEST(ExceptionsTest, ACallThatNeverReturnsIsNotTested) {
  EXPECT_EQ(Weave(R"text(function @f: fn(ptr Object)->i64 {
b0(%0: ptr Object):
  call{@throws} %0
  unreachable
}
)text"),
            R"text(function @f: fn(ptr Object)->i64 cannot_collect {
b0(%0: ptr Object):
  call{@throws} %0
  jump b1
b1 cold:
  traceback_add
  return 0:i64
}
)text");
}

TEST(ExceptionsTest, HandlersTakeTheException) {
  EXPECT_EQ(Weave(R"text(function @f: fn(ptr Object)->i64 {
b0(%0: ptr Object):
  %1: i64 = call{@f} %0
  jump b1(%1)
  except b2(%0)
b1(%2: i64):
  return %2
b2(%3: ptr Object, %4: ptr Object):
  raise %3
}
)text"),
            R"text(function @f: fn(ptr Object)->i64 cannot_collect {
b0(%0: ptr Object):
  %1: i64 = call{@f} %0
  %2: bool = exception_occurred
  branch %2 b3 b4
b1(%3: i64):
  return %3
b2(%4: ptr Object, %5: ptr Object) cold:
  exception_set %4
  return 0:i64
b3 cold:
  traceback_add
  %6: ptr Object = exception_take
  jump b2(%6, %0)
b4:
  jump b1(%1)
}
)text");
}

TEST(ExceptionsTest, RaiseWithAHandlerIsAJump) {
  EXPECT_EQ(Weave(R"text(function @f: fn(bool, ptr Node)->i64 {
b0(%0: bool, %1: ptr Node):
  branch %0 b1 b2
b1:
  raise %1
  except b3(7:i64)
b2:
  return 1:i64
b3(%2: ptr Object, %3: i64):
  return %3
}
)text"),
            R"text(function @f: fn(bool, ptr Node)->i64 cannot_raise cannot_collect {
b0(%0: bool, %1: ptr Node):
  branch %0 b1 b2
b1:
  %2: ptr Object = cast_ptr %1
  jump b3(%2, 7:i64)
b2:
  return 1:i64
b3(%3: ptr Object, %4: i64):
  return %4
}
)text");
}

TEST(ExceptionsTest, CallsThroughPointersDoWhatTheirTargetsDo) {
  EXPECT_EQ(Weave(R"text(function @f: fn(fn(i64)->i64)->tuple(i64, ptr Node) {
b0(%0: fn(i64)->i64):
  %1: i64 = call_pointer %0, 5:i64
  gc_collect
  %2: tuple(i64, ptr Node) = tuple_make %1, zero:ptr Node
  return %2
}
)text"),
            R"text(function @f: fn(fn(i64)->i64)->tuple(i64, ptr Node) {
b0(%0: fn(i64)->i64):
  %1: i64 = call_pointer %0, 5:i64
  gc_collect
  %2: bool = exception_occurred
  branch %2 b1 b2
b1 cold:
  traceback_add
  %3: tuple(i64, ptr Node) = tuple_make 0:i64, zero:ptr Node
  return %3
b2:
  %4: tuple(i64, ptr Node) = tuple_make %1, zero:ptr Node
  return %4
}
)text");
}

}  // namespace
}  // namespace weft::weave
