// Globals outside the language.
#include "dsl/weft.h"

using namespace weft;

int base = 4;

int compute() { return base * 2; }

const int kComputed[] = {1, compute()};  //! W0211: the table 'kComputed' is not constant

int counters[8];  //! W0210: the C array 'int[8]'

int& alias = base;  //! W0209: 'alias' would keep a reference

int use() { return kComputed[0] + counters[0] + alias; }

int run(Array<Str> args) { return 0; }
WEFT_MAIN(run)
