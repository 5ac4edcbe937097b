// A weak reference gives null once its target is collected.
// battery: collects

#include "tests/battery/show.h"

using namespace weft;

class Thing : public Object {
 public:
  int id;
  explicit Thing(int id) : id(id) {}
};

WEFT_NOINLINE static void make(List<WeakRef<Thing>> refs, List<Thing*> kept) {
  for (int i = 0; i < 100; i++) {
    Thing* thing = new Thing(i);
    refs.append(WeakRef<Thing>(thing));
    if (i % 10 == 0) kept.append(thing);
  }
}

int run(Array<Str>) {
  List<WeakRef<Thing>> refs;
  List<Thing*> kept;
  make(refs, kept);
  gc::collect();
  int alive = 0;
  int wrong = 0;
  for (int i = 0; i < 100; i++) {
    Thing* thing = refs[i].get();
    if (thing == nullptr) continue;
    alive++;
    if (thing->id != i) wrong++;
  }
  // A few may still be found on the stack or in registers by a collector that is careful.
  show("about ten are alive", alive >= 10 && alive <= 12);
  show("wrong", wrong);
  kept.clear();
  gc::collect();
  alive = 0;
  for (WeakRef<Thing> ref : refs) alive += ref.get() != nullptr;
  show("about none is", alive <= 2);
  show("collections", gc::stat(gc::kCollections) >= 2);
  return 0;
}

WEFT_MAIN(run)

//| about ten are alive true
//| wrong 0
//| about none is true
//| collections true
