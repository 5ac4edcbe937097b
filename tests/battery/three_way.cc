// `<=>` of numbers, of values, and what is made of it.

#include <compare>

#include "tests/battery/show.h"

using namespace weft;

struct Version {
  int major;
  int minor;
  auto operator<=>(const Version&) const = default;
};

static Str order(std::strong_ordering o) {
  if (o < 0) return "less";
  if (o > 0) return "greater";
  return "equal";
}

static Str partial(double a, double b) {
  std::partial_ordering o = a <=> b;
  Str text;
  if (o < 0) text = text + "<";
  if (o <= 0) text = text + "<=";
  if (o == 0) text = text + "==";
  if (o != 0) text = text + "!=";
  if (o >= 0) text = text + ">=";
  if (o > 0) text = text + ">";
  return text;
}

int run(Array<Str>) {
  println(order(1 <=> 2) + " " + order(2 <=> 2) + " " + order(3 <=> 2));
  println(partial(1.0, 2.0) + " " + partial(2.0, 2.0) + " " + partial(3.0, 2.0));
  println(partial(kNaN, 2.0));
  Version old{1, 9};
  Version young{2, 0};
  println(order(old <=> young) + " " + order(young <=> Version{2, 0}));
  show("less", old < young);
  show("greater or equal", old >= young);
  show("equal", young == Version{2, 0});
  show("unsigned", (1u <=> 0xffffffffu) < 0);
  show("reversed", 0 < (3 <=> 2));
  return 0;
}
WEFT_MAIN(run)
//| less equal greater
//| <<=!= <===>= !=>=>
//| !=
//| less equal
//| less true
//| greater or equal false
//| equal true
//| unsigned true
//| reversed true
