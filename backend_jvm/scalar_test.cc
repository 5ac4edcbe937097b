// Every scalar operation, on every type that it takes, gives on the JVM what flowgraph/fold.h says.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <string>
#include <vector>

#include "backend_jvm/testing.h"
#include "flowgraph/fold.h"
#include "flowgraph/graph.h"
#include "flowgraph/opcode.h"

namespace weft::backend_jvm {
namespace {

using flowgraph::Opcode;

constexpr TypeKind kInts[] = {TypeKind::kI8, TypeKind::kI16, TypeKind::kI32, TypeKind::kI64,
                              TypeKind::kU8, TypeKind::kU16, TypeKind::kU32, TypeKind::kU64};
constexpr TypeKind kFloats[] = {TypeKind::kF32, TypeKind::kF64};

std::vector<uint64_t> Samples(TypeKind kind) {
  if (kind == TypeKind::kBool) return {0, 1};
  std::vector<uint64_t> samples;
  if (IsFloat(kind)) {
    for (double value : {0.0,
                         -0.0,
                         1.0,
                         -1.0,
                         0.5,
                         2.5,
                         -2.5,
                         127.6,
                         -128.9,
                         255.5,
                         256.0,
                         32768.0,
                         -32769.0,
                         65535.9,
                         2147483647.5,
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

// A program with a function for each case, and one that calls it with the samples and tells whether
// all results are right.
class Cases {
 public:
  void Add(Opcode opcode, const std::vector<TypeKind>& operands, TypeKind result) {
    std::string name = flowgraph::Info(opcode).name;
    std::string types;
    std::string arguments;
    std::string parameters;
    for (size_t i = 0; i < operands.size(); ++i) {
      const char* comma = i == 0 ? "" : ", ";
      name += fmt::format("_{}", Spelling(operands[i]));
      types += fmt::format("{}{}", comma, Spelling(operands[i]));
      arguments += fmt::format("{}%{}", comma, i);
      parameters += fmt::format("{}%{}: {}", comma, i, Spelling(operands[i]));
    }
    name += fmt::format("_to_{}", Spelling(result));
    text_ +=
        fmt::format("function @{}: fn({})->{} {{\nb0({}):\n  %{}: {} = {} {}\n  return %{}\n}}\n\n",
                    name, types, Spelling(result), parameters, operands.size(), Spelling(result),
                    flowgraph::Info(opcode).name, arguments, operands.size());
    body_.clear();
    next_ = 0;
    bad_ = "false";
    std::vector<uint64_t> args(operands.size());
    AddRows(opcode, name, operands, result, 0, &args);
    text_ += fmt::format("function @check_{}: fn()->bool {{\nb0:\n{}  return {}\n}}\n\n", name,
                         body_, bad_);
    names_.push_back(name);
  }

  const std::vector<std::string>& names() const { return names_; }

  // Prints the number of each case that is wrong, and -1.
  std::string Text() const {
    std::string main =
        "function @main: fn(ptr \"array<str>\")->i32 {\nb0(%0: ptr \"array<str>\"):\n";
    for (size_t i = 0; i < names_.size(); ++i) {
      main += fmt::format(
          "  %{0}: bool = call{{@check_{1}}}\n  branch %{0} b{2} b{3}\nb{2}:\n"
          "  call_external{{show_i64}} {4}:i64\n  jump b{3}\nb{3}:\n",
          i + 1, names_[i], 2 * i + 1, 2 * i + 2, i);
    }
    return text_ + main + "  call_external{show_i64} -1:i64\n  return 0:i32\n}\n";
  }

 private:
  std::string Value(const char* type, std::string_view text) {
    body_ += fmt::format("  %{}: {} = {}\n", next_, type, text);
    return fmt::format("%{}", next_++);
  }

  std::string Literal(TypeKind kind, uint64_t bits) {
    if (kind == TypeKind::kBool) return bits != 0 ? "true" : "false";
    if (kind == TypeKind::kF64) return Value("f64", fmt::format("f64_from_bits {}:u64", bits));
    if (kind == TypeKind::kF32) {
      auto narrow = static_cast<float>(std::bit_cast<double>(bits));
      return Value("f32", fmt::format("f32_from_bits {}:u32", std::bit_cast<uint32_t>(narrow)));
    }
    return IsSigned(kind) ? fmt::format("{}:{}", static_cast<int64_t>(bits), Spelling(kind))
                          : fmt::format("{}:{}", bits, Spelling(kind));
  }

  void AddRows(Opcode opcode, const std::string& name, const std::vector<TypeKind>& operands,
               TypeKind result, size_t at, std::vector<uint64_t>* args) {
    if (at < operands.size()) {
      for (uint64_t sample : Samples(operands[at])) {
        (*args)[at] = sample;
        AddRows(opcode, name, operands, result, at + 1, args);
      }
      return;
    }
    uint64_t value = 0;
    // Select: the kind of its values.
    TypeKind operand = operands.size() > 1 ? operands[1] : operands[0];
    if (!flowgraph::EvaluateScalar(opcode, operand, result, args->data(), &value)) return;
    std::string list;
    for (size_t i = 0; i < operands.size(); ++i) {
      list += (i > 0 ? ", " : "") + Literal(operands[i], (*args)[i]);
    }
    std::string got = Value(Spelling(result), fmt::format("call{{@{}}} {}", name, list));
    std::string wrong;
    if (IsFloat(result) && std::isnan(std::bit_cast<double>(value))) {
      wrong = Value("bool", fmt::format("eq {0}, {0}", got));
    } else if (result == TypeKind::kF64) {
      std::string bits = Value("u64", "f64_bits " + got);
      wrong = Value("bool", fmt::format("ne {}, {}:u64", bits, value));
    } else if (result == TypeKind::kF32) {
      std::string bits = Value("u32", "f32_bits " + got);
      auto narrow = static_cast<float>(std::bit_cast<double>(value));
      wrong = Value("bool", fmt::format("ne {}, {}:u32", bits, std::bit_cast<uint32_t>(narrow)));
    } else {
      wrong = Value("bool", fmt::format("ne {}, {}", got, Literal(result, value)));
    }
    bad_ = Value("bool", fmt::format("or {}, {}", bad_, wrong));
  }

  std::string text_;
  std::string body_;
  std::string bad_;
  int next_ = 0;
  std::vector<std::string> names_;
};

Cases AllCases() {
  Cases all;
  auto binary = [&](Opcode opcode, TypeKind kind, TypeKind result) {
    all.Add(opcode, {kind, kind}, result);
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
    all.Add(Opcode::kNeg, {kind}, kind);
    for (TypeKind to : numbers) all.Add(Opcode::kConvert, {kind}, to);
    all.Add(Opcode::kConvert, {kind}, TypeKind::kBool);
    all.Add(Opcode::kConvert, {TypeKind::kBool}, kind);
  }
  for (TypeKind kind : kInts) {
    for (Opcode opcode : {Opcode::kAnd, Opcode::kOr, Opcode::kXor, Opcode::kShl, Opcode::kShr}) {
      binary(opcode, kind, kind);
    }
    for (Opcode opcode : {Opcode::kAddOverflows, Opcode::kSubOverflows, Opcode::kMulOverflows}) {
      binary(opcode, kind, TypeKind::kBool);
    }
    all.Add(Opcode::kNot, {kind}, kind);
    all.Add(Opcode::kSelect, {TypeKind::kBool, kind, kind}, kind);
  }
  for (Opcode opcode : {Opcode::kAnd, Opcode::kOr, Opcode::kXor, Opcode::kEq, Opcode::kNe}) {
    binary(opcode, TypeKind::kBool, TypeKind::kBool);
  }
  all.Add(Opcode::kNot, {TypeKind::kBool}, TypeKind::kBool);
  for (Opcode opcode : {Opcode::kClz, Opcode::kCtz, Opcode::kPopcount}) {
    all.Add(opcode, {TypeKind::kU32}, TypeKind::kI32);
    all.Add(opcode, {TypeKind::kU64}, TypeKind::kI32);
  }
  all.Add(Opcode::kF64Bits, {TypeKind::kF64}, TypeKind::kU64);
  all.Add(Opcode::kF64FromBits, {TypeKind::kU64}, TypeKind::kF64);
  all.Add(Opcode::kF32Bits, {TypeKind::kF32}, TypeKind::kU32);
  all.Add(Opcode::kF32FromBits, {TypeKind::kU32}, TypeKind::kF32);
  return all;
}

TEST(ScalarTest, AgreesWithTheEvaluator) {
  Cases cases = AllCases();
  RunResult result = CompileAndRun(cases.Text());
  EXPECT_EQ(result.exit_code, 0);
  std::string wrong;
  size_t at = 0;
  while (at < result.output.size()) {
    size_t end = result.output.find('\n', at);
    std::string line = result.output.substr(at, end - at);
    at = end == std::string::npos ? result.output.size() : end + 1;
    if (line == "-1") {
      EXPECT_EQ(at, result.output.size());
      EXPECT_EQ(wrong, "");
      return;
    }
    size_t number = std::strtoul(line.c_str(), nullptr, 10);
    wrong += (number < cases.names().size() ? cases.names()[number] : line) + "\n";
  }
  FAIL() << "not to the end:\n" << result.output.substr(0, 2000);
}

}  // namespace
}  // namespace weft::backend_jvm
