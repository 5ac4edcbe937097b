// Guards run while a stack overflow unwinds, and handlers on the way may stop it.
// battery: heavy

#include "tests/battery/show.h"

using namespace weft;

static int64_t held = 0;
static int64_t most = 0;
class Guard {
 public:
  Guard() {
    held++;
    if (held > most) most = held;
  }
  Guard(const Guard&) = delete;
  ~Guard() { held--; }
};

static int64_t deep(int64_t n) {
  Guard guard;
  return n < 0 ? 0 : deep(n + 1) + 1;
}
static int64_t stubborn(int64_t n) {
  if (n < 0) return 0;
  try {
    return stubborn(n + 1) + 1;
  } catch (ValueError*) {
    return 7;
  }
}
static int handled = 0;
static int64_t at_each_thousandth(int64_t n) {
  if (n % 1000 != 0) return at_each_thousandth(n + 1);
  try {
    return at_each_thousandth(n + 1);
  } catch (StackOverflowError*) {
    handled++;
    throw;
  }
}

int run(Array<Str>) {
  try {
    deep(1);
  } catch (StackOverflowError*) {
    println("caught");
  }
  show("open", held);
  show("deep enough", most > 1000);
  try {
    stubborn(1);
  } catch (StackOverflowError*) {
    println("not stopped by another handler");
  }
  try {
    at_each_thousandth(1);
  } catch (StackOverflowError*) {
    show("handled on the way", handled >= 1);
  }
  return 0;
}

WEFT_MAIN(run)

//| caught
//| open 0
//| deep enough true
//| not stopped by another handler
//| handled on the way true
