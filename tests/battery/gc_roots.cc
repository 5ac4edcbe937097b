// References held only by locals, parameters, temporaries, structs, closures, exceptions and
// globals.

#include "tests/battery/show.h"

using namespace weft;

class Cell : public Object {
 public:
  int value;
  Cell* next;
  explicit Cell(int value, Cell* next = nullptr) : value(value), next(next) {}
};
struct Pair {
  Cell* first;
  Str text;
};
class CellError : public Exception {
 public:
  Cell* cell;
  explicit CellError(Cell* cell) : Exception("cell"), cell(cell) {}
};

static Cell* global = nullptr;
static Pair global_pair;
static List<Cell*> cells;

static void churn() {
  for (int i = 0; i < 50; i++) new Cell(-1, new Cell(-2));
  gc::collect();
}
static Cell* fresh(int n) {
  churn();
  return new Cell(n);
}
static int add(Cell* a, Cell* b, Str text) {
  churn();
  return a->value + b->value + static_cast<int>(text.length());
}
static Pair make_pair(int n) {
  Pair pair{new Cell(n), "p" + format_int(n)};
  churn();
  return pair;
}
static void fill(Pair& pair, int n) {
  pair.first = fresh(n);
  pair.text = pair.text + format_int(n);
  churn();
}

int run(Array<Str>) {
  Cell* local = fresh(1);
  churn();
  show("local", local->value);
  show("arguments", add(fresh(2), fresh(3), "te" + format_int(45)));
  Pair pair = make_pair(6);
  churn();
  println(pair.text + " " + format_int(pair.first->value));
  fill(pair, 7);
  println(pair.text + " " + format_int(pair.first->value));
  Array<Pair> pairs(3);
  pairs[1] = make_pair(8);
  fill(pairs[2] = make_pair(9), 10);
  churn();
  println(pairs[1].text + " " + pairs[2].text + " " + format_int(pairs[2].first->value));
  global = new Cell(11, new Cell(12));
  global_pair = make_pair(13);
  cells.append(new Cell(14));
  churn();
  show("global", global->next->value + global_pair.first->value + cells[0]->value);
  Closure<int()> closure = [c = fresh(15)] { return c->value; };
  churn();
  show("closure", closure());
  try {
    churn();
    throw new CellError(fresh(16));
  } catch (CellError* e) {
    churn();
    show("exception", e->cell->value);
  }
  Cell* chain = nullptr;
  for (int i = 0; i < 100; i++) {
    chain = new Cell(i, chain);
    if (i % 20 == 0) churn();
  }
  int length = 0;
  for (Cell* c = chain; c != nullptr; c = c->next) length += c->value == 99 - length;
  show("chain", length);
  Dict<Str, Cell*> dict;
  for (int i = 0; i < 50; i++) dict["k" + format_int(i)] = fresh(i);
  int right = 0;
  for (int i = 0; i < 50; i++) right += dict["k" + format_int(i)]->value == i;
  show("dict", right);
  show("conditional", (length > 5 ? fresh(17) : fresh(18))->value);
  Cell* swapped = fresh(19);
  Cell* other = fresh(20);
  for (int i = 0; i < 3; i++) {
    Cell* t = swapped;
    swapped = other;
    other = t;
    churn();
  }
  show("swapped", swapped->value * 100 + other->value);
  return 0;
}

WEFT_MAIN(run)

//| local 1
//| arguments 9
//| p6 6
//| p67 7
//| p8 p910 10
//| global 39
//| closure 15
//| exception 16
//| chain 100
//| dict 50
//| conditional 17
//| swapped 2019
