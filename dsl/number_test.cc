#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>

#include "dsl/test_support.h"
#include "gtest/gtest.h"

namespace weft {
namespace {

std::string Printf(const char* format, int precision, double value) {
  char buffer[2000];
  std::snprintf(buffer, sizeof buffer, format, precision, value);
  return buffer;
}

// Doubles of all kinds: random bits, small fractions, few bits with any exponent, near powers
// of 10.
class Doubles {
 public:
  explicit Doubles(uint64_t seed) : random_(seed) {}

  double next() {
    while (true) {
      double value = candidate();
      if (std::isfinite(value)) return value;
    }
  }

  uint64_t below(uint64_t limit) { return random_() % limit; }

 private:
  double candidate() {
    switch (random_() % 5) {
      case 0:
        return f64_from_bits(random_());
      case 1:
        return static_cast<double>(static_cast<int64_t>(below(200000)) - 100000) /
               static_cast<double>(1 + below(1000));
      case 2:
        return std::ldexp(static_cast<double>(below(16)), static_cast<int>(below(2200)) - 1100);
      case 3:
        return std::pow(10.0, static_cast<double>(below(640)) - 320) *
               (1 + static_cast<double>(below(5)) * 0x1p-52);
      default:
        return static_cast<double>(below(uint64_t{1} << below(64)));
    }
  }

  std::mt19937_64 random_;
};

TEST(NumberTables, EveryRowIsThePowerRoundedUp) {
  for (int32_t k = number::kFirstPower; k <= number::kLastPower; k++) {
    int32_t row = 2 * (k - number::kFirstPower);
    uint64_t high = number::kPowers[row];
    uint64_t low = number::kPowers[row + 1];
    // For g = high:low, (g - 1) < 10^k / 2^e <= g with e = log2_of_power(k) - 127.
    auto times = [&](uint64_t h, uint64_t l) {
      Natural* g = new Natural(h);
      g->multiply_add(1u << 16, static_cast<uint32_t>(l >> 48));
      g->multiply_add(1u << 16, static_cast<uint32_t>(l >> 32 & 0xffff));
      g->multiply_add(1u << 16, static_cast<uint32_t>(l >> 16 & 0xffff));
      g->multiply_add(1u << 16, static_cast<uint32_t>(l & 0xffff));
      return g;
    };
    int32_t e = number::log2_of_power(k) - 127;
    Natural* exact = times(high, low);
    Natural* below = low == 0 ? times(high - 1, ~uint64_t{0}) : times(high, low - 1);
    Natural* power = new Natural(1);
    if (k >= 0) {
      power->multiply_by_power(10, k);
    } else {
      exact->multiply_by_power(10, -k);
      below->multiply_by_power(10, -k);
    }
    if (e >= 0) {
      exact->shift_left(e);
      below->shift_left(e);
    } else {
      power->shift_left(-e);
    }
    EXPECT_GE(exact->compare(power), 0) << k;
    EXPECT_LT(below->compare(power), 0) << k;
    EXPECT_EQ(high >> 63, 1u) << k;
  }
}

TEST(FormatInt, EveryBaseAndTheEnds) {
  EXPECT_EQ(format_int(0), "0");
  EXPECT_EQ(format_int(-1), "-1");
  EXPECT_EQ(format_int(INT64_MAX), "9223372036854775807");
  EXPECT_EQ(format_int(INT64_MIN), "-9223372036854775808");
  EXPECT_EQ(format_uint(UINT64_MAX), "18446744073709551615");
  EXPECT_EQ(format_uint(UINT64_MAX, 16), "ffffffffffffffff");
  EXPECT_EQ(format_uint(5, 2), "101");
  EXPECT_EQ(format_int(-35, 36), "-z");
}

TEST(ParseInt, ReadsWhatFormatWrites) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 2000; i++) {
    int64_t value = static_cast<int64_t>(random()) >> (random() % 64);
    uint32_t base = 2 + random() % 35;
    int64_t back = 0;
    ASSERT_TRUE(parse_int(format_int(value, base), back, base));
    ASSERT_EQ(back, value);
  }
}

TEST(ParseInt, RefusesWhatIsNoInteger) {
  int64_t value = 7;
  for (const char* text : {"", "-", "+", "12a", " 1", "1 ", "9223372036854775808",
                           "-9223372036854775809", "99999999999999999999", "0x1"}) {
    EXPECT_FALSE(parse_int(from_std(text), value)) << text;
  }
  EXPECT_EQ(value, 7);
  EXPECT_TRUE(parse_int("-9223372036854775808", value));
  EXPECT_EQ(value, INT64_MIN);
  EXPECT_TRUE(parse_int("+12", value));
  EXPECT_EQ(value, 12);
}

TEST(FormatDouble, IsTheShortestThatReadsBack) {
  Doubles doubles(2);
  for (int i = 0; i < 5000; i++) {
    double value = doubles.next();
    double back = 0;
    ASSERT_TRUE(parse_double(format_double(value), back));
    ASSERT_EQ(f64_bits(back), f64_bits(value)) << Printf("%.*g", 17, value);
    if (value == 0) continue;
    Decimal decimal = shortest_decimal(std::fabs(value));
    while (decimal.digits % 10 == 0) decimal.digits /= 10;
    char buffer[64];
    char* end =
        std::to_chars(buffer, buffer + 64, std::fabs(value), std::chars_format::scientific).ptr;
    std::string digits;
    for (char* p = buffer; p != end && *p != 'e'; p++) {
      if (*p != '.') digits += *p;
    }
    while (digits.size() > 1 && digits.back() == '0') digits.pop_back();
    ASSERT_EQ(std::to_string(decimal.digits), digits);
  }
}

TEST(FormatDouble, ChoosesTheNotationBySize) {
  EXPECT_EQ(format_double(0.0), "0");
  EXPECT_EQ(format_double(-0.0), "-0");
  EXPECT_EQ(format_double(1.0), "1");
  EXPECT_EQ(format_double(100.0), "100");
  EXPECT_EQ(format_double(0.1), "0.1");
  EXPECT_EQ(format_double(-1.5), "-1.5");
  EXPECT_EQ(format_double(0.0001), "0.0001");
  EXPECT_EQ(format_double(0.00001), "1e-05");
  EXPECT_EQ(format_double(1234567890123456.0), "1234567890123456");
  EXPECT_EQ(format_double(1e16), "1e+16");
  EXPECT_EQ(format_double(1.5e300), "1.5e+300");
  EXPECT_EQ(format_double(5e-324), "5e-324");
  EXPECT_EQ(format_double(kInfinity), "inf");
  EXPECT_EQ(format_double(-kInfinity), "-inf");
  EXPECT_EQ(format_double(kNaN), "nan");
  EXPECT_EQ(format_double(-kNaN), "nan");
}

TEST(FormatWithPrecision, IsWhatPrintfWrites) {
  Doubles doubles(3);
  for (int i = 0; i < 2000; i++) {
    double value = doubles.next();
    int precision = static_cast<int>(doubles.below(25));
    ASSERT_EQ(to_std(format_general(value, precision)), Printf("%.*g", precision, value));
    ASSERT_EQ(to_std(format_exponent(value, precision)), Printf("%.*e", precision, value));
    ASSERT_EQ(to_std(format_fixed(value, precision)), Printf("%.*f", precision, value));
  }
}

TEST(FormatWithPrecision, RoundsTiesToEvenAndCarries) {
  EXPECT_EQ(format_fixed(0.5, 0), "0");
  EXPECT_EQ(format_fixed(1.5, 0), "2");
  EXPECT_EQ(format_fixed(2.5, 0), "2");
  EXPECT_EQ(format_fixed(9.96, 1), "10.0");
  EXPECT_EQ(format_fixed(0.06, 1), "0.1");
  EXPECT_EQ(format_fixed(0.04, 1), "0.0");
  EXPECT_EQ(format_exponent(9.9999, 2), "1.00e+01");
  EXPECT_EQ(format_general(999999.5, 6), "1e+06");
  EXPECT_EQ(format_general(0.0, 6), "0");
  EXPECT_EQ(format_general(-0.0, 6), "-0");
}

TEST(ParseDouble, AgreesWithStrtod) {
  Doubles doubles(4);
  for (int i = 0; i < 5000; i++) {
    std::string text;
    uint64_t digits = 1 + doubles.below(i % 100 == 0 ? 900 : 30);
    for (uint64_t k = 0; k < digits; k++) text += static_cast<char>('0' + doubles.below(10));
    text.insert(doubles.below(text.size()), ".");
    text += "e" + std::to_string(static_cast<int>(doubles.below(700)) - 350);
    double value = 0;
    ASSERT_TRUE(parse_double(from_std(text), value));
    ASSERT_EQ(value, std::strtod(text.c_str(), nullptr)) << text;
  }
}

TEST(ParseDouble, DecidesTheMiddleBetweenTwoDoubles) {
  Doubles doubles(5);
  for (int i = 0; i < 300; i++) {
    double low = std::fabs(doubles.next());
    double high = std::nextafter(low, kInfinity);
    if (!std::isfinite(high)) continue;
    char buffer[2000];
    std::snprintf(buffer, sizeof buffer, "%.1100Lf",
                  (static_cast<long double>(low) + static_cast<long double>(high)) / 2);
    for (const char* tail : {"", "1"}) {
      std::string text = std::string(buffer) + tail;
      double value = 0;
      ASSERT_TRUE(parse_double(from_std(text), value));
      ASSERT_EQ(value, std::strtod(text.c_str(), nullptr)) << text;
    }
  }
}

TEST(ParseDouble, TheEndsOfTheRange) {
  double value = 1;
  EXPECT_TRUE(parse_double("1e309", value));
  EXPECT_EQ(value, kInfinity);
  EXPECT_TRUE(parse_double("-1e99999999999999999999", value));
  EXPECT_EQ(value, -kInfinity);
  EXPECT_TRUE(parse_double("1e-99999999999999999999", value));
  EXPECT_EQ(value, 0.0);
  EXPECT_TRUE(parse_double("2.4703282292062327e-324", value));
  EXPECT_EQ(value, 0.0);
  EXPECT_TRUE(parse_double("2.4703282292062328e-324", value));
  EXPECT_EQ(value, 5e-324);
  EXPECT_TRUE(parse_double("1.7976931348623158e308", value));
  EXPECT_EQ(value, 1.7976931348623157e308);
  EXPECT_TRUE(parse_double("1.7976931348623159e308", value));
  EXPECT_EQ(value, kInfinity);
  EXPECT_TRUE(parse_double(from_std("0." + std::string(500, '0') + "1e501"), value));
  EXPECT_EQ(value, 1.0);
  EXPECT_TRUE(parse_double(from_std("1" + std::string(500, '0') + "e-500"), value));
  EXPECT_EQ(value, 1.0);
}

TEST(ParseDouble, RefusesWhatIsNoNumber) {
  double value = 7;
  for (const char* text : {"", "-", ".", "e5", "1e", "1e+", "1.2.3", "1x", " 1", "1 ", "inf", "nan",
                           "0x10", "--1", "-.e1"}) {
    EXPECT_FALSE(parse_double(from_std(text), value)) << text;
  }
  EXPECT_EQ(value, 7);
  for (const char* text : {"5.", ".5", "-.5e-1", "+5", "5E3", "-0"}) {
    EXPECT_TRUE(parse_double(from_std(text), value)) << text;
    EXPECT_EQ(value, std::strtod(text, nullptr));
  }
}

}  // namespace
}  // namespace weft
