// List: append, index, pop, insert, remove, slices, sharing, null.

#include "tests/battery/show.h"

using namespace weft;

static void add_to(List<int> xs, int x) { xs.append(x); }

int run(Array<Str>) {
  List<int> xs;
  show("empty", xs.is_empty());
  for (int i = 0; i < 10; i++) xs.append(i * i);
  show("length", xs.length());
  xs[3] = -1;
  xs[4] += 100;
  show_all("items", xs);
  show("last", xs.last());
  xs.last() = 5;
  show("pop", xs.pop());
  show("length", xs.length());
  xs.insert(0, 77);
  xs.insert(xs.length(), 88);
  xs.insert(2, 99);
  show_all("inserted", xs);
  show("removed", xs.remove_at(2));
  show_all("items", xs);
  List<int> same = xs;
  add_to(same, 1000);
  show("shared", xs.last());
  List<int> copy = xs.copy();
  copy[0] = 0;
  show("copy", xs[0]);
  show("same", xs == same);
  show("not the copy", xs != copy);
  show_all("slice", xs.slice(1, 4));
  show("index_of", xs.index_of(36));
  show("contains", xs.contains(12345));
  xs.reverse();
  show_all("reversed", xs);
  xs.resize(3);
  show_all("shorter", xs);
  xs.resize(5);
  show_all("longer", xs);
  xs.extend(xs);
  show_all("extended", xs);
  show_all("array", xs.to_array());
  xs.clear();
  show("cleared", xs.length());
  List<int> null(nullptr);
  show("null", null == nullptr);
  show("not null", xs != nullptr);
  return 0;
}

WEFT_MAIN(run)

//| empty true
//| length 10
//| items 0 1 4 -1 116 25 36 49 64 81
//| last 81
//| pop 5
//| length 9
//| inserted 77 0 99 1 4 -1 116 25 36 49 64 88
//| removed 99
//| items 77 0 1 4 -1 116 25 36 49 64 88
//| shared 1000
//| copy 77
//| same true
//| not the copy true
//| slice 0 1 4
//| index_of 7
//| contains false
//| reversed 1000 88 64 49 36 25 116 -1 4 1 0 77
//| shorter 1000 88 64
//| longer 1000 88 64 0 0
//| extended 1000 88 64 0 0 1000 88 64 0 0
//| array 1000 88 64 0 0 1000 88 64 0 0
//| cleared 0
//| null true
//| not null true
