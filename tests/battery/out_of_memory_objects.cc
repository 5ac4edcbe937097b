// The heap fills up with small objects until an allocation fails; all let go, once more.
// battery: env="WEFT_GC_MAX=32M WEFT_GC_STRESS=0" heavy collects

#include "tests/battery/show.h"

using namespace weft;

class Link : public Object {
 public:
  Link* next;
  int64_t a, b, c, d, e, f, g, h;
  Link(Link* next, int64_t i)
      : next(next), a(i), b(i + 1), c(i + 2), d(i + 3), e(i), f(i), g(i), h(i) {}
  int64_t sum() const { return a + b + c + d + e + f + g + h; }
};

static int64_t sum = 0;

WEFT_NOINLINE static int fill() {
  Link* chain = nullptr;
  int links = 0;
  try {
    while (true) {
      chain = new Link(chain, links);
      links++;
      if (links > 1000000) return -1;
    }
  } catch (MemoryError*) {
    sum += chain->sum();
    // One by one: something that looks like a reference to the first one shall not keep them all.
    while (chain != nullptr) {
      Link* next = chain->next;
      chain->next = nullptr;
      chain = next;
    }
  }
  return links;
}

int run(Array<Str>) {
  // 32 MB hold about 400,000 links of 80 bytes, if the collector does not need part of it to copy.
  int first = fill();
  show("filled", first > 150000 && first < 450000);
  int second = fill();
  show("filled again", second > 150000 && second < 450000);
  show("used", sum > 0);
  return 0;
}

WEFT_MAIN(run)

//| filled true
//| filled again true
//| used true
