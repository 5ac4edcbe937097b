#include "flowgraph/fold.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

namespace weft::flowgraph {
namespace {

uint64_t Bits(double value) { return std::bit_cast<uint64_t>(value); }

int64_t Int(Opcode opcode, TypeKind operand, TypeKind result, int64_t a, int64_t b = 0) {
  uint64_t args[] = {static_cast<uint64_t>(a), static_cast<uint64_t>(b), 0};
  uint64_t value = 0;
  EXPECT_TRUE(EvaluateScalar(opcode, operand, result, args, &value));
  return static_cast<int64_t>(value);
}

int64_t I32(Opcode opcode, int64_t a, int64_t b = 0) {
  return Int(opcode, TypeKind::kI32, TypeKind::kI32, a, b);
}

int64_t FromFloat(TypeKind to, double value) {
  return Int(Opcode::kConvert, TypeKind::kF64, to, static_cast<int64_t>(Bits(value)));
}

constexpr int64_t kMin32 = std::numeric_limits<int32_t>::min();
constexpr int64_t kMax32 = std::numeric_limits<int32_t>::max();
constexpr int64_t kMin64 = std::numeric_limits<int64_t>::min();

TEST(Fold, IntegersWrap) {
  EXPECT_EQ(I32(Opcode::kAdd, kMax32, 1), kMin32);
  EXPECT_EQ(I32(Opcode::kMul, 65536, 65536), 0);
  EXPECT_EQ(I32(Opcode::kNeg, kMin32), kMin32);
  EXPECT_EQ(Int(Opcode::kSub, TypeKind::kU8, TypeKind::kU8, 3, 5), 254);
}

TEST(Fold, DivisionTruncatesAndWraps) {
  EXPECT_EQ(I32(Opcode::kDiv, -7, 2), -3);
  EXPECT_EQ(I32(Opcode::kRem, -7, 2), -1);
  EXPECT_EQ(I32(Opcode::kDiv, kMin32, -1), kMin32);
  EXPECT_EQ(I32(Opcode::kRem, kMin32, -1), 0);
  EXPECT_EQ(Int(Opcode::kDiv, TypeKind::kI64, TypeKind::kI64, kMin64, -1), kMin64);
  uint64_t args[] = {1, 0};
  uint64_t value;
  EXPECT_FALSE(EvaluateScalar(Opcode::kDiv, TypeKind::kI32, TypeKind::kI32, args, &value));
  EXPECT_FALSE(EvaluateScalar(Opcode::kRem, TypeKind::kU64, TypeKind::kU64, args, &value));
}

TEST(Fold, ShiftCountsAreTakenModuloTheWidth) {
  EXPECT_EQ(I32(Opcode::kShl, 1, 33), 2);
  EXPECT_EQ(I32(Opcode::kShr, -8, 1), -4);
  EXPECT_EQ(Int(Opcode::kShr, TypeKind::kU32, TypeKind::kU32, 0xfffffff8, 1), 0x7ffffffc);
  EXPECT_EQ(I32(Opcode::kShl, 1, -1), kMin32);
}

TEST(Fold, BoolsAreLogical) {
  EXPECT_EQ(Int(Opcode::kNot, TypeKind::kBool, TypeKind::kBool, 1), 0);
  EXPECT_EQ(Int(Opcode::kNot, TypeKind::kBool, TypeKind::kBool, 0), 1);
}

TEST(Fold, Overflows) {
  auto overflows = [](Opcode opcode, TypeKind kind, int64_t a, int64_t b) {
    return Int(opcode, kind, TypeKind::kBool, a, b);
  };
  EXPECT_TRUE(overflows(Opcode::kAddOverflows, TypeKind::kI32, kMax32, 1));
  EXPECT_FALSE(overflows(Opcode::kAddOverflows, TypeKind::kI32, kMax32, 0));
  EXPECT_TRUE(overflows(Opcode::kSubOverflows, TypeKind::kU64, 0, 1));
  EXPECT_TRUE(overflows(Opcode::kMulOverflows, TypeKind::kI64, kMin64, -1));
  EXPECT_TRUE(overflows(Opcode::kMulOverflows, TypeKind::kU64, -1, -1));
  EXPECT_FALSE(overflows(Opcode::kMulOverflows, TypeKind::kU64, -1, 1));
  EXPECT_TRUE(overflows(Opcode::kAddOverflows, TypeKind::kU8, 200, 56));
}

TEST(Fold, UnsignedComparesUnsigned) {
  EXPECT_TRUE(Int(Opcode::kGt, TypeKind::kU64, TypeKind::kBool, -1, 1));
  EXPECT_FALSE(Int(Opcode::kGt, TypeKind::kI64, TypeKind::kBool, -1, 1));
}

TEST(Fold, FloatsOutOfRangeSaturate) {
  EXPECT_EQ(FromFloat(TypeKind::kI32, 1e10), kMax32);
  EXPECT_EQ(FromFloat(TypeKind::kI32, -1e10), kMin32);
  EXPECT_EQ(FromFloat(TypeKind::kI64, 9.3e18), std::numeric_limits<int64_t>::max());
  EXPECT_EQ(FromFloat(TypeKind::kU64, 1e20), -1);
  EXPECT_EQ(FromFloat(TypeKind::kU8, -1.5), 0);
  EXPECT_EQ(FromFloat(TypeKind::kU8, 255.9), 255);
  EXPECT_EQ(FromFloat(TypeKind::kI32, std::nan("")), 0);
  EXPECT_EQ(FromFloat(TypeKind::kI32, -2.9), -2);
  EXPECT_EQ(FromFloat(TypeKind::kBool, 0.5), 1);
}

TEST(Fold, SingleFloatsRoundOnce) {
  uint64_t args[] = {Bits(0.1f), Bits(0.2f)};
  uint64_t value;
  ASSERT_TRUE(EvaluateScalar(Opcode::kAdd, TypeKind::kF32, TypeKind::kF32, args, &value));
  EXPECT_EQ(value, Bits(0.1f + 0.2f));
  // 2^60 + 2^36 + 1 lies just above the middle of two f32 values.
  uint64_t big[] = {(uint64_t{1} << 60) + (uint64_t{1} << 36) + 1};
  ASSERT_TRUE(EvaluateScalar(Opcode::kConvert, TypeKind::kI64, TypeKind::kF32, big, &value));
  EXPECT_EQ(value, Bits(static_cast<float>(static_cast<int64_t>(big[0]))));
}

TEST(Fold, NanIsUnequalToItself) {
  uint64_t args[] = {Bits(std::nan("")), Bits(std::nan(""))};
  uint64_t value;
  ASSERT_TRUE(EvaluateScalar(Opcode::kNe, TypeKind::kF64, TypeKind::kBool, args, &value));
  EXPECT_EQ(value, 1u);
  ASSERT_TRUE(EvaluateScalar(Opcode::kLe, TypeKind::kF64, TypeKind::kBool, args, &value));
  EXPECT_EQ(value, 0u);
}

TEST(Fold, BitCounts) {
  EXPECT_EQ(Int(Opcode::kClz, TypeKind::kU32, TypeKind::kI32, 1), 31);
  EXPECT_EQ(Int(Opcode::kClz, TypeKind::kU64, TypeKind::kI32, 0), 64);
  EXPECT_EQ(Int(Opcode::kCtz, TypeKind::kU32, TypeKind::kI32, 0), 32);
  EXPECT_EQ(Int(Opcode::kCtz, TypeKind::kU64, TypeKind::kI32, 8), 3);
  EXPECT_EQ(Int(Opcode::kPopcount, TypeKind::kU64, TypeKind::kI32, -1), 64);
}

}  // namespace
}  // namespace weft::flowgraph
