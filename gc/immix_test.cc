// What is special about the mark-region collector: a heap that has become full of holes is made
// whole, and what is pinned stays.

#include <gtest/gtest.h>

#include <cstdlib>
#include <vector>

#include "gc/test_program.h"

namespace weft::gc::test {
namespace {

constexpr int64_t kCount = 200000;

class ImmixTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    if (weft_shadow_base != nullptr) return;
    setenv("WEFT_GC_VERIFY", "1", 1);
    weft_gc_start(size_t{1} << 20);
  }

  // Objects in order of allocation, of which one in `step` is kept in the end.
  static void Fragment(Root& kept, int64_t step) {
    Root all(NewReferences(kCount));
    for (int64_t i = 0; i < kCount; ++i) {
      Node* node = NewNode(i);
      ItemsOf<weft_object*>(all.Get())[i] = &node->header;
    }
    kept.Set(NewReferences(kCount / step));
    for (int64_t i = 0; i < kCount / step; ++i) {
      ItemsOf<weft_object*>(kept.Get())[i] = ItemsOf<weft_object*>(all.Get())[i * step];
    }
  }
};

TEST_F(ImmixTest, AHeapFullOfHolesIsMadeWhole) {
  Root kept;
  Fragment(kept, 16);
  // The first collection finds the holes, the next one fills them.
  weft_gc_collect();
  int64_t with_holes = weft_gc_stat(WEFT_GC_STAT_HEAP_BYTES);
  std::vector<weft_object*> before;
  for (int64_t i = 0; i < kCount / 16; ++i) {
    before.push_back(ItemsOf<weft_object*>(kept.Get())[i]);
  }
  weft_gc_collect();
  size_t moved = 0;
  for (int64_t i = 0; i < kCount / 16; ++i) {
    weft_object* object = ItemsOf<weft_object*>(kept.Get())[i];
    ASSERT_EQ(reinterpret_cast<Node*>(object)->id, i * 16);
    if (object != before[static_cast<size_t>(i)]) ++moved;
  }
  EXPECT_GT(moved, before.size() * 9 / 10);
  EXPECT_LT(weft_gc_stat(WEFT_GC_STAT_HEAP_BYTES), with_holes / 4);
}

TEST_F(ImmixTest, WhatIsWholeStays) {
  Root kept;
  Fragment(kept, 1);
  weft_gc_collect();
  std::vector<weft_object*> before;
  for (int64_t i = 0; i < kCount; ++i) before.push_back(ItemsOf<weft_object*>(kept.Get())[i]);
  weft_gc_collect();
  for (int64_t i = 0; i < kCount; ++i) {
    ASSERT_EQ(ItemsOf<weft_object*>(kept.Get())[i], before[static_cast<size_t>(i)]);
  }
}

TEST_F(ImmixTest, AnObjectWhoseHashWasAskedForIsPinned) {
  Root kept;
  Fragment(kept, 16);
  std::vector<weft_object*> before;
  std::vector<int64_t> hashes;
  for (int64_t i = 0; i < kCount / 16; i += 100) {
    before.push_back(ItemsOf<weft_object*>(kept.Get())[i]);
    hashes.push_back(weft_gc_identity_hash(before.back()));
  }
  for (int round = 0; round < 3; ++round) {
    weft_gc_collect();
    for (size_t i = 0; i < before.size(); ++i) {
      weft_object* object = ItemsOf<weft_object*>(kept.Get())[i * 100];
      ASSERT_EQ(object, before[i]);
      ASSERT_EQ(weft_gc_identity_hash(object), hashes[i]);
    }
  }
}

TEST_F(ImmixTest, HolesAreFilledByAllocation) {
  Root kept;
  Fragment(kept, 8);
  weft_gc_collect();
  int64_t with_holes = weft_gc_stat(WEFT_GC_STAT_HEAP_BYTES);
  // As much as the holes can take, and longer objects that may not fit one.
  for (int i = 0; i < 2000; ++i) {
    ASSERT_NE(NewNode(i), nullptr);
    ASSERT_NE(NewBytes(600), nullptr);
  }
  EXPECT_LT(weft_gc_stat(WEFT_GC_STAT_HEAP_BYTES), with_holes + (2 << 20));
}

}  // namespace
}  // namespace weft::gc::test
