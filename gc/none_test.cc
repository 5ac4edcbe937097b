#include <gtest/gtest.h>

#include <cstdlib>

#include "gc/test_program.h"

namespace weft::gc::test {
namespace {

class NoneTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    if (weft_shadow_base != nullptr) return;
    setenv("WEFT_GC_VERIFY", "1", 1);
    weft_gc_start(1 << 20);
  }
  void SetUp() override {
    weft_exception = nullptr;
    finalized.clear();
  }
};

TEST_F(NoneTest, NothingIsFreed) {
  Leaf* leaf = NewLeaf(5);
  Weak* weak = NewWeak(&NewLeaf(6)->header);
  NewFinalized(7);
  int64_t used = weft_gc_stat(WEFT_GC_STAT_USED_BYTES);
  weft_gc_collect();
  for (int i = 0; i < 100000; ++i) ASSERT_NE(NewNode(i), nullptr);
  EXPECT_EQ(leaf->id, 5);
  EXPECT_EQ(reinterpret_cast<Leaf*>(weak->target)->id, 6);
  EXPECT_TRUE(finalized.empty());
  EXPECT_EQ(weft_gc_stat(WEFT_GC_STAT_USED_BYTES) - used, 3200000);
  EXPECT_EQ(weft_gc_stat(WEFT_GC_STAT_COLLECTIONS), 0);
}

TEST_F(NoneTest, MemoryIsZeroedAndAligned) {
  for (int64_t length : {0, 1, 7, 8, 100, 20000, 1000000}) {
    weft_object* bytes = NewBytes(length);
    ASSERT_NE(bytes, nullptr);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(bytes) % 8, 0u);
    EXPECT_EQ(LengthOf(bytes), length);
    for (int64_t i = 0; i < length; ++i) ASSERT_EQ(ItemsOf<uint8_t>(bytes)[i], 0);
  }
}

TEST_F(NoneTest, TheLimitAndImpossibleSizesRaiseMemoryError) {
  for (int64_t length : {int64_t{-1}, INT64_MAX, INT64_MAX / 16, INT64_MAX / 8}) {
    weft_exception = nullptr;
    EXPECT_EQ(NewPairs(length), nullptr);
    EXPECT_EQ(weft_exception, &memory_error.header);
  }
  weft_exception = nullptr;
  int64_t used = weft_gc_stat(WEFT_GC_STAT_USED_BYTES);
  weft_gc_set_limit(static_cast<size_t>(used) + (1 << 20));
  EXPECT_EQ(NewBytes(2 << 20), nullptr);
  EXPECT_EQ(weft_exception, &memory_error.header);
  EXPECT_NE(NewBytes(1 << 19), nullptr);
  weft_gc_set_limit(0);
}

using NoneDeathTest = NoneTest;

TEST_F(NoneDeathTest, VerificationChecksRoots) {
  EXPECT_DEATH(
      {
        globals[0] = reinterpret_cast<weft_object*>(reinterpret_cast<char*>(NewLeaf(1)) + 4);
        weft_gc_collect();
      },
      "which is no object");
}

}  // namespace
}  // namespace weft::gc::test
