// Collectors that scan the stack: what a word there keeps, and what it does not. No reference here
// is on the shadow stack.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

#include "gc/test_program.h"

namespace weft::gc::test {
namespace {

#define OUT_OF_LINE __attribute__((noinline))

class ConservativeTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    if (weft_shadow_base != nullptr) return;
    setenv("WEFT_GC_VERIFY", "1", 1);
    weft_gc_start(size_t{1} << 20);
  }
  void SetUp() override {
    finalized.clear();
    weft_gc_collect();
  }
};

// Overwrites what earlier calls left on the stack.
OUT_OF_LINE void ClearStack() {
  volatile char bytes[16384];
  for (volatile char& byte : bytes) byte = 0;
}

// Overwrites what is free, so that what is lost does not look alive.
OUT_OF_LINE void CollectAndFill() {
  weft_gc_collect();
  for (int i = 0; i < 20000; ++i) {
    NewNode(-i);
    NewBytes(i % 700);
  }
  weft_gc_collect();
}

// An address that the collector does not recognise.
uintptr_t Hidden(void* address) { return ~reinterpret_cast<uintptr_t>(address); }

TEST_F(ConservativeTest, LocalVariablesKeepTheirObjects) {
  // More than there are registers that a call preserves.
  Leaf* a = NewLeaf(1);
  Leaf* b = NewLeaf(2);
  Node* c = NewNode(3, &a->header, nullptr);
  Wide* d = NewWide(4);
  weft_object* e = NewReferences(10);
  weft_object* f = NewBytes(50000);
  Leaf* g = NewLeaf(7);
  Leaf* h = NewLeaf(8);
  ItemsOf<weft_object*>(e)[3] = &NewLeaf(9)->header;
  ItemsOf<uint8_t>(f)[40000] = 77;
  CollectAndFill();
  EXPECT_EQ(reinterpret_cast<Leaf*>(c->left)->id, 1);
  EXPECT_EQ(b->id, 2);
  EXPECT_EQ(c->id, 3);
  EXPECT_EQ(d->id, 4);
  EXPECT_EQ(reinterpret_cast<Leaf*>(ItemsOf<weft_object*>(e)[3])->id, 9);
  EXPECT_EQ(ItemsOf<uint8_t>(f)[40000], 77);
  EXPECT_EQ(g->id, 7);
  EXPECT_EQ(h->id, 8);
}

OUT_OF_LINE uintptr_t MakeArray(int64_t length, int64_t* offset) {
  weft_object* array = NewBytes(length);
  std::fill_n(ItemsOf<uint8_t>(array), length, uint8_t{0x33});
  *offset = length / 2;
  return Hidden(array);
}

TEST_F(ConservativeTest, APlaceInsideAnObjectKeepsIt) {
  for (int64_t length : {8, 100, 1000, 16000, 100000}) {
    for (bool end : {false, true}) {
      int64_t offset = 0;
      uintptr_t hidden = MakeArray(length, &offset);
      ClearStack();
      // Whole slots only: where a slot is longer than its object, the end is inside of it.
      uint8_t* place =
          ItemsOf<uint8_t>(reinterpret_cast<weft_object*>(~hidden)) + (end ? length : offset);
      // All that is left of the array is this.
      hidden = 0;
      __asm__ volatile("" : "+r"(place));
      CollectAndFill();
      for (int64_t i = 1; i <= length / 2; ++i) ASSERT_EQ(place[-i], 0x33) << length;
    }
  }
}

OUT_OF_LINE void MakeGarbage(uintptr_t* hidden, int count) {
  for (int i = 0; i < count; ++i) {
    Node* inner = NewNode(i);
    hidden[i] = Hidden(NewNode(i, &inner->header, nullptr));
  }
}

// The addresses of what died are on the stack during a collection.
OUT_OF_LINE int64_t CollectWithStaleWords(const uintptr_t* hidden, int count) {
  volatile uintptr_t words[100];
  for (int i = 0; i < count; ++i) words[i] = ~hidden[i];
  weft_gc_collect();
  return static_cast<int64_t>(words[0] & 0) + weft_gc_stat(WEFT_GC_STAT_USED_BYTES);
}

TEST_F(ConservativeTest, StaleWordsNameNothing) {
  uintptr_t hidden[100];
  MakeGarbage(hidden, 100);
  ClearStack();
  weft_gc_collect();
  int64_t used = weft_gc_stat(WEFT_GC_STAT_USED_BYTES);
  int64_t with_stale_words = CollectWithStaleWords(hidden, 100);
  // A few of the places may have been alive still.
  EXPECT_LE(with_stale_words, used + 10 * 64);
}

OUT_OF_LINE void Recurse(int depth) {
  Leaf* leaf = NewLeaf(depth);
  if (depth == 0) {
    CollectAndFill();
  } else {
    Recurse(depth - 1);
  }
  ASSERT_EQ(leaf->id, depth);
}

TEST_F(ConservativeTest, TheWholeStackIsScanned) { Recurse(5000); }

OUT_OF_LINE void MakeFinalized(int count) {
  for (int i = 0; i < count; ++i) NewFinalized(i);
}

TEST_F(ConservativeTest, WhatNoWordNamesIsFinalized) {
  MakeFinalized(500);
  ClearStack();
  weft_gc_collect();
  weft_gc_collect();
  EXPECT_GE(finalized.size(), 490u);
}

}  // namespace
}  // namespace weft::gc::test
