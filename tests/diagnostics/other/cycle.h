#ifndef WEFT_TESTS_DIAGNOSTICS_OTHER_CYCLE_H_
#define WEFT_TESTS_DIAGNOSTICS_OTHER_CYCLE_H_

#include "dsl/weft.h"

weft::List<int> first_list();
weft::List<int> second_list();

#endif  // WEFT_TESTS_DIAGNOSTICS_OTHER_CYCLE_H_
