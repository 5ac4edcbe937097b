#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <unordered_map>
#include <vector>

#include "dsl/test_support.h"
#include "gtest/gtest.h"

namespace weft {
namespace {

TEST(List, GrowsAndShares) {
  List<int> xs;
  List<int> same = xs;
  for (int i = 0; i < 1000; i++) xs.append(i * i);
  EXPECT_EQ(same.length(), 1000);
  EXPECT_EQ(same[999], 999 * 999);
  same[0] = -1;
  EXPECT_EQ(xs[0], -1);
  EXPECT_TRUE(xs == same);
  EXPECT_FALSE(xs == xs.copy());
  EXPECT_TRUE(List<int>(nullptr) == nullptr);
  EXPECT_TRUE(xs != nullptr);
}

TEST(List, AgreesWithAVector) {
  std::mt19937 random(1);
  List<int> list;
  std::vector<int> model;
  for (int step = 0; step < 20000; step++) {
    int value = static_cast<int>(random() % 100);
    size_t place = model.empty() ? 0 : random() % model.size();
    auto at = model.begin() + static_cast<long>(place);
    switch (random() % 9) {
      case 0:
      case 1:
        list.append(value);
        model.push_back(value);
        break;
      case 2:
        list.insert(place, value);
        model.insert(at, value);
        break;
      case 3:
        if (model.empty()) break;
        ASSERT_EQ(list.remove_at(place), *at);
        model.erase(at);
        break;
      case 4:
        if (model.empty()) break;
        ASSERT_EQ(list.pop(), model.back());
        model.pop_back();
        break;
      case 5:
        list.reverse();
        std::reverse(model.begin(), model.end());
        break;
      case 6: {
        size_t length = random() % 60;
        list.resize(static_cast<int64_t>(length));
        model.resize(length);
        break;
      }
      case 7: {
        auto found = std::find(model.begin(), model.end(), value);
        ASSERT_EQ(list.index_of(value), found == model.end() ? -1 : found - model.begin());
        break;
      }
      default: {
        List<int> tail = list.slice(static_cast<int64_t>(place), list.length());
        list.extend(tail);
        std::vector<int> model_tail(at, model.end());
        model.insert(model.end(), model_tail.begin(), model_tail.end());
        if (model.size() > 200) {
          list.clear();
          model.clear();
        }
      }
    }
    ASSERT_EQ(list.length(), static_cast<int64_t>(model.size()));
    size_t i = 0;
    for (int item : list) ASSERT_EQ(item, model[i++]);
    ASSERT_EQ(i, model.size());
  }
}

TEST(List, RangeForVisitsWhatIsAppendedMeanwhile) {
  List<int> xs;
  xs.append(3);
  int visited = 0;
  for (int x : xs) {
    visited++;
    if (x > 0) xs.append(x - 1);
  }
  EXPECT_EQ(visited, 4);
}

TEST(List, OfHandlesIsNullBehindItsEnd) {
  List<List<int>> lists;
  lists.append(List<int>());
  lists.pop();
  EXPECT_TRUE(lists.items()[0] == nullptr);
}

// Checks a dict against a model that keeps the order of first insertion.
template <class K, class MakeKey>
void CompareDictWithModel(uint32_t seed, int keys, MakeKey make_key) {
  std::mt19937 random(seed);
  Dict<K, int> dict;
  std::vector<std::pair<K, int>> model;
  auto find = [&](K key) {
    return std::find_if(model.begin(), model.end(), [&](auto& pair) { return pair.first == key; });
  };
  for (int step = 0; step < 20000; step++) {
    K key = make_key(random() % static_cast<uint32_t>(keys));
    int value = static_cast<int>(random() % 1000);
    auto found = find(key);
    switch (random() % 6) {
      case 0:
        ASSERT_EQ(dict.set(key, value), found == model.end());
        if (found == model.end()) {
          model.push_back({key, value});
        } else {
          found->second = value;
        }
        break;
      case 1:
        dict[key] += value;
        if (found == model.end()) {
          model.push_back({key, value});
        } else {
          found->second += value;
        }
        break;
      case 2:
      case 3:
        ASSERT_EQ(dict.remove(key), found != model.end());
        if (found != model.end()) model.erase(found);
        break;
      case 4:
        ASSERT_EQ(dict.contains(key), found != model.end());
        ASSERT_EQ(dict.get(key, -7), found == model.end() ? -7 : found->second);
        break;
      default:
        if (random() % 500 == 0) {
          dict.clear();
          model.clear();
        } else if (random() % 50 == 0) {
          dict = dict.copy();
        }
    }
    ASSERT_EQ(dict.length(), static_cast<int64_t>(model.size()));
    if (step % 50 == 0) {
      size_t i = 0;
      for (auto [k, v] : dict) {
        ASSERT_LT(i, model.size());
        ASSERT_TRUE(k == model[i].first);
        ASSERT_EQ(v, model[i].second);
        i++;
      }
      ASSERT_EQ(i, model.size());
    }
  }
}

TEST(Dict, AgreesWithAModelForInts) {
  CompareDictWithModel<int64_t>(1, 30, [](uint32_t i) { return int64_t{i} - 15; });
  CompareDictWithModel<uint8_t>(2, 200, [](uint32_t i) { return static_cast<uint8_t>(i); });
}

TEST(Dict, AgreesWithAModelForStrings) {
  CompareDictWithModel<Str>(3, 100, [](uint32_t i) { return "key " + format_int(i); });
}

TEST(Dict, AgreesWithAModelForObjects) {
  std::vector<Object*> objects;
  for (int i = 0; i < 50; i++) objects.push_back(new Object());
  CompareDictWithModel<Object*>(4, 50, [&](uint32_t i) { return objects[i]; });
}

enum class Color : uint8_t { kRed, kGreen, kBlue };

struct Point {
  int x;
  int y;
  bool operator==(const Point&) const = default;
};

}  // namespace

template <>
struct Hasher<Point> {
  static uint64_t hash(Point p) {
    return combine_hash(static_cast<uint64_t>(p.x), static_cast<uint64_t>(p.y));
  }
  static bool equal(Point a, Point b) { return a == b; }
};

namespace {

TEST(Dict, AgreesWithAModelForStructs) {
  CompareDictWithModel<Point>(
      5, 60, [](uint32_t i) { return Point{static_cast<int>(i % 8), static_cast<int>(i / 8)}; });
}

TEST(Dict, EnumKeysAndMissingOnes) {
  Dict<Color, Str> names;
  names[Color::kGreen] = "green";
  names.set(Color::kRed, "red");
  EXPECT_EQ(names.at(Color::kRed), "red");
  EXPECT_THROW(names.at(Color::kBlue), LookupError*);
  Str found;
  EXPECT_TRUE(names.lookup(Color::kGreen, found));
  EXPECT_EQ(found, "green");
  EXPECT_FALSE(names.lookup(Color::kBlue, found));
  EXPECT_EQ(found, "green");
}

TEST(Dict, RemovingTheCurrentKeyWhileIterating) {
  Dict<int, int> dict;
  for (int i = 0; i < 100; i++) dict[i] = i;
  int visited = 0;
  for (auto [key, value] : dict) {
    visited += value - key + 1;
    dict.remove(key);
  }
  EXPECT_EQ(visited, 100);
  EXPECT_TRUE(dict.is_empty());
}

TEST(Dict, UpdateKeepsOrder) {
  Dict<int, int> a;
  Dict<int, int> b;
  a[1] = 1;
  a[2] = 2;
  b[3] = 30;
  b[1] = 10;
  a.update(b);
  Str order;
  for (auto [key, value] : a) order = order + format_int(key) + ":" + format_int(value) + " ";
  EXPECT_EQ(order, "1:10 2:2 3:30 ");
}

TEST(Sort, AgreesWithStableSort) {
  std::mt19937 random(6);
  for (int round = 0; round < 500; round++) {
    size_t length = random() % 200;
    List<Point> list;
    std::vector<Point> model;
    for (size_t i = 0; i < length; i++) {
      Point p{static_cast<int>(random() % 20), static_cast<int>(i)};
      list.append(p);
      model.push_back(p);
    }
    auto less = [](Point a, Point b) { return a.x < b.x; };
    sort(list, less);
    std::stable_sort(model.begin(), model.end(), less);
    for (size_t i = 0; i < length; i++) ASSERT_TRUE(list[i] == model[i]);
  }
}

TEST(Sort, ComparesSortedItemsLinearly) {
  List<int> list;
  for (int i = 0; i < 10000; i++) list.append(i);
  int comparisons = 0;
  sort(list, [&comparisons](int a, int b) {
    comparisons++;
    return a < b;
  });
  EXPECT_LT(comparisons, 12000);
}

TEST(StrBuilder, GathersEverything) {
  StrBuilder out;
  for (int i = 0; i < 100; i++) {
    out.append("ab");
    out.append_byte('c');
    out.append_part("xyz", 1, 1);
  }
  EXPECT_EQ(out.build(), repeat("abcy", 100));
  out.clear();
  out.append_bytes(str_to_bytes("hello"), 1, 3);
  EXPECT_EQ(out.build(), "ell");
  EXPECT_EQ(out.length(), 3);
}

TEST(Closure, KeepsWhatItCaptures) {
  Closure<int(int)> add;
  EXPECT_TRUE(add == nullptr);
  {
    int base = 10;
    add = [base](int x) { return base + x; };
    base = 20;
  }
  EXPECT_EQ(add(5), 15);
  List<int> log;
  Closure<void()> note = [log]() { log.append(1); };
  note();
  note();
  EXPECT_EQ(log.length(), 2);
}

TEST(Natural, DigitsOfAPower) {
  Natural* n = new Natural(1);
  n->multiply_by_power(7, 100);
  Array<uint8_t> digits = n->take_digits();
  Str text;
  for (uint8_t digit : digits) text = text + format_int(digit);
  EXPECT_EQ(
      text,
      "3234476509624757991344647769100216810857203198904625400933895331391691459636928060001");
}

}  // namespace
}  // namespace weft
