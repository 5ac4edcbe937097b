// Functions that give a value which nobody looks at, or which never comes.

#include "tests/battery/show.h"

using namespace weft;

struct Pair {
  int32_t first;
  double second;
};

struct Named {
  Str name;
  int64_t number;
  bool flag;
};

class Refused : public Exception {
 public:
  using Exception::Exception;
};

WEFT_NOINLINE static Named refuse(int64_t number) {
  if (number > 0) throw new Refused("too large");
  throw new Refused("too small");
}

// Handed on, and never taken apart.
WEFT_NOINLINE static Named hand_on(int64_t number) { return refuse(number); }

static int calls = 0;

WEFT_NOINLINE static Pair count() {
  calls++;
  return Pair{calls, 0.5};
}

struct Handler {
  Pair (*make)();
};

WEFT_NOINLINE static void apply(const Handler& handler) { handler.make(); }

static void attempt(int64_t number) {
  try {
    hand_on(number);
    show("came back", number);
  } catch (Refused* refused) {
    show("refused", refused->message);
  }
}

int run(Array<Str>) {
  attempt(1);
  attempt(-1);
  count();
  Pair unused = count();
  apply(Handler{count});
  show("calls", calls);
  return 0;
}

WEFT_MAIN(run)

//| refused too large
//| refused too small
//| calls 3
