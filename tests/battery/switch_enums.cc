// enum class and plain enum: values, switches, conversions, comparison, as keys and in arrays.

#include "tests/battery/show.h"

using namespace weft;

enum class Color : uint8_t { kRed, kGreen = 5, kBlue };
enum class Sign { kMinus = -1, kZero, kPlus };
enum Flags { kNone = 0, kBold = 1, kItalic = 2, kUnderlined = 4 };

static Str name(Color color) {
  switch (color) {
    case Color::kRed:
      return "red";
    case Color::kGreen:
      return "green";
    case Color::kBlue:
      return "blue";
  }
  return "?";
}

static Sign sign_of(int x) {
  if (x < 0) return Sign::kMinus;
  return x == 0 ? Sign::kZero : Sign::kPlus;
}

class Car : public Object {
 public:
  enum class Gear { kFirst, kSecond };
  Gear gear = Gear::kSecond;
  Color color = Color::kBlue;
};

int run(Array<Str>) {
  println(name(Color::kRed) + " " + name(Color::kGreen) + " " + name(Color::kBlue));
  show("value", static_cast<int>(Color::kBlue));
  show("from int", name(static_cast<Color>(5)));
  println(name(static_cast<Color>(77)));
  show("less", Color::kRed < Color::kGreen);
  show("equal", Color::kRed == Color::kRed);
  show("sign", static_cast<int>(sign_of(-9)));
  int flags = kBold | kUnderlined;
  show("flags", flags);
  show("italic", (flags & kItalic) != 0);
  Flags one = kItalic;
  show("plain enum as a number", one + 10);
  Car* car = new Car();
  show("nested", car->gear == Car::Gear::kSecond);
  car->gear = Car::Gear::kFirst;
  show("changed", static_cast<int>(car->gear));
  Array<Color> colors(2);
  colors[1] = Color::kGreen;
  println(name(colors[0]) + " " + name(colors[1]));
  Dict<Color, int> counts;
  counts[Color::kBlue] += 2;
  counts[Color::kRed] += 1;
  for (auto [color, count] : counts) show(name(color), count);
  using enum Color;
  println(name(kGreen));
  return 0;
}

WEFT_MAIN(run)

//| red green blue
//| value 6
//| from int green
//| ?
//| less true
//| equal true
//| sign -1
//| flags 5
//| italic false
//| plain enum as a number 12
//| nested true
//| changed 0
//| red green
//| blue 2
//| red 1
//| green
