// Allocations that cannot succeed throw MemoryError, which is an ordinary exception.

#include "tests/battery/show.h"

using namespace weft;

struct Large {
  int64_t a;
  int64_t b;
  int64_t c;
  int64_t d;
};

// What is allocated must be used: an allocation that nothing uses may be left out.
static int64_t used = 0;
template <class T>
static void use(Array<T> array) {
  used += array.length();
}

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
  attempt("huge", [] { use(Array<int64_t>(int64_t{1} << 45)); });
  attempt("most", [] { use(Array<uint8_t>(INT64_MAX)); });
  attempt("overflowing", [] { use(Array<Large>((int64_t{1} << 59) + 1)); });
  attempt("negative", [] { use(Array<int>(-1)); });
  attempt("very negative", [] { use(Array<int>(INT64_MIN)); });
  attempt("string", [] { used += str_new(int64_t{1} << 50).length(); });
  attempt("negative string", [] { used += str_new(-5).length(); });
  attempt("list", [] { used += List<int>::with_capacity(int64_t{1} << 50).length(); });
  attempt("repeat", [] { used += repeat("0123456789", int64_t{1} << 50).length(); });
  attempt("small", [] { use(Array<int64_t>(1000)); });
  try {
    use(Array<int>(-1));
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
