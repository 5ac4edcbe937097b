// While globals are initialised, at translation time, there is no outside world.

#include "dsl/weft.h"

double started = weft::os::cpu_seconds();  //! W0401: it calls 'weft_os_cpu_seconds'

int run(weft::Array<weft::Str> args) { return started > 1 ? 1 : 0; }

WEFT_MAIN(run)
