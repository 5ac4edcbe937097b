// Namespaces: nested, reopened, anonymous, inline; using declarations, directives and aliases.

#include "tests/battery/show.h"

using namespace weft;

namespace outer {
static int value = 1;
namespace inner {
static int value = 2;
static int both() { return value * 10 + outer::value; }
}  // namespace inner
inline namespace version {
static int versioned() { return 7; }
}  // namespace version
}  // namespace outer

namespace outer {
static int more() { return value + 100; }
}  // namespace outer

namespace a::b::c {
static int deep() { return 42; }
}  // namespace a::b::c

namespace {
int hidden() { return 5; }
}  // namespace

namespace shape {
struct Square {
  int side;
};
static int area(Square s) { return s.side * s.side; }
}  // namespace shape

int run(Array<Str>) {
  show("both", outer::inner::both());
  show("more", outer::more());
  show("deep", a::b::c::deep());
  show("hidden", hidden());
  show("inline", outer::versioned());
  namespace abc = a::b::c;
  show("alias", abc::deep());
  using outer::inner::both;
  show("using", both());
  {
    using namespace outer;
    show("directive", more());
  }
  // Found through the type of the argument.
  show("area", area(shape::Square{6}));
  return 0;
}

WEFT_MAIN(run)

//| both 21
//| more 101
//| deep 42
//| hidden 5
//| inline 7
//| alias 42
//| using 21
//| directive 101
//| area 36
