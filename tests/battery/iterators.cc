// Range-for over classes of one's own: members or functions, an end of another type, by reference.

#include "tests/battery/show.h"

using namespace weft;

struct Countdown {
  int from;
  struct End {};
  struct Iterator {
    int value;
    int operator*() const { return value; }
    Iterator& operator++() {
      value--;
      return *this;
    }
    bool operator!=(End) const { return value > 0; }
  };
  Iterator begin() const { return Iterator{from}; }
  End end() const { return End(); }
};

class Node : public Object {
 public:
  int value;
  Node* next;
  Node(int value, Node* next) : value(value), next(next) {}
};
struct Chain {
  Node* first = nullptr;
};
struct NodeIterator {
  Node* node;
  int& operator*() const { return node->value; }
  void operator++() { node = node->next; }
  bool operator!=(const NodeIterator& other) const { return node != other.node; }
};
static NodeIterator begin(Chain& chain) { return NodeIterator{chain.first}; }
static NodeIterator end(Chain&) { return NodeIterator{nullptr}; }

struct Evens {
  Array<int> items;
  struct Iterator {
    Array<int> items;
    int64_t at;
    void skip() {
      while (at < items.length() && items[at] % 2 != 0) at++;
    }
    int& operator*() { return items[at]; }
    void operator++() {
      at++;
      skip();
    }
    bool operator!=(const Iterator& other) const { return at < other.at; }
  };
  Iterator begin() const {
    Iterator it{items, 0};
    it.skip();
    return it;
  }
  Iterator end() const { return Iterator{items, items.length()}; }
};

int run(Array<Str>) {
  for (int i : Countdown{3}) show("down", i);
  int product = 1;
  for (int i : Countdown{5}) {
    if (i == 2) continue;
    product *= i;
  }
  show("product", product);
  Chain chain;
  for (int i = 0; i < 4; i++) chain.first = new Node(i, chain.first);
  for (int& value : chain) value *= 10;
  int sum = 0;
  for (int value : chain) sum = sum * 7 + value;
  show("sum", sum);
  Array<int> items(8);
  for (int i = 0; i < 8; i++) items[i] = i * 3;
  for (int& even : Evens{items}) even = -1;
  show_all("items", items);
  for (auto&& item : items) item++;
  show("last", items[7]);
  return 0;
}

WEFT_MAIN(run)

//| down 3
//| down 2
//| down 1
//| product 60
//| sum 11340
//| items -1 3 -1 9 -1 15 -1 21
//| last 22
