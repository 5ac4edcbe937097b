// A large heap that lives on and changes: a table of records in which random ones are replaced and
// linked to others, so that old objects keep getting young ones into their fields.

#include "dsl/weft.h"

using namespace weft;

static constexpr int kLinks = 4;

class Record : public Object {
 public:
  int64_t key;
  Array<Record*> links;
  explicit Record(int64_t key) : key(key), links(kLinks) {}
};

static uint64_t state = 88172645463325252u;

static uint64_t next_random() {
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return state;
}

int run(Array<Str> args) {
  int64_t size = 200000;
  if (args.length() > 1 && !parse_int(args[1], size)) return 2;
  int64_t steps = size * 10;
  Record* first = new Record(0);
  Array<Record*> table(size);
  table[0] = first;
  for (int64_t i = 1; i < size; i++) table[i] = new Record(i);
  int64_t sum = 0;
  for (int64_t step = 0; step < steps; step++) {
    uint64_t bits = next_random();
    int64_t at = static_cast<int64_t>((bits >> 8) % static_cast<uint64_t>(size));
    if (bits % 8 == 0) {
      // What others link to lives on with the links it had, so those go first.
      Record* old = table[at];
      Array<Record*> links = old->links;
      for (int i = 0; i < kLinks; i++) links[i] = nullptr;
      table[at] = new Record(step);
    } else {
      int64_t other = static_cast<int64_t>((bits >> 32) % static_cast<uint64_t>(size));
      Record* to = table[other];
      Record* from = table[at];
      Array<Record*> links = from->links;
      links[static_cast<int64_t>(bits % kLinks)] = to;
      sum += to->key;
    }
  }
  println(format_int(sum));
  return 0;
}

WEFT_MAIN(run)
