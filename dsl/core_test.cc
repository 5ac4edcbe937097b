#include <cstring>
#include <random>
#include <string>

#include "dsl/test_support.h"
#include "gtest/gtest.h"

namespace weft {
namespace {

class Shape : public Object {
 public:
  virtual int sides() { return 0; }
};
class Square : public Shape {
 public:
  int sides() override { return 4; }
};
class Triangle : public Shape {
 public:
  int sides() override { return 3; }
};
class Number : public Unboxed<double, Shape> {
 public:
  using Unboxed::Unboxed;
};
class Integer : public Unboxed<int64_t, Shape> {
 public:
  using Unboxed::Unboxed;
};

TEST(Object, Casts) {
  Shape* square = new Square();
  Shape* none = nullptr;
  EXPECT_TRUE(isa<Square>(square));
  EXPECT_TRUE(isa<Shape>(square));
  EXPECT_FALSE(isa<Triangle>(square));
  EXPECT_FALSE(isa<Shape>(none));
  EXPECT_EQ(cast<Square>(square), square);
  EXPECT_EQ(cast<Square>(none), nullptr);
  EXPECT_EQ(dyn_cast<Triangle>(square), nullptr);
  EXPECT_EQ(dyn_cast<Square>(none), nullptr);
  EXPECT_EQ(dyn_cast<Square>(square)->sides(), 4);
  EXPECT_EQ(identity_hash(square), identity_hash(square));
}

TEST(ObjectDeathTest, FailingChecksSayWhereAndWhat) {
  EXPECT_DEATH(cast<Triangle>(static_cast<Shape*>(new Square())), "core_test.cc:.*: bad cast");
  Array<int> array(3);
  EXPECT_DEATH(array[3] = 1, "core_test.cc:.*: index 3 is out of range for length 3");
  EXPECT_DEATH(array[-1] = 1, "core_test.cc:.*: index -1 is out of range");
  Array<int> null;
  EXPECT_DEATH(null[0] = 1, "core_test.cc:.*: null dereference");
  EXPECT_DEATH(null.length(), "core_test.cc:.*: null dereference");
  List<int> list;
  EXPECT_DEATH(list[0] = 1, "core_test.cc:.*: index 0 is out of range for length 0");
  EXPECT_DEATH(list.pop(), "index -1 is out of range");
  Str text = "abc";
  EXPECT_DEATH(text[3], "core_test.cc:.*: index 3 is out of range for length 3");
  EXPECT_DEATH(substr(text, 2, 2), "region is out of range");
  EXPECT_DEATH(array_copy(array, 2, array, 0, 2), "core_test.cc:.*region is out of range");
  EXPECT_DEATH(fatal("own words"), "core_test.cc:.*: fatal error: own words");
  EXPECT_DEATH(unreachable(), "core_test.cc:.*unreachable");
  Shape* volatile nothing = nullptr;
  Shape* none = nothing;
  EXPECT_DEATH(none->sides(), "core_test.cc:.*: null dereference");
  volatile int zero = 0;
  EXPECT_DEATH(zero = 1 / zero, "core_test.cc:.*: division by zero");
}

TEST(Unboxed, ComparesByValue) {
  EXPECT_TRUE(same_value(new Number(1.5), new Number(1.5)));
  EXPECT_FALSE(same_value(new Number(1.5), new Number(2.5)));
  EXPECT_TRUE(same_value(new Number(kNaN), new Number(kNaN)));
  EXPECT_FALSE(same_value(new Number(0.0), new Number(-0.0)));
  EXPECT_FALSE(same_value(new Number(1), new Integer(1)));
  EXPECT_FALSE(same_value(new Square(), new Square()));
  EXPECT_FALSE(same_value(nullptr, new Square()));
  EXPECT_TRUE(same_value(nullptr, nullptr));
}

TEST(Array, IsZeroedAndShared) {
  Array<Shape*> shapes(3);
  EXPECT_EQ(shapes[2], nullptr);
  Array<Str> texts(2);
  EXPECT_TRUE(texts[0] == nullptr);
  EXPECT_FALSE(texts[0] == Str());
  Array<Str> same = texts;
  same[1] = "x";
  EXPECT_EQ(texts[1], "x");
  EXPECT_TRUE(texts == same);
  EXPECT_TRUE(Array<int>() == nullptr);
  EXPECT_EQ(Array<int>(0).length(), 0);
}

TEST(Array, CopiesOverlappingRegions) {
  Array<int> a(10);
  for (int i = 0; i < 10; i++) a[i] = i;
  array_copy(a, 2, a, 0, 8);
  EXPECT_EQ(a[9], 7);
  EXPECT_EQ(a[2], 0);
  array_copy(a, 0, a, 2, 8);
  EXPECT_EQ(a[0], 0);
  EXPECT_EQ(a[7], 7);
  Array<int> longer = resized(a, 12);
  EXPECT_EQ(longer[11], 0);
  EXPECT_EQ(longer[7], 7);
  fill(longer, 3);
  EXPECT_EQ(longer[11], 3);
}

TEST(Array, WithoutMemoryThrows) {
  EXPECT_THROW(Array<int64_t>(-1), MemoryError*);
  EXPECT_THROW(Array<int64_t>(int64_t{1} << 60), MemoryError*);
  EXPECT_THROW(Array<int64_t>(int64_t{1} << 38), MemoryError*);
  EXPECT_THROW(str_new(-1), MemoryError*);
}

TEST(Str, ComparesAndHashes) {
  EXPECT_EQ(Str("abc"), "abc");
  EXPECT_NE(Str("abc"), "abd");
  EXPECT_TRUE(Str("abc") < "abd");
  EXPECT_TRUE(Str("ab") < "abc");
  EXPECT_TRUE(Str("\xff") > "a");
  EXPECT_TRUE(Str(nullptr) == Str(nullptr));
  EXPECT_FALSE(Str(nullptr) == Str(""));
  EXPECT_EQ(compare("a", "a"), 0);
  EXPECT_EQ(Str("a\0b").length(), 3);
  EXPECT_NE(Str("a\0b"), Str("a\0c"));
  EXPECT_EQ((Str("foo") + "bar").hash(), Str("foobar").hash());
  // The hash is part of the language: what other executors compute.
  EXPECT_EQ(Str("weft").hash(), 0x38216216ea7ac0d1);
  EXPECT_EQ(static_cast<uint64_t>(Str("").hash()), 18284041282127212159u);
}

TEST(Str, AgreesWithStdString) {
  std::mt19937 random(7);
  auto word = [&] {
    std::string result;
    for (size_t n = random() % 6; n > 0; n--) result += static_cast<char>('a' + random() % 3);
    return result;
  };
  for (int i = 0; i < 5000; i++) {
    std::string a = word();
    std::string b = word();
    Str sa = from_std(a);
    Str sb = from_std(b);
    ASSERT_EQ(to_std(sa + sb), a + b);
    ASSERT_EQ(sa == sb, a == b);
    ASSERT_EQ(sa < sb, a < b);
    ASSERT_EQ(sa <= sb, a <= b);
    size_t found = a.find(b);
    ASSERT_EQ(find(sa, sb), found == std::string::npos ? -1 : static_cast<int64_t>(found));
    ASSERT_EQ(starts_with(sa, sb), a.rfind(b, 0) == 0);
    ASSERT_EQ(ends_with(sa, sb),
              a.size() >= b.size() && a.compare(a.size() - b.size(), b.size(), b) == 0);
    found = a.find('b');
    ASSERT_EQ(find_byte(sa, 'b'), found == std::string::npos ? -1 : static_cast<int64_t>(found));
  }
}

TEST(Overflow, ThrowsWhereTheResultDoesNotFit) {
  EXPECT_EQ(ovf_add<int64_t>(INT64_MAX - 1, 1), INT64_MAX);
  EXPECT_THROW(ovf_add<int64_t>(INT64_MAX, 1), OverflowError*);
  EXPECT_THROW(ovf_sub<int32_t>(INT32_MIN, 1), OverflowError*);
  EXPECT_THROW(ovf_mul<uint32_t>(65536, 65536), OverflowError*);
  EXPECT_THROW(ovf_neg<int32_t>(INT32_MIN), OverflowError*);
  EXPECT_THROW(ovf_sub<uint64_t>(1, 2), OverflowError*);
  EXPECT_EQ(ovf_mul<int32_t>(-46340, 46340), -2147395600);
}

TEST(Bits, AgreeWithLoops) {
  std::mt19937_64 random(8);
  for (int i = 0; i < 1000; i++) {
    uint64_t x = random() >> (random() % 64);
    int width = 0;
    int ones = 0;
    for (int bit = 0; bit < 64; bit++) {
      if ((x >> bit & 1) != 0) {
        width = bit + 1;
        ones++;
      }
    }
    ASSERT_EQ(bit_width(x), width);
    ASSERT_EQ(clz(x), 64 - width);
    ASSERT_EQ(popcount(x), ones);
    ASSERT_EQ(rotate_right(rotate_left(x, 13), 13), x);
    ASSERT_EQ(is_power_of_two(x), ones == 1);
    uint64_t y = random();
    ASSERT_EQ(multiply_high(x, y),
              static_cast<uint64_t>(static_cast<unsigned __int128>(x) * y >> 64));
  }
  EXPECT_EQ(clz(uint32_t{0}), 32);
  EXPECT_EQ(ctz(uint64_t{0}), 64);
  EXPECT_EQ(ctz(uint32_t{8}), 3);
  EXPECT_EQ(round_up_to_power_of_two(0), 1u);
  EXPECT_EQ(round_up_to_power_of_two(17), 32u);
  EXPECT_EQ(round_up_to_power_of_two(32), 32u);
}

TEST(Math, ConvertsWithSaturation) {
  EXPECT_EQ(to_int64(1e300), INT64_MAX);
  EXPECT_EQ(to_int64(-1e300), INT64_MIN);
  EXPECT_EQ(to_int64(kNaN), 0);
  EXPECT_EQ(to_int64(-2.9), -2);
  EXPECT_TRUE(is_nan(kNaN));
  EXPECT_FALSE(is_finite(kInfinity));
}

TEST(WeakRef, KnowsItsTarget) {
  Square* square = new Square();
  WeakRef<Shape> weak(square);
  gc::collect();
  EXPECT_EQ(weak.get(), square);
  EXPECT_EQ(WeakRef<Shape>().get(), nullptr);
  EXPECT_EQ(WeakRef<Shape>(nullptr).get(), nullptr);
}

int64_t Endless(int64_t n) {
  if (n < 0) return 0;
  return Endless(n + 1) + 1;
}

TEST(Stack, OverflowCanBeCaught) {
  direct::set_stack_limit(reinterpret_cast<uintptr_t>(__builtin_frame_address(0)));
  for (int i = 0; i < 3; i++) EXPECT_THROW(Endless(1), StackOverflowError*);
}

}  // namespace
}  // namespace weft
