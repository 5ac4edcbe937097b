// Objects that refer to one another: lists, trees, cycles, and fields of every type.

#include "tests/battery/show.h"

using namespace weft;

class Node : public Object {
 public:
  int key;
  Node* left = nullptr;
  Node* right = nullptr;
  explicit Node(int key) : key(key) {}
};

static void insert(Node*& place, int key) {
  if (place == nullptr) {
    place = new Node(key);
  } else if (key < place->key) {
    insert(place->left, key);
  } else if (key > place->key) {
    insert(place->right, key);
  }
}
static void walk(Node* node, List<int> out) {
  if (node == nullptr) return;
  walk(node->left, out);
  out.append(node->key);
  walk(node->right, out);
}

class Ring : public Object {
 public:
  int id;
  Ring* next;
  explicit Ring(int id) : id(id), next(this) {}
};

class Everything : public Object {
 public:
  bool b = true;
  int8_t i8 = -1;
  uint8_t u8 = 2;
  int16_t i16 = -3;
  uint16_t u16 = 4;
  int32_t i32 = -5;
  uint32_t u32 = 6;
  int64_t i64 = -7;
  uint64_t u64 = 8;
  float f = 0.5f;
  double d = 0.25;
  char c = 'c';
  Str s = "s";
  Array<int> a = Array<int>(1);
  Everything* other = nullptr;
  int untouched{};
  double total() const {
    return b + i8 + u8 + i16 + u16 + i32 + u32 + static_cast<double>(i64) +
           static_cast<double>(u64) + f + d + c + s.length() + a.length() + untouched;
  }
};

int run(Array<Str>) {
  Node* root = nullptr;
  int key = 17;
  for (int i = 0; i < 40; i++) {
    insert(root, key);
    key = (key * 31 + 7) % 101;
  }
  List<int> keys;
  walk(root, keys);
  show_all("tree", keys);
  Ring* ring = new Ring(0);
  for (int i = 1; i < 7; i++) {
    Ring* next = new Ring(i);
    next->next = ring->next;
    ring->next = next;
  }
  // Every third one leaves.
  Ring* at = ring;
  print("ring");
  while (at->next != at) {
    at = at->next->next;
    print(" " + format_int(at->next->id));
    at->next = at->next->next;
  }
  println(" left " + format_int(at->id));
  Everything* e = new Everything();
  e->other = e;
  e->other->other->i64 = -700;
  show("everything", e->total());
  return 0;
}

WEFT_MAIN(run)

//| tree 4 6 11 13 15 17 18 23 28 29 30 31 39 45 49 59 60 64 67 68 72 89 92 95 98
//| ring 4 1 5 0 2 6 left 3
//| everything -586.25
