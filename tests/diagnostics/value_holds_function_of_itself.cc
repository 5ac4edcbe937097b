// A value class is passed as its fields, so a pointer to a function on it has an endless type.

#include "dsl/weft.h"

struct Handler {  //! W0351: value class 'Handler'
  void (*run)(Handler);
  int64_t count;
};

void ignore(Handler handler) {}

int run(weft::Array<weft::Str> args) {
  Handler handler{ignore, args.length()};
  handler.run(handler);
  return 0;
}

WEFT_MAIN(run)
