// if, else if, an initialiser in the condition, and a declaration as the condition.

#include "tests/battery/show.h"

using namespace weft;

static Str kind(int x) {
  if (x < 0) return "negative";
  if (x == 0) {
    return "zero";
  } else if (x < 10) {
    return "small";
  } else if (x < 100)
    return "medium";
  else
    return "large";
}

class Box : public Object {
 public:
  int value = 5;
};

int run(Array<Str>) {
  println(kind(-5) + " " + kind(0) + " " + kind(7) + " " + kind(50) + " " + kind(1000));
  if (int x = 6; x > 5) show("with initialiser", x);
  if (int y = 3) show("declared", y);
  if (int z = 0) {
    show("not here", z);
  } else {
    show("declared in else", z);
  }
  Object* object = new Box();
  if (Box* box = dyn_cast<Box>(object)) show("box", box->value);
  Object* none = nullptr;
  if (none) println("not here");
  if (!none && object) println("pointers as conditions");
  if constexpr (sizeof(int32_t) == 4) {
    println("if constexpr");
  } else {
    println("not here");
  }
  if (object) {
  } else {
    println("not here");
  }
  return 0;
}

WEFT_MAIN(run)

//| negative zero small medium large
//| with initialiser 6
//| declared 3
//| declared in else 0
//| box 5
//| pointers as conditions
//| if constexpr
