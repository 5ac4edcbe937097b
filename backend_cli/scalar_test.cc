// Every scalar operation at every width, assembled and run, against the evaluator that llinterp and
// the optimiser use.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <string>
#include <vector>

#include "backend_cli/scalar_operations.h"
#include "backend_cli/testing.h"
#include "flowgraph/fold.h"
#include "flowgraph/graph.h"

namespace weft::backend_cli {
namespace {

using flowgraph::Opcode;

constexpr TypeKind kInts[] = {TypeKind::kI8, TypeKind::kI16, TypeKind::kI32, TypeKind::kI64,
                              TypeKind::kU8, TypeKind::kU16, TypeKind::kU32, TypeKind::kU64};
constexpr TypeKind kFloats[] = {TypeKind::kF32, TypeKind::kF64};

bool IsWide(TypeKind kind) { return kind == TypeKind::kI64 || kind == TypeKind::kU64; }

// How a kind is on the stack.
std::string StackType(TypeKind kind) {
  if (kind == TypeKind::kF32) return "float32";
  if (kind == TypeKind::kF64) return "float64";
  return IsWide(kind) ? "int64" : "int32";
}

std::vector<uint64_t> Samples(TypeKind kind) {
  std::vector<uint64_t> samples;
  if (kind == TypeKind::kBool) return {0, 1};
  if (IsFloat(kind)) {
    for (double value : {0.0,
                         -0.0,
                         1.0,
                         -1.5,
                         127.9,
                         128.0,
                         -129.0,
                         255.5,
                         65535.5,
                         2147483648.0,
                         -2147483649.0,
                         4294967296.0,
                         9.2233720368547758e18,
                         -9.2233720368547758e18,
                         1.8446744073709552e19,
                         1e30,
                         -1e30,
                         1e-40,
                         16777217.0,
                         HUGE_VAL,
                         -HUGE_VAL,
                         std::nan("")}) {
      if (kind == TypeKind::kF32) value = static_cast<float>(value);
      samples.push_back(std::bit_cast<uint64_t>(value));
    }
    return samples;
  }
  int width = BitWidth(kind);
  for (int64_t value : {int64_t{0}, int64_t{1}, int64_t{-1}, int64_t{2}, int64_t{7}, int64_t{-13},
                        int64_t{100}, int64_t{1} << (width - 1), (int64_t{1} << (width - 1)) - 1,
                        int64_t{1} << (width / 2), int64_t{width}, int64_t{0x5a5a5a5a5a5a5a5a},
                        // Where a float rounds twice if it goes by way of a double.
                        int64_t{0x4000004000000001}, int64_t{0x7fffffbfffffffff}}) {
    samples.push_back(static_cast<uint64_t>(flowgraph::CanonicalInt(kind, value)));
  }
  return samples;
}

void Push(TypeKind kind, uint64_t bits, IlCode* code) {
  if (kind == TypeKind::kF64) {
    code->Float64(bits);
  } else if (kind == TypeKind::kF32) {
    code->Float32(std::bit_cast<uint32_t>(static_cast<float>(std::bit_cast<double>(bits))));
  } else if (IsWide(kind)) {
    code->Int64(static_cast<int64_t>(bits));
  } else {
    code->Int32(static_cast<int32_t>(bits));
  }
}

bool IsComparison(Opcode opcode) { return opcode >= Opcode::kEq && opcode <= Opcode::kGe; }

// What is written for one operation: as a method, with the last operand known, or as a branch.
enum class Form { kMethod, kConstant, kBranch, kBranchNot };

class Cases {
 public:
  void Add(Opcode opcode, const std::vector<TypeKind>& operands, TypeKind result) {
    std::vector<Form> forms = {Form::kMethod};
    if (IsComparison(opcode)) forms = {Form::kMethod, Form::kBranch, Form::kBranchNot};
    bool has_constant = opcode == Opcode::kDiv || opcode == Opcode::kRem ||
                        opcode == Opcode::kShl || opcode == Opcode::kShr;
    if (has_constant) forms.push_back(Form::kConstant);
    for (Form form : forms) AddForm(opcode, operands, result, form);
  }

  std::string Text() const {
    std::string calls;
    for (int i = 0; i < count_; ++i) calls += fmt::format("call void T::c{}()\n", i);
    return ".assembly extern mscorlib {}\n.assembly test {}\n.module test\n" + RuntimeIl() +
           ".class public auto ansi T extends [mscorlib]System.Object {\n" + methods_ +
           ".method public static void Main() cil managed {\n.entrypoint\n" + calls +
           "ldstr \"checked\"\ncall void [mscorlib]System.Console::WriteLine(string)\nret\n}\n}\n";
  }

 private:
  void AddForm(Opcode opcode, const std::vector<TypeKind>& operands, TypeKind result, Form form) {
    std::string name = fmt::format("{}_{}", flowgraph::Info(opcode).name, static_cast<int>(form));
    std::string parameters;
    for (TypeKind operand : operands) {
      name += fmt::format("_{}", Spelling(operand));
      parameters += (parameters.empty() ? "" : ", ") + StackType(operand);
    }
    name += fmt::format("_to_{}", Spelling(result));
    std::string signature = fmt::format("{} T::'{}'({})", StackType(result), name, parameters);
    if (form != Form::kConstant) {
      IlCode body;
      for (uint32_t i = 0; i < operands.size(); ++i) body.LoadArgument(i);
      Operate(opcode, operands, result, form, &body);
      body.Op("ret");
      methods_ += fmt::format(".method static {} '{}'({}) cil managed {{\n{}}}\n",
                              StackType(result), name, parameters, body.text());
    }
    IlCode rows;
    std::vector<uint64_t> args(operands.size());
    uint32_t label = 0;
    AddRows(opcode, operands, result, form, name, signature, 0, &args, &label, &rows);
    methods_ +=
        fmt::format(".method static void c{}() cil managed {{\n.locals init ({} v)\n{}ret\n}}\n",
                    count_++, StackType(result), rows.text());
  }

  static void Operate(Opcode opcode, const std::vector<TypeKind>& operands, TypeKind result,
                      Form form, IlCode* code) {
    if (form == Form::kBranch || form == Form::kBranchNot) {
      bool when = form == Form::kBranch;
      BranchIfCompare(opcode, operands[0], when, 0, code);
      code->Int32(when ? 0 : 1);
      code->Op("ret");
      code->Place(0);
      code->Int32(when ? 1 : 0);
    } else if (IsComparison(opcode)) {
      Compare(opcode, operands[0], code);
    } else {
      ASSERT_TRUE(WriteScalar(opcode, operands[0], result, std::nullopt, code));
    }
  }

  void AddRows(Opcode opcode, const std::vector<TypeKind>& operands, TypeKind result, Form form,
               const std::string& name, const std::string& signature, size_t at,
               std::vector<uint64_t>* args, uint32_t* label, IlCode* rows) {
    if (at < operands.size()) {
      for (uint64_t sample : Samples(operands[at])) {
        (*args)[at] = sample;
        AddRows(opcode, operands, result, form, name, signature, at + 1, args, label, rows);
      }
      return;
    }
    uint64_t value = 0;
    if (!flowgraph::EvaluateScalar(opcode, operands[0], result, args->data(), &value)) return;
    bool is_shift = opcode == Opcode::kShl || opcode == Opcode::kShr;
    for (size_t i = 0; i < operands.size(); ++i) {
      if (form == Form::kConstant && is_shift && i == 1) continue;
      Push(operands[i], (*args)[i], rows);
    }
    if (form == Form::kConstant) {
      ASSERT_TRUE(
          WriteScalar(opcode, operands[0], result, static_cast<int64_t>(args->back()), rows));
    } else {
      rows->Op("call", signature);
    }
    rows->StoreLocal(0);
    uint32_t good = (*label)++;
    if (IsFloat(result) && std::isnan(std::bit_cast<double>(value))) {
      rows->LoadLocal(0);
      rows->LoadLocal(0);
      rows->Branch("bne.un", good);
    } else {
      LoadBits(result, [&] { rows->LoadLocal(0); }, rows);
      LoadBits(result, [&] { Push(result, value, rows); }, rows);
      rows->Branch("beq", good);
    }
    std::string row = name;
    for (uint64_t arg : *args) row += fmt::format(" {:x}", arg);
    rows->Op("ldstr", fmt::format("\"{}: expected {:x}, got {{0}}\"", row, value));
    rows->LoadLocal(0);
    rows->Op("box", fmt::format("[mscorlib]System.{}", result == TypeKind::kF64   ? "Double"
                                                       : result == TypeKind::kF32 ? "Single"
                                                       : IsWide(result)           ? "Int64"
                                                                                  : "Int32"));
    rows->Op("call", "void [mscorlib]System.Console::WriteLine(string, object)");
    rows->Place(good);
  }

  // -0 and 0 are different.
  template <typename F>
  static void LoadBits(TypeKind kind, F load, IlCode* rows) {
    load();
    if (kind == TypeKind::kF64) rows->Op("call", "uint64 Weft.Numbers::F64Bits(float64)");
    if (kind == TypeKind::kF32) rows->Op("call", "uint32 Weft.Numbers::F32Bits(float32)");
  }

  int count_ = 0;
  std::string methods_;
};

void AddAll(Cases* all) {
  auto binary = [&](Opcode opcode, TypeKind kind, TypeKind result) {
    all->Add(opcode, {kind, kind}, result);
  };
  std::vector<TypeKind> numbers(std::begin(kInts), std::end(kInts));
  numbers.insert(numbers.end(), std::begin(kFloats), std::end(kFloats));
  for (TypeKind kind : numbers) {
    for (Opcode opcode : {Opcode::kAdd, Opcode::kSub, Opcode::kMul, Opcode::kDiv, Opcode::kRem}) {
      if (IsFloat(kind) && opcode == Opcode::kRem) continue;
      binary(opcode, kind, kind);
    }
    for (Opcode opcode :
         {Opcode::kEq, Opcode::kNe, Opcode::kLt, Opcode::kLe, Opcode::kGt, Opcode::kGe}) {
      binary(opcode, kind, TypeKind::kBool);
    }
    all->Add(Opcode::kNeg, {kind}, kind);
    for (TypeKind to : numbers) all->Add(Opcode::kConvert, {kind}, to);
    all->Add(Opcode::kConvert, {kind}, TypeKind::kBool);
    all->Add(Opcode::kConvert, {TypeKind::kBool}, kind);
  }
  for (TypeKind kind : kInts) {
    for (Opcode opcode : {Opcode::kAnd, Opcode::kOr, Opcode::kXor, Opcode::kShl, Opcode::kShr}) {
      binary(opcode, kind, kind);
    }
    for (Opcode opcode : {Opcode::kAddOverflows, Opcode::kSubOverflows, Opcode::kMulOverflows}) {
      binary(opcode, kind, TypeKind::kBool);
    }
    all->Add(Opcode::kNot, {kind}, kind);
  }
  for (Opcode opcode : {Opcode::kAnd, Opcode::kOr, Opcode::kXor, Opcode::kEq, Opcode::kNe}) {
    binary(opcode, TypeKind::kBool, TypeKind::kBool);
  }
  all->Add(Opcode::kNot, {TypeKind::kBool}, TypeKind::kBool);
  for (Opcode opcode : {Opcode::kClz, Opcode::kCtz, Opcode::kPopcount}) {
    all->Add(opcode, {TypeKind::kU32}, TypeKind::kI32);
    all->Add(opcode, {TypeKind::kU64}, TypeKind::kI32);
  }
  all->Add(Opcode::kF64Bits, {TypeKind::kF64}, TypeKind::kU64);
  all->Add(Opcode::kF64FromBits, {TypeKind::kU64}, TypeKind::kF64);
  all->Add(Opcode::kF32Bits, {TypeKind::kF32}, TypeKind::kU32);
  all->Add(Opcode::kF32FromBits, {TypeKind::kU32}, TypeKind::kF32);
}

TEST(ScalarTest, AgreesWithTheEvaluator) {
  Cases cases;
  AddAll(&cases);
  RunResult result = AssembleAndRun(cases.Text());
  EXPECT_EQ(result.output.substr(0, 4000), "checked\n");
  EXPECT_EQ(result.exit_code, 0);
}

}  // namespace
}  // namespace weft::backend_cli
