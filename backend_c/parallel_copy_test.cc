#include "backend_c/parallel_copy.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

namespace weft::backend_c {
namespace {

// What variables hold after the steps, each value being a hash of what was read for it.
std::map<uint32_t, uint64_t> After(const std::vector<ParallelCopy>& copies,
                                   const std::vector<CopyStep>& steps, uint32_t variables) {
  std::map<uint32_t, uint64_t> memory;
  for (uint32_t i = 0; i < variables; ++i) memory[i] = i + 1;
  std::map<size_t, uint64_t> temporaries;
  for (const CopyStep& step : steps) {
    const ParallelCopy& copy = copies[step.copy];
    uint64_t value = 17;
    for (uint32_t read : copy.reads) value = value * 1000003 + memory[read];
    if (step.kind == CopyStep::Kind::kAssign) memory[copy.variable] = value;
    if (step.kind == CopyStep::Kind::kSave) temporaries[step.copy] = value;
    if (step.kind == CopyStep::Kind::kRestore) memory[copy.variable] = temporaries[step.copy];
  }
  return memory;
}

TEST(ParallelCopyTest, HasTheEffectOfAllAtOnce) {
  std::mt19937 random(20);
  for (int round = 0; round < 20000; ++round) {
    uint32_t variables = 1 + random() % 7;
    std::vector<ParallelCopy> copies;
    std::map<uint32_t, uint64_t> expected;
    for (uint32_t i = 0; i < variables; ++i) expected[i] = i + 1;
    for (uint32_t i = 0; i < variables; ++i) {
      if (random() % 4 == 0) continue;
      ParallelCopy copy{i, {}};
      uint64_t value = 17;
      for (uint32_t read = random() % 3; read > 0; --read) {
        copy.reads.push_back(random() % variables);
        value = value * 1000003 + (copy.reads.back() + 1);
      }
      expected[i] = value;
      copies.push_back(copy);
    }
    ASSERT_EQ(After(copies, OrderCopies(copies), variables), expected) << "round " << round;
  }
}

TEST(ParallelCopyTest, OneTemporaryForACycle) {
  std::vector<ParallelCopy> rotation = {{1, {2}}, {2, {3}}, {3, {1}}, {4, {1}}};
  size_t saves = 0;
  for (const CopyStep& step : OrderCopies(rotation)) {
    saves += step.kind == CopyStep::Kind::kSave ? 1 : 0;
  }
  EXPECT_EQ(saves, 1u);
  EXPECT_EQ(OrderCopies({{1, {1}}, {2, {1}}}).size(), 2u);
}

}  // namespace
}  // namespace weft::backend_c
