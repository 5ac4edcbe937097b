// Allocations that cannot succeed throw MemoryError, which is an ordinary exception.

#include "tests/battery/show.h"

using namespace weft;

struct Large {
  int64_t a;
  int64_t b;
  int64_t c;
  int64_t d;
};

template <class F>
static void attempt(Str name, F allocate) {
  try {
    allocate();
    println(name + " worked");
  } catch (MemoryError* e) {
    println(name + ": " + e->message);
  }
}

int run(Array<Str>) {
  attempt("huge", [] { Array<int64_t> a(int64_t{1} << 45); });
  attempt("most", [] { Array<uint8_t> a(INT64_MAX); });
  attempt("overflowing", [] { Array<Large> a((int64_t{1} << 59) + 1); });
  attempt("negative", [] { Array<int> a(-1); });
  attempt("very negative", [] { Array<int> a(INT64_MIN); });
  attempt("string", [] { str_new(int64_t{1} << 50); });
  attempt("negative string", [] { str_new(-5); });
  attempt("list", [] { List<int>::with_capacity(int64_t{1} << 50); });
  attempt("repeat", [] { repeat("0123456789", int64_t{1} << 50); });
  attempt("small", [] { Array<int64_t> a(1000); });
  try {
    Array<int> a(-1);
  } catch (Exception* e) {
    show("the same one", e == memory_error_instance);
  }
  return 0;
}

WEFT_MAIN(run)

//| huge: out of memory
//| most: out of memory
//| overflowing: out of memory
//| negative: out of memory
//| very negative: out of memory
//| string: out of memory
//| negative string: out of memory
//| list: out of memory
//| repeat: out of memory
//| small worked
//| the same one true
