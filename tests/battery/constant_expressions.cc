// constexpr functions, variables and structs, static_assert, constant tables of one and two
// dimensions.

#include "tests/battery/show.h"

using namespace weft;

constexpr int square(int x) { return x * x; }
constexpr int64_t power(int64_t base, int exponent) {
  int64_t result = 1;
  for (int i = 0; i < exponent; i++) result *= base;
  return result;
}
constexpr int kSize = square(5);
static_assert(kSize == 25, "a constant");

struct Color {
  int red;
  int green;
  int blue;
  constexpr int sum() const { return red + green + blue; }
};
constexpr Color kOrange{255, 165, 0};

static constexpr int kDays[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
static constexpr uint8_t kBytes[] = {0, 1, 128, 255};
static constexpr double kWeights[] = {0.5, 0.25, 0.125};
static constexpr int kMatrix[2][3] = {{1, 2, 3}, {4, 5, 6}};
static constexpr Color kColors[] = {{1, 2, 3}, {10, 20, 30}, kOrange};
static const Str kNames[] = {"zero", "one", "two"};
static constexpr bool kFlags[4] = {true, false, true};

enum class Op : uint8_t { kAdd, kSubtract };
struct Rule {
  Op op;
  int precedence;
};
static constexpr Rule kRules[] = {{Op::kAdd, 5}, {Op::kSubtract, 6}};

class Holder : public Object {
 public:
  static constexpr int kTable[] = {7, 8, 9};
  static constexpr Str (*kFunction)(int64_t, uint32_t) = format_int;
};

template <int N>
struct Sized {
  static constexpr int kDouble = 2 * N;
};

consteval int at_compile_time(int x) { return x + 1; }

int run(Array<Str>) {
  show("size", kSize);
  constexpr int64_t kBig = power(7, 20);
  show("power", kBig);
  int three = 3;
  show("at run time", square(three) + static_cast<int>(power(three, 3)));
  show("struct", kOrange.sum());
  int days = 0;
  for (int d : kDays) days += d;
  show("days", days);
  for (int i = 0; i < 4; i++) show("byte", kBytes[i]);
  show("weights", kWeights[0] + kWeights[1] + kWeights[2]);
  int total = 0;
  for (int i = 0; i < 2; i++) {
    for (int j = 0; j < 3; j++) total = total * 10 + kMatrix[i][j];
  }
  show("matrix", total);
  for (Color color : kColors) show("color", color.sum());
  show("field", kColors[1].green);
  for (Str name : kNames) print(name + " ");
  println(kNames[2]);
  show("flags", kFlags[0] && !kFlags[3]);
  show("rule", kRules[1].op == Op::kSubtract ? kRules[1].precedence : 0);
  show("in a class", Holder::kTable[2]);
  println(Holder::kFunction(255, 16));
  show("in a template", Sized<21>::kDouble);
  show("consteval", at_compile_time(41));
  static constexpr int kLocal[] = {3, 1, 4};
  show("local table", kLocal[0] * 100 + kLocal[1] * 10 + kLocal[2]);
  show("number of rows", static_cast<int>(sizeof(kDays) / sizeof(kDays[0])));
  return 0;
}

WEFT_MAIN(run)

//| size 25
//| power 79792266297612001
//| at run time 36
//| struct 420
//| days 365
//| byte 0
//| byte 1
//| byte 128
//| byte 255
//| weights 0.875
//| matrix 123456
//| color 6
//| color 60
//| color 420
//| field 20
//| zero one two two
//| flags true
//| rule 6
//| in a class 9
//| ff
//| in a template 42
//| consteval 42
//| local table 314
//| number of rows 12
