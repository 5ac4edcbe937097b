// The other half of tests/diagnostics/initializer_cycle.cc.
#include "tests/diagnostics/other/cycle.h"

weft::List<int> first = second_list();

weft::List<int> first_list() { return first; }
