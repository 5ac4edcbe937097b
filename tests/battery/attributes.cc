// Attributes and noexcept change nothing.

#include "tests/battery/show.h"

using namespace weft;

[[nodiscard]] static int must_use() { return 1; }
[[noreturn]] static void fail(Str text) { throw new ValueError(text); }
static int no_throw(int x) noexcept { return x * 2; }
[[maybe_unused]] static int unused() { return 0; }
[[deprecated]] static int old() { return 3; }

static int classify(int x) {
  if (x < 0) [[unlikely]] {
    fail("negative");
  }
  if (x < 10) [[likely]]
    return 1;
  switch (x) {
    [[likely]] case 10:
      return 2;
    case 11:
      [[fallthrough]];
    default:
      return 3;
  }
}

int run(Array<Str>) {
  show("sum", must_use() + no_throw(20));
  show("classify", classify(5) * 100 + classify(10) * 10 + classify(11));
  [[maybe_unused]] int ignored = 7;
  try {
    classify(-1);
  } catch (ValueError* e) {
    println(e->message);
  }
  show("old", old());
  show("noexcept of a call", noexcept(no_throw(1)));
  if (likely(must_use() == 1)) println("likely");
  if (unlikely(must_use() == 2)) println("not here");
  return 0;
}

WEFT_MAIN(run)

//| sum 41
//| classify 123
//| negative
//| old 3
//| noexcept of a call true
//| likely
