// Linked lists that come and go, each element observed through a weak reference from a table that
// outlives it: a cache of what happens to be alive.

#include "dsl/weft.h"

using namespace weft;

class Element : public Object {
 public:
  int64_t value;
  Element* next;
  Element(int64_t value, Element* next) : value(value), next(next) {}
};

int run(Array<Str> args) {
  int64_t rounds = 20000;
  if (args.length() > 1 && !parse_int(args[1], rounds)) return 2;
  static constexpr int kLists = 64;
  static constexpr int kLength = 100;
  static constexpr int kObserved = 1024;
  Array<Element*> lists(kLists);
  Array<WeakRef<Element>> observed(kObserved);
  int64_t sum = 0;
  for (int64_t round = 0; round < rounds; round++) {
    Element* list = nullptr;
    for (int i = 0; i < kLength; i++) {
      list = new Element(round + i, list);
      if (i % 10 == 0) observed[(round * 10 + i / 10) % kObserved] = WeakRef<Element>(list);
    }
    lists[round % kLists] = list;
    // The lists of the last 64 rounds are alive for sure; a walk through one of them.
    for (Element* e = lists[(round * 7) % kLists]; e != nullptr; e = e->next) sum += e->value;
    // One that is alive, through its weak reference.
    sum += observed[(round * 10) % kObserved].get()->value;
  }
  println(format_int(sum));
  return 0;
}

WEFT_MAIN(run)
