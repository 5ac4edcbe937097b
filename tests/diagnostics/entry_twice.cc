// Two entry points, here in one file.
#include "dsl/weft.h"

int first(weft::Array<weft::Str> args) { return 0; }
WEFT_MAIN(first)

namespace other {
int second(weft::Array<weft::Str> args) { return 0; }
WEFT_MAIN(second)  //! W0136: a second entry point
}  // namespace other
