// The arguments of the program; args[0] is its own name.
// battery: args="first 'second one' --third"

#include "tests/battery/show.h"

using namespace weft;

int run(Array<Str> args) {
  show("number", args.length());
  for (int64_t i = 1; i < args.length(); i++) println("'" + args[i] + "'");
  show("has a name", args[0].length() > 0);
  return 0;
}

WEFT_MAIN(run)

//| number 4
//| 'first'
//| 'second one'
//| '--third'
//| has a name true
