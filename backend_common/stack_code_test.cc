#include "backend_common/stack_code.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>

#include "flowgraph/text.h"
#include "flowgraph/verifier.h"

namespace weft::backend_common {
namespace {

using flowgraph::Operation;

// Writes what it is told, one instruction a word.
class Listing : public StackEmitter {
 public:
  explicit Listing(const flowgraph::Program& program) : program_(program) {}

  void Load(uint32_t local, TypeId) override { Add("l{}", local); }
  void Store(uint32_t local, TypeId) override { Add("=l{}", local); }
  void Pop(TypeId) override { Add("pop"); }
  void Constant(TypeId type, const flowgraph::Constant& constant) override {
    Add("{}", static_cast<int64_t>(constant.bits));
  }
  void Cast(TypeId, TypeId) override { Add("cast"); }
  void Operate(const Operation& op) override {
    if (op.opcode == flowgraph::Opcode::kCall) {
      Add("call:{}", program_.function(FunctionId(op.imm)).name);
    } else {
      Add("{}", op.info().name);
    }
  }
  void TupleArrived(TypeId, bool first_is_wanted) override {
    if (!first_is_wanted) Add("pop");
  }
  void TupleElement(TypeId, size_t element) override {
    if (element > 0) Add("element{}", element);
  }
  void Place(Label label, const std::vector<LiveLocal>& live) override {
    text += fmt::format("\n{}(", label);
    for (size_t i = 0; i < live.size(); ++i)
      text += fmt::format("{}l{}", i > 0 ? " " : "", live[i].local);
    text += "):";
  }
  void PlaceInner(Label label) override { text += fmt::format("\n{}:", label); }
  void Jump(Label label) override { Add("goto:{}", label); }
  void BranchIf(bool when, Label label) override { Add("if:{}:{}", when, label); }
  void BranchIfCompare(const Operation& op, bool when, Label label) override {
    Add("if_{}:{}:{}", op.info().name, when, label);
  }
  void Switch(TypeId, const std::vector<int64_t>& cases,
              const std::vector<Label>& targets) override {
    Add("switch");
    for (Label target : targets) text += fmt::format(":{}", target);
  }
  void Return(TypeId) override { Add("return"); }
  void Raise(TypeId) override { Add("raise"); }
  void Unreachable() override { Add("never"); }
  void BeginTry(Label handler) override { Add("try:{}", handler); }
  void EndTry(Label handler, bool has_result, bool store, uint32_t local, TypeId) override {
    Add("end:{}", handler);
    if (has_result) store ? Add("=l{}", local) : Add("pop");
  }
  void PlaceHandler(Label handler, const std::vector<LiveLocal>& live, TypeId) override {
    Place(handler, live);
    Add("caught");
  }

  std::string text;

 private:
  template <typename... Args>
  void Add(fmt::format_string<Args...> format, Args&&... args) {
    text += ' ';
    text += fmt::format(format, std::forward<Args>(args)...);
  }

  const flowgraph::Program& program_;
};

// The code of the first function of a program in text form.
std::string Code(const std::string& text) {
  auto program = flowgraph::Parse("weft rtyped\n" + text);
  EXPECT_TRUE(program.ok()) << (program.ok() ? "" : program.error().message());
  if (!program.ok()) return "";
  EXPECT_EQ(flowgraph::Verify(**program), std::vector<std::string>());
  auto kind_of = [&](TypeId type) { return static_cast<uint32_t>((*program)->types.Kind(type)); };
  const flowgraph::FunctionInfo& function = *(*program)->functions[0];
  StackPlan plan = MakeStackPlan(**program, function, kind_of);
  Listing listing(**program);
  WriteStackCode(**program, function, plan, listing);
  return listing.text;
}

TEST(StackCode, AnExpressionIsATree) {
  EXPECT_EQ(Code(R"(
function @f: fn(i64, i64)->i64 {
b0(%0: i64, %1: i64):
  %2: i64 = add %0, %1
  %3: i64 = mul %2, %0
  return %3
})"),
            "\n0(l0 l1): l0 l1 add l0 mul return");
}

TEST(StackCode, WhatIsUsedTwiceIsInALocalAndWhatIsUnusedIsLeftOut) {
  EXPECT_EQ(Code(R"(
function @f: fn(i64, i64)->i64 {
b0(%0: i64, %1: i64):
  %2: i64 = add %0, %1
  %3: i64 = mul %2, %2
  %4: i64 = sub %2, %0
  return %3
})"),
            "\n0(l0 l1): l0 l1 add =l0 l0 l0 mul return");
}

constexpr char kExternals[] = R"(
external g: fn(i64)->i64
)";

TEST(StackCode, AResultStaysForTheNextStatement) {
  EXPECT_EQ(Code(std::string(kExternals) + R"(
function @f: fn(i64)->i64 {
b0(%0: i64):
  %1: i64 = call_external{g} %0
  %2: i64 = call_external{g} %1
  %3: i64 = call_external{g} %0
  %4: i64 = sub %2, %3
  return %4
})"),
            "\n0(l0): l0 call_external call_external =l1 l0 call_external =l0 l1 l0 sub return");
}

TEST(StackCode, ALoopCopiesOnlyWhatChanges) {
  EXPECT_EQ(Code(R"(
function @f: fn(i64, i64)->i64 {
b0(%0: i64, %1: i64):
  jump b1(0:i64, %1)
b1(%2: i64, %3: i64):
  %4: bool = lt %2, %0
  branch %4 b2 b3
b2:
  %5: i64 = add %2, 1:i64
  jump b1(%5, %3)
b3:
  return %3
})"),
            "\n0(l0 l1): 0 =l2"
            "\n1(l0 l1 l2): l2 l0 if_lt:false:3"
            "\n2(l0 l1 l2): l2 1 add =l2 goto:1"
            "\n3(l1): l1 return");
}

TEST(StackCode, CopiesHappenAtOnce) {
  EXPECT_EQ(Code(R"(
function @f: fn(i64, i64)->i64 {
b0(%0: i64, %1: i64):
  jump b1(%0, %1)
b1(%2: i64, %3: i64):
  %4: bool = lt %2, %3
  branch %4 b1(%3, %2) b2
b2:
  return %2
})"),
            "\n0(l0 l1):"
            "\n1(l0 l1): l0 l1 if_lt:false:2 l1 l0 =l1 =l0 goto:1"
            "\n2(l0): l0 return");
}

TEST(StackCode, ComparisonsAndSelectAreValuesToo) {
  EXPECT_EQ(Code(R"(
function @f: fn(i64, i64)->bool {
b0(%0: i64, %1: i64):
  %2: bool = lt %0, %1
  %3: i64 = select %2, %0, %1
  %4: bool = eq %3, %0
  return %4
})"),
            "\n0(l0 l1): l0 l1 if_lt:false:3 l0 goto:4\n3: l1\n4: l0 if_eq:true:1 0 goto:2"
            "\n1: 1\n2: return");
}

constexpr char kExceptions[] = R"(
class Object {
  container Object
}
class Exception : Object exception {
  container Exception
}
container Object types 1 3 size 8 {
}
container Exception : Object types 2 3 size 8 {
}
)";

TEST(StackCode, AHandlerCopiesAfterTheOperandStackIsGone) {
  EXPECT_EQ(Code(std::string(kExceptions) + R"(
function @f: fn(i64)->i64 {
b0(%0: i64):
  %1: i64 = add %0, 1:i64
  %2: i64 = call{@g} %0
  jump b1(%2)
  except b2(%1)
b1(%3: i64):
  return %3
b2(%4: ptr Exception, %5: i64):
  return %5
}
function @g: fn(i64)->i64 {
b0(%0: i64):
  return %0
})"),
            "\n0(l0): l0 1 add =l1 try:3 l0 call:g end:3 =l0"
            "\n1(l0): l0 return"
            "\n2(l1): l1 return"
            "\n3(l1): caught pop goto:2");
}

TEST(StackCode, AnAllocationIsMadeIfSomebodyWaitsForItsException) {
  EXPECT_EQ(
      Code(std::string(kExceptions) + R"(
function @f: fn(i64)->i64 {
b0(%0: i64):
  %1: ptr Object = malloc{Object}
  jump b1
  except b2
b1:
  return %0
b2(%2: ptr Exception):
  return 1:i64
})"),
      "\n0(l0): try:3 malloc end:3 pop\n1(l0): l0 return\n2(): 1 return\n3(): caught pop goto:2");
}

TEST(StackCode, ATupleIsTakenApartWhereItArrives) {
  EXPECT_EQ(Code(R"(
function @f: fn(i64)->i64 {
b0(%0: i64):
  %1: tuple(i64, i64, bool) = call{@g} %0
  %2: i64 = tuple_get{1} %1
  %3: bool = tuple_get{2} %1
  branch %3 b1 b2
b1:
  return %2
b2:
  return %0
}
function @g: fn(i64)->tuple(i64, i64, bool) {
b0(%0: i64):
  %1: tuple(i64, i64, bool) = tuple_make %0, %0, true
  return %1
})"),
            "\n0(l0): l0 call:g pop element1 =l1 element2 =l2 l2 if:false:2"
            "\n1(l1): l1 return"
            "\n2(l0): l0 return");
}

TEST(StackCode, ATupleThatIsPassedOnIsMadeAnew) {
  EXPECT_EQ(Code(R"(
function @f: fn(i64)->tuple(i64, i64) {
b0(%0: i64):
  %1: tuple(i64, i64) = call{@g} %0
  return %1
}
function @g: fn(i64)->tuple(i64, i64) {
b0(%0: i64):
  %1: tuple(i64, i64) = tuple_make %0, 1:i64
  return %1
})"),
            "\n0(l0): l0 call:g =l0 element1 =l1 l0 l1 tuple_make return");
}

}  // namespace
}  // namespace weft::backend_common
