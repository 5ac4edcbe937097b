// An exception of a class of one's own, without a message, that nobody catches. Guards run.
// battery: exit=1 stderr="uncaught exception: Custom"

#include "tests/battery/show.h"

using namespace weft;

class Custom : public Exception {};

class Guard {
 public:
  Guard() {}
  Guard(const Guard&) = delete;
  ~Guard() { print("guard"); }
};

int run(Array<Str>) {
  Guard guard;
  print("output without a newline is written out, ");
  throw new Custom();
}

WEFT_MAIN(run)

//| output without a newline is written out, guard
