// Linked lists of objects: reversed, merged, sorted, and a zipper.

#include "tests/battery/show.h"

using namespace weft;

class Cell : public Object {
 public:
  int head;
  Cell* tail;
  Cell(int head, Cell* tail) : head(head), tail(tail) {}
};
static Cell* make(int n) {
  Cell* list = nullptr;
  for (int i = 0; i < n; i++) list = new Cell(i * 37 % 23, list);
  return list;
}
static Cell* reverse(Cell* list) {
  Cell* result = nullptr;
  while (list != nullptr) {
    Cell* next = list->tail;
    list->tail = result;
    result = list;
    list = next;
  }
  return result;
}
static Cell* merge(Cell* a, Cell* b) {
  if (a == nullptr) return b;
  if (b == nullptr) return a;
  if (b->head < a->head) return new Cell(b->head, merge(a, b->tail));
  return new Cell(a->head, merge(a->tail, b));
}
static Cell* sort_list(Cell* list) {
  if (list == nullptr || list->tail == nullptr) return list;
  Cell* slow = list;
  Cell* fast = list->tail;
  while (fast != nullptr && fast->tail != nullptr) {
    slow = slow->tail;
    fast = fast->tail->tail;
  }
  Cell* second = slow->tail;
  slow->tail = nullptr;
  return merge(sort_list(list), sort_list(second));
}
static Str text(Cell* list) {
  StrBuilder out;
  for (; list != nullptr; list = list->tail) {
    out.append(format_int(list->head));
    if (list->tail != nullptr) out.append_byte(' ');
  }
  return out.build();
}
template <class F>
static Cell* map(Cell* list, F f) {
  return list == nullptr ? nullptr : new Cell(f(list->head), map(list->tail, f));
}
template <class F>
static int fold(Cell* list, int start, F f) {
  for (; list != nullptr; list = list->tail) start = f(start, list->head);
  return start;
}

int run(Array<Str>) {
  println(text(make(10)));
  println(text(reverse(make(10))));
  println(text(sort_list(make(20))));
  println(text(map(make(5), [](int x) { return x * x; })));
  show("sum", fold(make(100), 0, [](int a, int b) { return a + b; }));
  show("hash", fold(make(100), 7, [](int a, int b) { return a * 31 + b; }));
  return 0;
}

WEFT_MAIN(run)

//| 11 20 6 15 1 10 19 5 14 0
//| 0 14 5 19 10 1 15 6 20 11
//| 0 1 2 3 5 6 7 8 10 11 12 13 14 15 16 17 19 20 21 22
//| 100 361 25 196 0
//| sum 1082
//| hash -624137091
