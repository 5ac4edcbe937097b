// Statements outside the language.
#include "dsl/weft.h"

using namespace weft;

int jump(int n) {
  if (n > 3) goto done;  //! W0101: 'goto' is not in the language
  n++;
done:  //! W0101: 'goto'
  return n;
}

void assembly() {
  asm("nop");  //! W0102: inline assembly
}

void enclosed() {
  __asm__ volatile("" ::: "memory");  //! W0102: inline assembly
}

int range(int n) {
  switch (n) {
    case 1 ... 5:  //! W0124: a range of cases
      return 1;
    default:
      return 0;
  }
}

int whole_body(int n) try {  //! W0125: a function try block
  return n;
} catch (Exception* e) {
  return 0;
}

int next_id() {
  static int* counter = nullptr;  //! W0202: a pointer to 'int'
  static Array<int> ids(3);       //! W0122: the local static 'ids' is not constant
  return ids[0];
}

thread_local int per_thread = 1;  //! W0123: thread-local variables

int use_thread_local() { return per_thread; }

int run(Array<Str> args) { return 0; }
WEFT_MAIN(run)
