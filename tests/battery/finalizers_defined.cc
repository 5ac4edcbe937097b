// A class with a finalizer that is alive all the time: it must not run while the object is used.

#include "tests/battery/show.h"

using namespace weft;

static int early = 0;
class Resource : public Object {
 public:
  bool open = true;
  int id;
  explicit Resource(int id) : id(id) {}
  void finalize() override {
    open = false;
    early++;
  }
};

int run(Array<Str>) {
  List<Resource*> resources;
  for (int i = 0; i < 20; i++) resources.append(new Resource(i));
  gc::collect();
  int open = 0;
  int sum = 0;
  for (Resource* r : resources) {
    open += r->open;
    sum += r->id;
  }
  // From here on nothing uses the objects, and their finalizers may run.
  int so_far = early;
  show("open", open);
  show("sum", sum);
  show("early", so_far);
  return 0;
}

WEFT_MAIN(run)

//| open 20
//| sum 190
//| early 0
