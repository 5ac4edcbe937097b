// finalize() runs once after an object is out of reach; it may bring the object back.
// battery: collects

#include "tests/battery/show.h"

using namespace weft;

static int finalized = 0;

class Resource : public Object {
 public:
  int id;
  explicit Resource(int id) : id(id) {}
  void finalize() override { finalized++; }
};
class Phoenix : public Object {
 public:
  static Phoenix* reborn;
  int deaths = 0;
  void finalize() override {
    deaths++;
    reborn = this;
  }
};
Phoenix* Phoenix::reborn = nullptr;

WEFT_NOINLINE static void make(int n) {
  for (int i = 0; i < n; i++) new Resource(i);
}
WEFT_NOINLINE static void make_phoenix() { new Phoenix(); }
// Overwrites what earlier calls may have left on the stack.
WEFT_NOINLINE static int clear_stack(int n) { return n == 0 ? 0 : clear_stack(n - 1) + 1; }

int run(Array<Str>) {
  Resource* kept = new Resource(1000);
  make(50);
  clear_stack(50);
  gc::collect();
  gc::collect();
  show("nearly all", finalized >= 48 && finalized <= 50);
  show("kept", kept->id);
  int before = finalized;
  gc::collect();
  show("only once", finalized - before <= 2);
  make_phoenix();
  clear_stack(50);
  gc::collect();
  gc::collect();
  show("reborn", Phoenix::reborn != nullptr);
  gc::collect();
  if (Phoenix::reborn != nullptr) show("deaths", Phoenix::reborn->deaths);
  return 0;
}

WEFT_MAIN(run)

//| nearly all true
//| kept 1000
//| only once true
//| reborn true
//| deaths 1
