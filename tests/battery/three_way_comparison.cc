// operator<=> by default and by hand, and the comparisons that follow from it.
// battery: solo

#include "tests/battery/show.h"

using namespace weft;

#include <compare>

struct Version {
  int major;
  int minor;
  auto operator<=>(const Version&) const = default;
};
struct Length {
  double meters;
  bool operator==(const Length& o) const { return meters == o.meters; }
  std::partial_ordering operator<=>(const Length& o) const { return meters <=> o.meters; }
};
static Str sign(std::strong_ordering order) {
  if (order < 0) return "less";
  if (order > 0) return "greater";
  return order == 0 ? Str("equal") : Str("?");
}

int run(Array<Str>) {
  Version a{1, 5};
  Version b{2, 0};
  println(sign(a <=> b) + " " + sign(b <=> a) + " " + sign(a <=> a));
  show("less", a < b);
  show("less or equal", b <= a);
  show("greater", Version{1, 6} > a);
  show("equal", a == Version{1, 5});
  show("different", a != b);
  show("ints", (3 <=> 5) < 0);
  show("lengths", Length{1.5} < Length{2});
  show("not a number", Length{kNaN} < Length{2} || Length{kNaN} >= Length{2});
  return 0;
}

WEFT_MAIN(run)

//| less greater equal
//| less true
//| less or equal false
//| greater true
//| equal true
//| different true
//| ints true
//| lengths true
//| not a number false
