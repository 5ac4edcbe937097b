#include <gtest/gtest.h>

#include <cstdlib>
#include <set>

#include "gc/block_heap.h"
#include "gc/support.h"
#include "gc/test_program.h"

namespace weft::gc::test {
namespace {

constexpr size_t kShadowBytes = size_t{1} << 20;

class MarkSweepTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    // The two suites below share one heap, as a process has one.
    if (weft_shadow_base != nullptr) return;
    setenv("WEFT_GC_VERIFY", "1", 1);
    weft_gc_start(kShadowBytes);
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
    used_before_ = Used();
  }
  void TearDown() override { EXPECT_EQ(weft_shadow_top, weft_shadow_base); }

  static int64_t Used() { return weft_gc_stat(WEFT_GC_STAT_USED_BYTES); }
  int64_t UsedAfterCollection() {
    weft_gc_collect();
    return Used() - used_before_;
  }

  int64_t used_before_ = 0;
};

TEST_F(MarkSweepTest, MemoryIsZeroedAlsoWhenUsedAgain) {
  for (int round = 0; round < 3; ++round) {
    for (int64_t length : {0, 1, 100, 5000, 16000, 16384, 100000, 300000}) {
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

TEST_F(MarkSweepTest, EverySizeHasASlotThatIsLargeEnough) {
  for (size_t size = 1; size <= WEFT_GC_SMALL_MAX; ++size) {
    uint32_t size_class = weft_gc_classes.of_words[(size + 7) / 8];
    ASSERT_GE(weft_gc_classes.size[size_class], size);
    if (size_class > 0) {
      ASSERT_LT(weft_gc_classes.size[size_class - 1], size);
    }
    // Not more than a quarter is wasted, but for the smallest and the very large ones.
    if (size > 64 && size <= 4096) {
      ASSERT_LE(weft_gc_classes.size[size_class], size + size / 4 + 8);
    }
  }
}

TEST_F(MarkSweepTest, DeadObjectsAreFreed) {
  for (int i = 0; i < 1000; ++i) NewNode(i);
  EXPECT_EQ(UsedAfterCollection(), 0);
}

TEST_F(MarkSweepTest, RootsKeepWhatTheyReach) {
  Root local(NewNode(1));
  globals[2] = &NewNode(2, &NewLeaf(3)->header)->header;
  frozen_node.right = &NewLeaf(4)->header;
  weft_exception = &NewLeaf(5)->header;
  EXPECT_EQ(UsedAfterCollection(), 2 * 32 + 3 * 16);
  EXPECT_EQ(local.Get<Node>()->id, 1);
  EXPECT_EQ(reinterpret_cast<Leaf*>(reinterpret_cast<Node*>(globals[2])->left)->id, 3);
  EXPECT_EQ(reinterpret_cast<Leaf*>(frozen_node.right)->id, 4);
  weft_exception = nullptr;
  EXPECT_EQ(UsedAfterCollection(), 2 * 32 + 2 * 16);
}

TEST_F(MarkSweepTest, ReferencesInItemsAreFollowed) {
  Root array(NewReferences(100));
  Root pairs(NewPairs(100));
  for (int i = 0; i < 100; ++i) {
    Leaf* leaf = NewLeaf(i);
    ItemsOf<weft_object*>(array.Get())[i] = &leaf->header;
    leaf = NewLeaf(-i);
    // The number looks like a reference and is none.
    ItemsOf<Pair>(pairs.Get())[i] = {reinterpret_cast<int64_t>(&NewLeaf(0)->header), &leaf->header};
  }
  EXPECT_EQ(UsedAfterCollection(), 896 + 1792 + 200 * 16);
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(reinterpret_cast<Leaf*>(ItemsOf<weft_object*>(array.Get())[i])->id, i);
    EXPECT_EQ(reinterpret_cast<Leaf*>(ItemsOf<Pair>(pairs.Get())[i].reference)->id, -i);
  }
}

TEST_F(MarkSweepTest, DeepStructuresTakeNoStack) {
  Root list;
  // More than 32 MB, so that the second collection looks ahead.
  for (int i = 0; i < 1200000; ++i) list.Set(NewNode(i, list.Get()));
  weft_gc_collect();
  weft_gc_collect();
  int64_t length = 0;
  for (Node* node = list.Get<Node>(); node != nullptr; node = reinterpret_cast<Node*>(node->left)) {
    ++length;
  }
  EXPECT_EQ(length, 1200000);
}

TEST_F(MarkSweepTest, CyclesAreFreed) {
  {
    Root a(NewNode(1));
    Root b(NewNode(2, a.Get()));
    a.Get<Node>()->left = b.Get();
    weft_gc_collect();
    EXPECT_EQ(reinterpret_cast<Node*>(a.Get<Node>()->left)->id, 2);
  }
  EXPECT_EQ(UsedAfterCollection(), 0);
}

TEST_F(MarkSweepTest, LargeObjectsComeAndGo) {
  Root kept(NewReferences(100000));
  ItemsOf<weft_object*>(kept.Get())[99999] = &NewLeaf(7)->header;
  int64_t heap = weft_gc_stat(WEFT_GC_STAT_HEAP_BYTES);
  for (int i = 0; i < 200; ++i) ASSERT_NE(NewBytes(1000000), nullptr);
  // They take the room of their predecessors.
  EXPECT_LT(weft_gc_stat(WEFT_GC_STAT_HEAP_BYTES), heap + 20000000);
  weft_gc_collect();
  EXPECT_EQ(reinterpret_cast<Leaf*>(ItemsOf<weft_object*>(kept.Get())[99999])->id, 7);
}

TEST_F(MarkSweepTest, HolesAreUsedAgain) {
  Root array(NewReferences(10000));
  for (int i = 0; i < 10000; ++i) {
    ItemsOf<weft_object*>(array.Get())[i] = &NewLeaf(i)->header;
    NewLeaf(-1);
  }
  weft_gc_collect();
  int64_t heap = weft_gc_stat(WEFT_GC_STAT_HEAP_BYTES);
  std::set<weft_object*> fresh;
  for (int i = 0; i < 9000; ++i) fresh.insert(&NewLeaf(i)->header);
  EXPECT_EQ(fresh.size(), 9000u);
  EXPECT_EQ(weft_gc_stat(WEFT_GC_STAT_HEAP_BYTES), heap);
  for (int i = 0; i < 10000; ++i) {
    weft_object* leaf = ItemsOf<weft_object*>(array.Get())[i];
    EXPECT_EQ(fresh.count(leaf), 0u);
    EXPECT_EQ(reinterpret_cast<Leaf*>(leaf)->id, i);
  }
}

TEST_F(MarkSweepTest, WeakReferencesAreClearedWithTheirTargets) {
  Root strong(NewLeaf(1));
  Root weak(NewWeak(strong.Get()));
  Root weak_to_dead(NewWeak(&NewLeaf(2)->header));
  Root weak_to_frozen(NewWeak(&frozen_node.header));
  weft_gc_collect();
  EXPECT_EQ(weak.Get<Weak>()->target, strong.Get());
  EXPECT_EQ(weak_to_dead.Get<Weak>()->target, nullptr);
  EXPECT_EQ(weak_to_frozen.Get<Weak>()->target, &frozen_node.header);
  strong.Set(nullptr);
  weft_gc_collect();
  EXPECT_EQ(weak.Get<Weak>()->target, nullptr);
}

TEST_F(MarkSweepTest, FinalizersRunOnce) {
  Root kept(NewFinalized(1));
  NewFinalized(2);
  weft_gc_collect();
  EXPECT_EQ(finalized, (std::vector<int64_t>{2}));
  EXPECT_EQ(UsedAfterCollection(), 32);
  EXPECT_EQ(finalized.size(), 1u);
}

TEST_F(MarkSweepTest, AFinalizerFindsWhatItRefersTo) {
  // 1 -> 2 -> 3: each waits for the one that refers to it.
  weft_object* third = &NewFinalized(3)->header;
  weft_object* second = &NewFinalized(2, third)->header;
  NewFinalized(1, second);
  weft_gc_collect();
  EXPECT_EQ(finalized, (std::vector<int64_t>{1}));
  weft_gc_collect();
  EXPECT_EQ(finalized, (std::vector<int64_t>{1, 2}));
  weft_gc_collect();
  EXPECT_EQ(finalized, (std::vector<int64_t>{1, 2, 3}));
  EXPECT_EQ(UsedAfterCollection(), 0);
}

TEST_F(MarkSweepTest, CyclesOfFinalizersRunAfterThoseThatReferToThem) {
  {
    Root a(NewFinalized(1));
    Root b(NewFinalized(2, a.Get()));
    a.Get<Node>()->left = b.Get();
    NewFinalized(3, a.Get());
  }
  weft_gc_collect();
  ASSERT_EQ(finalized.size(), 2u);
  EXPECT_EQ(finalized[0], 3);
  weft_gc_collect();
  weft_gc_collect();
  EXPECT_EQ(std::set<int64_t>(finalized.begin(), finalized.end()), (std::set<int64_t>{1, 2, 3}));
  EXPECT_EQ(finalized.size(), 3u);
  EXPECT_EQ(UsedAfterCollection(), 0);
}

TEST_F(MarkSweepTest, AFinalizerMayResurrect) {
  NewFinalized(1, &NewLeaf(10)->header);
  on_finalize = [](Node* node) { globals[0] = &node->header; };
  weft_gc_collect();
  on_finalize = nullptr;
  ASSERT_NE(globals[0], nullptr);
  weft_gc_collect();
  EXPECT_EQ(reinterpret_cast<Leaf*>(reinterpret_cast<Node*>(globals[0])->left)->id, 10);
  globals[0] = nullptr;
  EXPECT_EQ(UsedAfterCollection(), 0);
  EXPECT_EQ(finalized.size(), 1u);
}

TEST_F(MarkSweepTest, AFinalizerMayAllocateAndCollectAndRaise) {
  for (int i = 0; i < 100; ++i) NewFinalized(i);
  on_finalize = [](Node* node) {
    for (int i = 0; i < 100; ++i) NewNode(i);
    if (node->id % 10 == 0) weft_gc_collect();
    weft_raise_memory_error();
  };
  weft_gc_collect();
  EXPECT_EQ(finalized.size(), 100u);
  EXPECT_EQ(weft_exception, nullptr);
}

TEST_F(MarkSweepTest, FinalizersRunAtAnAllocation) {
  NewFinalized(1);
  int64_t collections = weft_gc_stat(WEFT_GC_STAT_COLLECTIONS);
  for (int i = 0; i < 1000000 && finalized.empty(); ++i) NewNode(i);
  EXPECT_EQ(finalized.size(), 1u);
  EXPECT_GT(weft_gc_stat(WEFT_GC_STAT_COLLECTIONS), collections);
}

TEST_F(MarkSweepTest, WeakReferencesAreClearedBeforeFinalizersRun) {
  Root weak(NewWeak(&NewFinalized(1)->header));
  on_finalize = [](Node*) { globals[0] = &NewLeaf(1)->header; };
  weft_gc_collect();
  EXPECT_NE(globals[0], nullptr);
  EXPECT_EQ(weak.Get<Weak>()->target, nullptr);
}

TEST_F(MarkSweepTest, IdentityHashesStay) {
  Root a(NewLeaf(1));
  Root b(NewLeaf(1));
  int64_t hash = weft_gc_identity_hash(a.Get());
  EXPECT_GE(hash, 0);
  EXPECT_NE(hash, weft_gc_identity_hash(b.Get()));
  weft_gc_collect();
  EXPECT_EQ(weft_gc_identity_hash(a.Get()), hash);
  EXPECT_EQ(weft_gc_identity_hash(&frozen_node.header), 77);
  EXPECT_GE(weft_gc_identity_hash(&memory_error.header), 0);
}

TEST_F(MarkSweepTest, ImpossibleSizesRaiseMemoryError) {
  for (int64_t length : {int64_t{-1}, INT64_MIN, INT64_MAX, INT64_MAX / 8, INT64_MAX / 16}) {
    weft_exception = nullptr;
    EXPECT_EQ(NewPairs(length), nullptr);
    EXPECT_EQ(weft_exception, &memory_error.header);
  }
}

TEST_F(MarkSweepTest, TheLimitRaisesMemoryErrorAndTheProgramGoesOn) {
  weft_gc_set_limit(8 << 20);
  Root list;
  int64_t length = 0;
  while (true) {
    Node* node = NewNode(length, list.Get());
    if (node == nullptr) break;
    list.Set(node);
    ++length;
  }
  EXPECT_EQ(weft_exception, &memory_error.header);
  EXPECT_LE(weft_gc_stat(WEFT_GC_STAT_HEAP_BYTES), 8 << 20);
  EXPECT_GT(length * 32, (8 << 20) * 9 / 10);
  weft_exception = nullptr;
  EXPECT_EQ(NewBytes(8 << 20), nullptr);
  weft_exception = nullptr;
  list.Set(nullptr);
  for (int i = 0; i < 1000000; ++i) ASSERT_NE(NewNode(i), nullptr);
  weft_gc_set_limit(0);
}

TEST_F(MarkSweepTest, StatisticsCount) {
  int64_t collections = weft_gc_stat(WEFT_GC_STAT_COLLECTIONS);
  int64_t allocated = weft_gc_stat(WEFT_GC_STAT_ALLOCATED_BYTES);
  for (int i = 0; i < 1000000; ++i) NewNode(i);
  EXPECT_GE(weft_gc_stat(WEFT_GC_STAT_ALLOCATED_BYTES) - allocated, 32000000);
  EXPECT_LE(weft_gc_stat(WEFT_GC_STAT_ALLOCATED_BYTES) - allocated, 32100000);
  EXPECT_GT(weft_gc_stat(WEFT_GC_STAT_COLLECTIONS), collections);
  EXPECT_GT(weft_gc_stat(WEFT_GC_STAT_PAUSE_NANOSECONDS), 0);
  EXPECT_GT(weft_gc_stat(WEFT_GC_STAT_LONGEST_PAUSE_NANOSECONDS), 0);
  EXPECT_EQ(weft_gc_stat(1000), -1);
}

using MarkSweepDeathTest = MarkSweepTest;

TEST_F(MarkSweepDeathTest, VerificationFindsAMissingRoot) {
  // A reference that nothing roots goes stale, and is found when a root holds it again.
  Root list(NewNode(0, &NewLeaf(1)->header));
  EXPECT_DEATH(
      {
        weft_object* stale = &NewLeaf(1)->header;
        weft_gc_collect();
        list.Get<Node>()->right = stale;
        weft_gc_collect();
      },
      "a field of node at .* holds .*, which is no object");
  EXPECT_DEATH(
      {
        weft_object* stale = &NewLeaf(1)->header;
        weft_gc_collect();
        globals[0] = stale;
        weft_gc_collect();
      },
      "before a collection.* holds .*, which is no object");
}

TEST_F(MarkSweepDeathTest, VerificationFindsReferencesIntoTheMiddle) {
  EXPECT_DEATH(
      {
        Root node(NewNode(1));
        globals[0] = reinterpret_cast<weft_object*>(&node.Get<Node>()->left);
        weft_gc_collect();
      },
      "which is no object");
}

TEST(EnvironmentTest, SizesParse) {
  size_t bytes = 0;
  EXPECT_TRUE(ParseSize("123", &bytes));
  EXPECT_EQ(bytes, 123u);
  EXPECT_TRUE(ParseSize("64K", &bytes));
  EXPECT_EQ(bytes, 65536u);
  EXPECT_TRUE(ParseSize("2g", &bytes));
  EXPECT_EQ(bytes, size_t{2} << 30);
  for (const char* text :
       {"", "K", "-1", "1KB", "1 K", "0x10", "99999999999999999999", "17179869184G"}) {
    EXPECT_FALSE(ParseSize(text, &bytes)) << text;
  }
}

TEST(PausesTest, QuantilesAreRightWithinASixteenth) {
  Pauses measured;
  EXPECT_EQ(measured.Stat(WEFT_GC_STAT_MEDIAN_PAUSE_NANOSECONDS), 0);
  for (uint64_t i = 1; i <= 10000; ++i) measured.Record(i * 1000);
  measured.Record(77000000);
  EXPECT_EQ(measured.Stat(WEFT_GC_STAT_PAUSES), 10001);
  EXPECT_EQ(measured.Stat(WEFT_GC_STAT_PAUSE_NANOSECONDS), 50005000000 + 77000000);
  EXPECT_EQ(measured.Stat(WEFT_GC_STAT_LONGEST_PAUSE_NANOSECONDS), 77000000);
  EXPECT_GE(measured.Stat(WEFT_GC_STAT_MEDIAN_PAUSE_NANOSECONDS), 5000000);
  EXPECT_LE(measured.Stat(WEFT_GC_STAT_MEDIAN_PAUSE_NANOSECONDS), 5000000 * 17 / 16);
  EXPECT_GE(measured.Stat(WEFT_GC_STAT_LONG_PAUSE_NANOSECONDS), 9990000);
  EXPECT_LE(measured.Stat(WEFT_GC_STAT_LONG_PAUSE_NANOSECONDS), 9990000 * 17 / 16);
  EXPECT_EQ(measured.Exceeded(0, 1), 77000000u);
  // Every duration has a class, the shortest and the longest too.
  Pauses extreme;
  for (uint64_t duration : {uint64_t{0}, uint64_t{15}, uint64_t{16}, UINT64_MAX}) {
    extreme.Record(duration);
    EXPECT_EQ(extreme.Exceeded(0, 1), duration);
  }
}

TEST(EnvironmentDeathTest, NonsenseEndsTheProgramWithOneLine) {
  auto start_with = [](const char* name, const char* value) {
    setenv(name, value, 1);
    ReadEnvironment();
  };
  EXPECT_EXIT(start_with("WEFT_GC_STRESS", "often"), testing::ExitedWithCode(2),
              "^weft: WEFT_GC_STRESS=often: expected a number of allocations");
  EXPECT_EXIT(start_with("WEFT_GC_VERIFY", "yes"), testing::ExitedWithCode(2),
              "^weft: WEFT_GC_VERIFY=yes: expected 0 or 1\n$");
  EXPECT_EXIT(start_with("WEFT_GC_LOG", "2"), testing::ExitedWithCode(2),
              "expected 0, 1 or summary");
  EXPECT_EXIT(start_with("WEFT_GC_MAX", "lots"), testing::ExitedWithCode(2),
              "^weft: WEFT_GC_MAX=lots: expected a size such as 500K, 64M or 2G\n$");
  EXPECT_EXIT(start_with("WEFT_GC_MAX", "1000"), testing::ExitedWithCode(2), "at least 256K");
}

}  // namespace
}  // namespace weft::gc::test
