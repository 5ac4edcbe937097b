#ifndef WEFT_DSL_WEFT_H_
#define WEFT_DSL_WEFT_H_

// All of restricted C++ beyond the language itself. An interpreter includes this and nothing else
// of Weft; docs/language.md is the specification.

#include "dsl/array.h"
#include "dsl/bits.h"
#include "dsl/closure.h"
#include "dsl/dict.h"
#include "dsl/exception.h"
#include "dsl/gc.h"
#include "dsl/hash.h"
#include "dsl/host.h"
#include "dsl/intrinsics.h"
#include "dsl/list.h"
#include "dsl/macros.h"
#include "dsl/main.h"
#include "dsl/math.h"
#include "dsl/number_format.h"
#include "dsl/number_parse.h"
#include "dsl/object.h"
#include "dsl/os.h"
#include "dsl/overflow.h"
#include "dsl/slots.h"
#include "dsl/sort.h"
#include "dsl/str.h"
#include "dsl/str_builder.h"
#include "dsl/unboxed.h"

#endif  // WEFT_DSL_WEFT_H_
