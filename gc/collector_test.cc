// What every collector that frees must do, whichever it is: built once with each. What is special
// about one of them has a test of its own.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "gc/test_program.h"

namespace weft::gc::test {
namespace {

#ifdef WEFT_GC_CONSERVATIVE
// A few dead objects may be named by stray words on the stack.
constexpr size_t kStray = 12;
#else
constexpr size_t kStray = 0;
#endif

class CollectorTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    if (weft_shadow_base != nullptr) return;
    setenv("WEFT_GC_VERIFY", "1", 1);
    weft_gc_start(size_t{1} << 20);
  }
  void SetUp() override {
    for (weft_object*& global : globals) global = nullptr;
    frozen_node.left = nullptr;
    frozen_node.right = nullptr;
    weft_exception = nullptr;
    on_finalize = nullptr;
    weft_gc_collect();
    weft_gc_collect();
    finalized.clear();
  }
  void TearDown() override { EXPECT_EQ(weft_shadow_top, weft_shadow_base); }
};

// Work that leaves references in registers and on the stack is done in functions of its own.
#define OUT_OF_LINE __attribute__((noinline))

void StoreItem(weft_object* array, int64_t index, weft_object* value) {
  weft_object** slot = ItemsOf<weft_object*>(array) + index;
  weft_gc_write_barrier_item(array, slot, value);
  *slot = value;
}

#if WEFT_GC_HAS_REMEMBER_ALWAYS
TEST_F(CollectorTest, ALargeArrayCanBeRememberedForGood) {
  constexpr int64_t kLength = 16384;
  Root array(NewReferences(kLength));
  weft_gc_remember_always(array.Get());
  const weft_object* place = array.Get();
  // The last item, so that nothing is visited only because it stands in front; and items are set
  // anew in each round, when the array is old.
  for (int64_t round = 0; round < 4; ++round) {
    for (int64_t index : {int64_t{0}, int64_t{777}, kLength - 1}) {
      ItemsOf<weft_object*>(array.Get())[index] = &NewNode(round * kLength + index)->header;
    }
    for (int i = 0; i < 100000; ++i) NewLeaf(i);
    if (round == 2) weft_gc_collect();
    ASSERT_EQ(array.Get(), place);
    for (int64_t index : {int64_t{0}, int64_t{777}, kLength - 1}) {
      Node* node = reinterpret_cast<Node*>(ItemsOf<weft_object*>(array.Get())[index]);
      ASSERT_EQ(node->id, round * kLength + index);
    }
  }
}

TEST_F(CollectorTest, ManyArraysThatAreRememberedForGood) {
  // Each has a young object at all times, and half of them die.
  constexpr int64_t kArrays = 400;
  constexpr int64_t kLength = 4000;
  Root all(NewReferences(kArrays));
  for (int64_t i = 0; i < kArrays; ++i) {
    weft_object* array = NewReferences(kLength);
    weft_gc_remember_always(array);
    StoreItem(all.Get(), i, array);
  }
  auto array_at = [&](int64_t i) { return ItemsOf<weft_object*>(all.Get())[i]; };
  for (int64_t round = 0; round < 20; ++round) {
    if (round == 10) {
      for (int64_t i = 0; i < kArrays; i += 2) StoreItem(all.Get(), i, nullptr);
      weft_gc_collect();
      EXPECT_LT(weft_gc_stat(WEFT_GC_STAT_USED_BYTES), kArrays * kLength * 8 * 3 / 4);
    }
    for (int64_t i = round < 10 ? 0 : 1; i < kArrays; i += round < 10 ? 1 : 2) {
      weft_object* node = &NewNode(i)->header;
      ItemsOf<weft_object*>(array_at(i))[(i + round) % kLength] = node;
    }
    for (int i = 0; i < 10000; ++i) NewLeaf(i);
    for (int64_t i = round < 10 ? 0 : 1; i < kArrays; i += round < 10 ? 1 : 2) {
      weft_object* node = ItemsOf<weft_object*>(array_at(i))[(i + round) % kLength];
      ASSERT_EQ(reinterpret_cast<Node*>(node)->id, i);
    }
  }
}
#endif

// Copies `count` items at `index` from one array to the other, and takes them out of the first.
void MoveItems(weft_object* from, weft_object* to, int64_t index, int64_t count) {
  weft_object** items = ItemsOf<weft_object*>(to) + index;
  weft_object** others = ItemsOf<weft_object*>(from) + index;
  const int64_t bytes = count * static_cast<int64_t>(sizeof(void*));
  weft_gc_write_barrier_copy(to, items, others, bytes);
  std::memcpy(items, others, static_cast<size_t>(bytes));
  for (int64_t i = index; i < index + count; ++i) StoreItem(from, i, nullptr);
}

// What is in one of two large arrays moves to the other, to and fro, while objects that live for a
// while keep the collector at work: one that marks in steps may have visited either.
TEST_F(CollectorTest, ItemsMoveBetweenLargeArrays) {
  constexpr int64_t kLength = 16384;
  constexpr int64_t kPart = 512;
  constexpr int64_t kRecent = 4096;
  Root first(NewReferences(kLength));
  Root second(NewReferences(kLength));
  Root recent(NewReferences(kRecent));
  for (int64_t i = 0; i < kLength; ++i) StoreItem(first.Get(), i, &NewLeaf(i)->header);
  std::vector<bool> is_in_second(kLength / kPart);
  uint64_t next = 0;
  for (size_t round = 0; round < 6000; ++round) {
    for (int i = 0; i < 40; ++i) {
      weft_object* leaf = &NewLeaf(i)->header;
      StoreItem(recent.Get(), static_cast<int64_t>(next++ % kRecent), leaf);
    }
    const size_t part = round * 7 % is_in_second.size();
    const Root& from = is_in_second[part] ? second : first;
    const Root& to = is_in_second[part] ? first : second;
    MoveItems(from.Get(), to.Get(), static_cast<int64_t>(part) * kPart, kPart);
    is_in_second[part] = !is_in_second[part];
  }
  for (int64_t i = 0; i < kLength; ++i) {
    const Root& array = is_in_second[static_cast<size_t>(i / kPart)] ? second : first;
    weft_object* leaf = ItemsOf<weft_object*>(array.Get())[i];
    ASSERT_NE(leaf, nullptr);
    ASSERT_EQ(reinterpret_cast<Leaf*>(leaf)->id, i);
  }
}

TEST_F(CollectorTest, MemoryIsZeroedAlsoWhenUsedAgain) {
  for (int round = 0; round < 3; ++round) {
    for (int64_t length : {0, 1, 100, 600, 5000, 16000, 16384, 40000, 300000}) {
      weft_object* bytes = NewBytes(length);
      ASSERT_NE(bytes, nullptr);
      EXPECT_EQ(bytes->type_id, kBytes);
      EXPECT_EQ(LengthOf(bytes), length);
      for (int64_t i = 0; i < length; ++i) {
        ASSERT_EQ(ItemsOf<uint8_t>(bytes)[i], 0) << "length " << length << " index " << i;
        ItemsOf<uint8_t>(bytes)[i] = 0xff;
      }
    }
    weft_gc_collect();
  }
}

TEST_F(CollectorTest, EveryRootKeepsItsObject) {
  Root local(NewLeaf(1));
  globals[2] = &NewLeaf(2)->header;
  Root frozen(&frozen_node.header);
  weft_object* left = &NewLeaf(3)->header;
  weft_gc_write_barrier(&frozen_node.header, &frozen_node.left, left);
  frozen_node.left = left;
  weft_exception = &NewLeaf(4)->header;
  for (int i = 0; i < 1000; ++i) NewLeaf(100 + i);
  weft_gc_collect();
  for (int i = 0; i < 1000; ++i) NewLeaf(100 + i);
  EXPECT_EQ(local.Get<Leaf>()->id, 1);
  EXPECT_EQ(reinterpret_cast<Leaf*>(globals[2])->id, 2);
  EXPECT_EQ(reinterpret_cast<Leaf*>(frozen_node.left)->id, 3);
  EXPECT_EQ(reinterpret_cast<Leaf*>(weft_exception)->id, 4);
}

TEST_F(CollectorTest, MemoryComesBack) {
  Root kept(NewNode(1));
  for (int round = 0; round < 40; ++round) {
    for (int i = 0; i < 2000; ++i) {
      ASSERT_NE(NewNode(i), nullptr);
      ASSERT_NE(NewBytes(i), nullptr);
    }
    ASSERT_NE(NewBytes(1000000), nullptr);
  }
  // 40 times 3 MB have gone by.
  EXPECT_LT(weft_gc_stat(WEFT_GC_STAT_HEAP_BYTES), 60 << 20);
  EXPECT_GT(weft_gc_stat(WEFT_GC_STAT_ALLOCATED_BYTES), 100 << 20);
  EXPECT_EQ(kept.Get<Node>()->id, 1);
}

TEST_F(CollectorTest, DeepStructuresAndCyclesGo) {
  Root list(NewNode(0));
  Root first(list.Get());
  constexpr int kLength = 300000;
  for (int i = 1; i < kLength; ++i) list.Set(NewNode(i, list.Get()));
  // A ring.
  weft_gc_write_barrier(first.Get(), &first.Get<Node>()->left, list.Get());
  first.Get<Node>()->left = list.Get();
  weft_gc_collect();
  int64_t used = weft_gc_stat(WEFT_GC_STAT_USED_BYTES);
  weft_object* at = list.Get();
  for (int i = kLength - 1; i >= 0; --i) {
    ASSERT_EQ(reinterpret_cast<Node*>(at)->id, i);
    at = reinterpret_cast<Node*>(at)->left;
  }
  EXPECT_EQ(at, list.Get());
  at = nullptr;
  list.Set(nullptr);
  first.Set(nullptr);
  weft_gc_collect();
  weft_gc_collect();
  if (kStray != 0) return;
  EXPECT_LT(weft_gc_stat(WEFT_GC_STAT_USED_BYTES), used - kLength * 30);
}

OUT_OF_LINE void MakeWeak(Root* array, Root* targets) {
  for (int64_t i = 0; i < LengthOf(array->Get()); ++i) {
    Root target(NewLeaf(i));
    Root weak(NewWeak(target.Get()));
    StoreItem(array->Get(), i, weak.Get());
    if (i % 4 != 0) continue;
    StoreItem(targets->Get(), i, target.Get());
  }
}

OUT_OF_LINE size_t CountWeak(Root* array) {
  size_t alive = 0;
  for (int64_t i = 0; i < LengthOf(array->Get()); ++i) {
    Weak* weak = reinterpret_cast<Weak*>(ItemsOf<weft_object*>(array->Get())[i]);
    if (weak->target == nullptr) continue;
    ++alive;
    EXPECT_EQ(reinterpret_cast<Leaf*>(weak->target)->id, i);
  }
  return alive;
}

TEST_F(CollectorTest, WeakReferencesAreCleared) {
  Root array(NewReferences(400));
  Root targets(NewReferences(400));
  MakeWeak(&array, &targets);
  weft_gc_collect();
  size_t alive = CountWeak(&array);
  EXPECT_GE(alive, 100u);
  EXPECT_LE(alive, 100u + kStray);
  targets.Set(nullptr);
  weft_gc_collect();
  // A stray word that names the array keeps all of them.
  if (kStray == 0) {
    EXPECT_EQ(CountWeak(&array), 0u);
  }
}

TEST_F(CollectorTest, AWeakReferenceIsClearedBeforeTheFinalizerRuns) {
  static Weak* weak;
  static bool was_clear;
  Root holder(NewWeak(&NewFinalized(1)->header));
  globals[0] = holder.Get();
  was_clear = false;
  on_finalize = [](Node*) { was_clear = reinterpret_cast<Weak*>(globals[0])->target == nullptr; };
  for (int i = 0; i < 20 && finalized.empty(); ++i) {
    for (int j = 0; j < 100; ++j) NewLeaf(j);
    weft_gc_collect();
  }
  weak = holder.Get<Weak>();
  if (kStray != 0 && finalized.empty()) GTEST_SKIP() << "a stray word";
  EXPECT_EQ(finalized, std::vector<int64_t>{1});
  EXPECT_TRUE(was_clear);
  EXPECT_EQ(weak->target, nullptr);
}

OUT_OF_LINE void MakeFinalized(int count) {
  for (int i = 0; i < count; ++i) NewFinalized(i);
}

TEST_F(CollectorTest, FinalizersRunOnce) {
  MakeFinalized(200);
  for (int i = 0; i < 5; ++i) weft_gc_collect();
  EXPECT_GE(finalized.size(), 200 - kStray);
  std::sort(finalized.begin(), finalized.end());
  EXPECT_EQ(std::unique(finalized.begin(), finalized.end()), finalized.end());
}

OUT_OF_LINE void MakeChains(int count) {
  for (int i = 0; i < count; ++i) {
    Root last(NewFinalized(3 * i + 2));
    Root middle(NewNode(-1, last.Get()));
    Root second(NewFinalized(3 * i + 1, middle.Get()));
    NewFinalized(3 * i, second.Get());
  }
}

TEST_F(CollectorTest, WhoRefersToOthersIsFinalizedFirst) {
  constexpr size_t kChains = 60;
  MakeChains(kChains);
  for (int i = 0; i < 8; ++i) weft_gc_collect();
  EXPECT_GE(finalized.size(), 3 * (kChains - kStray));
  std::vector<size_t> order(3 * kChains, SIZE_MAX);
  for (size_t i = 0; i < finalized.size(); ++i) order[static_cast<size_t>(finalized[i])] = i;
  for (size_t i = 0; i < kChains; ++i) {
    EXPECT_LE(order[3 * i], order[3 * i + 1]);
    EXPECT_LE(order[3 * i + 1], order[3 * i + 2]);
  }
}

OUT_OF_LINE void MakeRings(int count) {
  for (int i = 0; i < count; ++i) {
    Root first(NewFinalized(2 * i));
    Root second(NewFinalized(2 * i + 1, first.Get()));
    weft_gc_write_barrier(first.Get(), &first.Get<Node>()->left, second.Get());
    first.Get<Node>()->left = second.Get();
  }
}

TEST_F(CollectorTest, FinalizersOnCyclesRunTogether) {
  MakeRings(60);
  for (int i = 0; i < 4; ++i) weft_gc_collect();
  EXPECT_GE(finalized.size(), 120 - 2 * kStray);
}

TEST_F(CollectorTest, AFinalizerMayResurrect) {
  on_finalize = [](Node* node) {
    if (node->id != 7) return;
    globals[1] = &node->header;
  };
  auto make = [] {
    for (int i = 0; i < 20; ++i) {
      Root inner(NewLeaf(1000 + i));
      NewFinalized(i, inner.Get());
    }
  };
  make();
  for (int i = 0; i < 5; ++i) weft_gc_collect();
  if (kStray != 0 && globals[1] == nullptr) GTEST_SKIP() << "a stray word";
  ASSERT_NE(globals[1], nullptr);
  for (int i = 0; i < 1000; ++i) NewNode(i);
  weft_gc_collect();
  Node* node = reinterpret_cast<Node*>(globals[1]);
  EXPECT_EQ(node->id, 7);
  EXPECT_EQ(reinterpret_cast<Leaf*>(node->left)->id, 1007);
  globals[1] = nullptr;
  weft_gc_collect();
  EXPECT_EQ(std::count(finalized.begin(), finalized.end(), 7), 1);
}

TEST_F(CollectorTest, IdentityHashesStay) {
  Root array(NewReferences(500));
  std::vector<int64_t> hashes;
  for (int64_t i = 0; i < 500; ++i) {
    weft_object* leaf = &NewLeaf(i)->header;
    StoreItem(array.Get(), i, leaf);
    hashes.push_back(i % 2 == 0 ? weft_gc_identity_hash(leaf) : -1);
  }
  for (int round = 0; round < 4; ++round) {
    for (int i = 0; i < 5000; ++i) NewNode(i);
    weft_gc_collect();
    for (int64_t i = 0; i < 500; ++i) {
      weft_object* leaf = ItemsOf<weft_object*>(array.Get())[i];
      int64_t hash = weft_gc_identity_hash(leaf);
      EXPECT_GE(hash, 0);
      int64_t& known = hashes[static_cast<size_t>(i)];
      if (known < 0) known = hash;
      ASSERT_EQ(known, hash);
      ASSERT_EQ(reinterpret_cast<Leaf*>(leaf)->id, i);
    }
  }
  EXPECT_EQ(weft_gc_identity_hash(&frozen_node.header), 77);
}

TEST_F(CollectorTest, TheLimitAndImpossibleSizesRaiseMemoryError) {
  for (int64_t length : {int64_t{-1}, INT64_MAX, INT64_MAX / 16, INT64_MAX / 8}) {
    weft_exception = nullptr;
    EXPECT_EQ(NewPairs(length), nullptr);
    EXPECT_EQ(weft_exception, &memory_error.header);
  }
  weft_exception = nullptr;
  constexpr size_t kLimit = size_t{64} << 20;
  weft_gc_set_limit(kLimit);
  EXPECT_EQ(NewBytes(static_cast<int64_t>(2 * kLimit)), nullptr);
  EXPECT_EQ(weft_exception, &memory_error.header);
  weft_exception = nullptr;
  {
    Root list(NewNode(0));
    int64_t count = 0;
    while (Node* node = NewNode(count, list.Get())) {
      list.Set(node);
      ++count;
      ASSERT_LT(count, int64_t{10000000});
    }
    EXPECT_EQ(weft_exception, &memory_error.header);
    weft_exception = nullptr;
    EXPECT_GT(count, 500000);
    EXPECT_LE(weft_gc_stat(WEFT_GC_STAT_HEAP_BYTES), static_cast<int64_t>(kLimit));
  }
  weft_gc_collect();
  // Where a stray word names the last node, nothing of the list goes.
  if (kStray == 0) {
    EXPECT_NE(NewBytes(1 << 20), nullptr);
  }
  weft_gc_set_limit(0);
}

TEST_F(CollectorTest, Figures) {
  int64_t collections = weft_gc_stat(WEFT_GC_STAT_COLLECTIONS);
  int64_t allocated = weft_gc_stat(WEFT_GC_STAT_ALLOCATED_BYTES);
  for (int i = 0; i < 100000; ++i) ASSERT_NE(NewBytes(300), nullptr);
  weft_gc_collect();
  EXPECT_GT(weft_gc_stat(WEFT_GC_STAT_COLLECTIONS), collections);
  EXPECT_GE(weft_gc_stat(WEFT_GC_STAT_ALLOCATED_BYTES) - allocated, 31000000);
  EXPECT_LE(weft_gc_stat(WEFT_GC_STAT_ALLOCATED_BYTES) - allocated, 40000000);
  EXPECT_GT(weft_gc_stat(WEFT_GC_STAT_PAUSES), 0);
  EXPECT_GE(weft_gc_stat(WEFT_GC_STAT_LONGEST_PAUSE_NANOSECONDS),
            weft_gc_stat(WEFT_GC_STAT_MEDIAN_PAUSE_NANOSECONDS));
  EXPECT_EQ(weft_gc_stat(1000), -1);
}

using CollectorDeathTest = CollectorTest;

TEST_F(CollectorDeathTest, VerificationFindsARootThatIsNoObject) {
  EXPECT_DEATH(
      {
        globals[0] = reinterpret_cast<weft_object*>(reinterpret_cast<char*>(NewLeaf(1)) + 4);
        weft_gc_collect();
      },
      "which is no object");
}

}  // namespace
}  // namespace weft::gc::test
