// Weak references to objects that live on, and to nothing.

#include "tests/battery/show.h"

using namespace weft;

class Thing : public Object {
 public:
  int id;
  explicit Thing(int id) : id(id) {}
};
class SubThing : public Thing {
 public:
  using Thing::Thing;
};

int run(Array<Str>) {
  Thing* thing = new Thing(5);
  WeakRef<Thing> weak(thing);
  for (int i = 0; i < 3; i++) {
    for (int j = 0; j < 100; j++) new Thing(j);
    gc::collect();
    show("alive", weak.get() == thing);
  }
  show("id", weak.get()->id);
  WeakRef<Thing> none;
  show("none", none.get() == nullptr);
  WeakRef<Thing> of_null(nullptr);
  show("of null", of_null.get() == nullptr);
  List<WeakRef<Thing>> refs;
  List<Thing*> things;
  for (int i = 0; i < 50; i++) {
    things.append(i % 2 == 0 ? new Thing(i) : new SubThing(i));
    refs.append(WeakRef<Thing>(things[i]));
  }
  gc::collect();
  int right = 0;
  for (int i = 0; i < 50; i++) right += refs[i].get() == things[i] && refs[i].get()->id == i;
  show("right", right);
  WeakRef<Thing> copy = refs[7];
  show("copy", copy.get()->id);
  show("subclass", isa<SubThing>(copy.get()));
  // A variable keeps its object up to its last use, not to the end of its scope.
  show("kept", things[7]->id);
  return 0;
}

WEFT_MAIN(run)

//| alive true
//| alive true
//| alive true
//| id 5
//| none true
//| of null true
//| right 50
//| copy 7
//| subclass true
//| kept 7
