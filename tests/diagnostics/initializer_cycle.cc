// weft: check tests/diagnostics/other/cycle.cc FILE
// Two sources whose globals need each other.
#include "tests/diagnostics/other/cycle.h"

weft::List<int> second = first_list();  //! W0405: need each other

weft::List<int> second_list() { return second; }

int run(weft::Array<weft::Str> args) { return second[0]; }
WEFT_MAIN(run)
