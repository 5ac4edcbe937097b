// weft: translate FILE --source -o /dev/null/never
// A program without WEFT_MAIN. A place in the source is not known, so the message has none.
#include "dsl/weft.h"

int run(weft::Array<weft::Str> args) { return 0; }
