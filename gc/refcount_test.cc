// What is special about the reference-counting collector: garbage goes without marking, barriers
// are indispensable, and large arrays are logged in parts.

#include <gtest/gtest.h>

#include <cstdlib>
#include <random>
#include <vector>

#include "gc/test_program.h"

namespace weft::gc::test {
namespace {

class RefCountTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    if (weft_shadow_base != nullptr) return;
    setenv("WEFT_GC_VERIFY", "1", 1);
    weft_gc_start(size_t{1} << 20);
  }
  void SetUp() override {
    for (weft_object*& global : globals) global = nullptr;
    weft_gc_collect();
  }

  static void SetLeft(weft_object* object, weft_object* value) {
    Node* node = reinterpret_cast<Node*>(object);
    weft_gc_write_barrier(object, &node->left, value);
    node->left = value;
  }
  static void SetItem(weft_object* array, int64_t index, weft_object* value) {
    weft_object** slot = ItemsOf<weft_object*>(array) + index;
    weft_gc_write_barrier_item(array, slot, value);
    *slot = value;
  }
  // Allocates until a collection has happened by itself.
  static void LetItCollect() {
    int64_t before = weft_gc_stat(WEFT_GC_STAT_COLLECTIONS);
    while (weft_gc_stat(WEFT_GC_STAT_COLLECTIONS) == before) NewBytes(1000);
  }
  static int64_t HeapAfterCollecting() {
    LetItCollect();
    LetItCollect();
    return weft_gc_stat(WEFT_GC_STAT_USED_BYTES);
  }
};

TEST_F(RefCountTest, OldGarbageGoesWithoutMarking) {
  Root holder(NewNode(1));
  {
    Root list(NewNode(0));
    for (int i = 1; i < 50000; ++i) list.Set(NewNode(i, list.Get()));
    SetLeft(holder.Get(), list.Get());
  }
  int64_t full = HeapAfterCollecting();
  SetLeft(holder.Get(), nullptr);
  EXPECT_LT(HeapAfterCollecting(), full - 50000 * 30);
}

TEST_F(RefCountTest, CyclesWaitForMarking) {
  Root holder(NewNode(1));
  for (int i = 0; i < 20000; ++i) {
    Root first(NewNode(i));
    Root second(NewNode(i, first.Get()));
    SetLeft(first.Get(), second.Get());
    Node* node = holder.Get<Node>();
    weft_gc_write_barrier(&node->header, &node->right, first.Get());
    node->right = first.Get();
    if (i % 1000 == 0) LetItCollect();
  }
  Node* node = holder.Get<Node>();
  weft_gc_write_barrier(&node->header, &node->right, nullptr);
  node->right = nullptr;
  weft_gc_collect();
  EXPECT_LT(weft_gc_stat(WEFT_GC_STAT_USED_BYTES), 100000);
}

TEST_F(RefCountTest, LargeArraysAreLoggedInParts) {
  constexpr int64_t kLength = 20000;
  Root array(NewReferences(kLength));
  Root pairs(NewPairs(kLength));
  LetItCollect();
  std::vector<int64_t> ids(kLength, -1);
  std::vector<int64_t> pair_ids(kLength, -1);
  std::mt19937_64 random(7);
  for (int64_t step = 0; step < 60000; ++step) {
    int64_t at = static_cast<int64_t>(random() % kLength);
    if (random() % 4 == 0) {
      SetItem(array.Get(), at, nullptr);
      ids[static_cast<size_t>(at)] = -1;
    } else if (random() % 2 == 0) {
      Leaf* leaf = NewLeaf(step);
      SetItem(array.Get(), at, &leaf->header);
      ids[static_cast<size_t>(at)] = step;
    } else {
      Leaf* leaf = NewLeaf(step);
      weft_object** slot = &ItemsOf<Pair>(pairs.Get())[at].reference;
      weft_gc_write_barrier_item(pairs.Get(), slot, &leaf->header);
      *slot = &leaf->header;
      pair_ids[static_cast<size_t>(at)] = step;
    }
    if (step % 10000 == 9999) LetItCollect();
  }
  for (size_t i = 0; i < static_cast<size_t>(kLength); ++i) {
    weft_object* item = ItemsOf<weft_object*>(array.Get())[i];
    ASSERT_EQ(item == nullptr ? -1 : reinterpret_cast<Leaf*>(item)->id, ids[i]);
    item = ItemsOf<Pair>(pairs.Get())[i].reference;
    ASSERT_EQ(item == nullptr ? -1 : reinterpret_cast<Leaf*>(item)->id, pair_ids[i]);
  }
}

using RefCountDeathTest = RefCountTest;

TEST_F(RefCountDeathTest, AMissingBarrierIsFound) {
  Root holder(NewNode(1));
  Root value(NewLeaf(2));
  SetLeft(holder.Get(), value.Get());
  LetItCollect();
  EXPECT_DEATH(
      {
        holder.Get<Node>()->left = &NewLeaf(3)->header;
        LetItCollect();
        LetItCollect();
      },
      "a store was not announced");
}

}  // namespace
}  // namespace weft::gc::test
