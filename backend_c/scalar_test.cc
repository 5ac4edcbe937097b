// Every scalar operation at every width, compiled, against the evaluator that llinterp and the
// optimiser use.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <string>
#include <vector>

#include "backend_c/literals.h"
#include "backend_c/testing.h"
#include "flowgraph/fold.h"
#include "flowgraph/graph.h"

namespace weft::backend_c {
namespace {

using flowgraph::Opcode;

constexpr TypeKind kInts[] = {TypeKind::kI8, TypeKind::kI16, TypeKind::kI32, TypeKind::kI64,
                              TypeKind::kU8, TypeKind::kU16, TypeKind::kU32, TypeKind::kU64};
constexpr TypeKind kFloats[] = {TypeKind::kF32, TypeKind::kF64};

std::string CType(TypeKind kind) {
  if (kind == TypeKind::kBool) return "bool";
  if (kind == TypeKind::kF32) return "float";
  if (kind == TypeKind::kF64) return "double";
  return fmt::format("{}int{}_t", IsSigned(kind) ? "" : "u", BitWidth(kind));
}

// Bits as in flowgraph::Constant.
std::vector<uint64_t> Samples(TypeKind kind) {
  std::vector<uint64_t> samples;
  if (kind == TypeKind::kBool) return {0, 1};
  if (IsFloat(kind)) {
    for (double value : {0.0,
                         -0.0,
                         1.0,
                         -1.5,
                         3.25,
                         127.9,
                         128.0,
                         -128.9,
                         -129.0,
                         255.5,
                         256.0,
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
                        int64_t{1} << (width / 2), int64_t{width}, int64_t{0x5a5a5a5a5a5a5a5a}}) {
    samples.push_back(static_cast<uint64_t>(flowgraph::CanonicalInt(kind, value)));
  }
  return samples;
}

std::string Literal(TypeKind kind, uint64_t bits) {
  if (IsFloat(kind)) return FloatLiteral(kind, std::bit_cast<double>(bits));
  return IntLiteral(kind, static_cast<int64_t>(bits));
}

// The program with one function for each case, and the C that calls them with the samples.
class Cases {
 public:
  void Add(Opcode opcode, const std::vector<TypeKind>& operands, TypeKind result) {
    std::string name = flowgraph::Info(opcode).name;
    std::string parameters, arguments, arguments_with_types, c_parameters, call;
    for (size_t i = 0; i < operands.size(); ++i) {
      const char* comma = i == 0 ? "" : ", ";
      name += fmt::format("_{}", Spelling(operands[i]));
      parameters += fmt::format("{}{}", comma, Spelling(operands[i]));
      arguments += fmt::format("{}%{}", comma, i);
      arguments_with_types += fmt::format("{}%{}: {}", comma, i, Spelling(operands[i]));
      c_parameters += comma + CType(operands[i]);
      call += fmt::format("{}row->a{}", comma, i);
    }
    name += fmt::format("_to_{}", Spelling(result));
    std::string function_type = fmt::format("fn({})->{}", parameters, Spelling(result));
    functions_ +=
        fmt::format("function @{}: {} {{\nb0({}):\n  %{}: {} = {} {}\n  return %{}\n}}\n\n", name,
                    function_type, arguments_with_types, operands.size(), Spelling(result),
                    flowgraph::Info(opcode).name, arguments, operands.size());
    references_ += fmt::format("  %{}: bool = eq @{}:{}, zero:{}\n", ++count_, name, function_type,
                               function_type);
    references_ += fmt::format("  %{0}: i64 = convert %{1}\n  call_external{{show_i64}} %{0}\n",
                               count_ + 1, count_);
    ++count_;
    std::string rows;
    std::vector<uint64_t> args(operands.size());
    AddRows(opcode, operands, result, 0, &args, &rows);
    std::string members;
    for (size_t i = 0; i < operands.size(); ++i) {
      members += fmt::format("{} a{}; ", CType(operands[i]), i);
    }
    support_ += fmt::format("{} f_{}({});\n", CType(result), name, c_parameters);
    support_ += fmt::format("static const struct {{ {}{} r; }} rows_{}[] = {{\n{}}};\n", members,
                            CType(result), name, rows);
    checks_ += fmt::format(
        "  for (size_t i = 0; i < sizeof rows_{0} / sizeof rows_{0}[0]; ++i) {{\n"
        "    const auto_row(rows_{0}) row = &rows_{0}[i];\n    {1} result = f_{0}({2});\n"
        "    if (!(memcmp(&result, &row->r, sizeof result) == 0 || (result != result && row->r != "
        "row->r))) {{\n"
        "      printf(\"{0} row %d: got %.17g, expected %.17g\\n\", (int)i, (double)result, "
        "(double)row->r);\n    }}\n  }}\n",
        name, CType(result), call);
  }

  std::string Program() const {
    return "weft rtyped\n" + std::string(kDeclarations) +
           "external check_all: fn()->void\nentry @main\n\n" + functions_ +
           "function @main: fn(ptr \"array<str>\")->i32 {\nb0(%0: ptr \"array<str>\"):\n" +
           "  call_external{check_all}\n  branch false b1 b2\nb1:\n" + references_ +
           "  return 1:i32\nb2:\n  return 0:i32\n}\n";
  }
  std::string Support() const {
    return "#pragma GCC diagnostic ignored \"-Wtautological-compare\"\n#define auto_row(rows) "
           "__typeof__(&rows[0])\n#include <math.h>\n"
           "#include <stdio.h>\n#include \"backend_c/runtime/ops.h\"\nWEFT_BEGIN_C\n" +
           support_ + "void check_all(void);\nvoid check_all(void) {\n" + checks_ +
           "  printf(\"checked\\n\");\n}\nWEFT_END_C\n";
  }

 private:
  void AddRows(Opcode opcode, const std::vector<TypeKind>& operands, TypeKind result, size_t at,
               std::vector<uint64_t>* args, std::string* rows) {
    if (at == operands.size()) {
      uint64_t value = 0;
      // Select: the kind of its values.
      TypeKind operand = operands.size() > 1 ? operands[1] : operands[0];
      if (!flowgraph::EvaluateScalar(opcode, operand, result, args->data(), &value)) return;
      *rows += "  {";
      for (size_t i = 0; i < operands.size(); ++i) {
        *rows += Literal(operands[i], (*args)[i]) + ", ";
      }
      *rows += Literal(result, value) + "},\n";
      return;
    }
    for (uint64_t sample : Samples(operands[at])) {
      (*args)[at] = sample;
      AddRows(opcode, operands, result, at + 1, args, rows);
    }
  }

  int count_ = 0;
  std::string functions_;
  std::string references_;
  std::string support_;
  std::string checks_;
};

const Cases& AllCases() {
  static const auto* cases = [] {
    auto* all = new Cases;
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
      all->Add(Opcode::kSelect, {TypeKind::kBool, kind, kind}, kind);
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
    return all;
  }();
  return *cases;
}

class ScalarTest : public testing::TestWithParam<Toolchain> {};

INSTANTIATE_TEST_SUITE_P(All, ScalarTest, testing::ValuesIn(Toolchains()),
                         [](const auto& info) { return info.param.name; });

TEST_P(ScalarTest, AgreesWithTheEvaluator) {
  RunResult result = CompileAndRun(AllCases().Program(), GetParam(), AllCases().Support());
  EXPECT_EQ(result.output.substr(0, 4000), "checked\n");
  EXPECT_EQ(result.exit_code, 0);
}

}  // namespace
}  // namespace weft::backend_c
