// The heap fills up with live objects until an allocation fails; after letting go, it goes on.
// battery: env="WEFT_GC_MAX=64M" heavy

#include "tests/battery/show.h"

using namespace weft;

class Block : public Object {
 public:
  Array<int64_t> data = Array<int64_t>(1000);
  Block* next;
  explicit Block(Block* next) : next(next) {}
};

WEFT_NOINLINE static int fill() {
  Block* chain = nullptr;
  int blocks = 0;
  try {
    while (true) {
      chain = new Block(chain);
      blocks++;
      if (blocks > 100000) return -1;
    }
  } catch (MemoryError*) {
    chain = nullptr;
  }
  return blocks;
}

int run(Array<Str>) {
  int blocks = fill();
  // 64 MB hold about 8,000 blocks of 8 KB.
  show("filled", blocks > 5000 && blocks < 9000);
  return 0;
}

WEFT_MAIN(run)

//| filled true
