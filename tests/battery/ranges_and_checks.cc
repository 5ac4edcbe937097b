// Checks that can be proven and checks that cannot, with the same results: indices from many
// sources.

#include "tests/battery/show.h"

using namespace weft;

static int sum_all(Array<int> a) {
  int sum = 0;
  for (int i = 0; i < a.length(); i++) sum += a[i];
  for (int64_t i = a.length() - 1; i >= 0; i--) sum += a[i];
  return sum;
}
static int masked(Array<int> a, uint32_t x) { return a[x & 7] + a[x % 8] + a[(x >> 29) & 7]; }
static int guarded(Array<int> a, int i) { return i >= 0 && i < a.length() ? a[i] : -1; }
static int clamped(Array<int> a, int i) {
  if (i < 0) i = 0;
  if (i > 7) i = 7;
  return a[i];
}
static int binary_search(Array<int> a, int wanted) {
  int64_t low = 0;
  int64_t high = a.length();
  while (low < high) {
    int64_t middle = low + (high - low) / 2;
    if (a[middle] < wanted) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return static_cast<int>(low);
}
static int divided(int x, int y) {
  if (y == 0) return 0;
  int z = x / y;
  return z + x % (y * y + 1);
}
class Node : public Object {
 public:
  Node* next = nullptr;
  int value = 0;
};
static int non_null(Node* node) {
  if (node == nullptr) return -1;
  int first = node->value;
  if (node->next != nullptr && node->next->value > 0) return first + node->next->value;
  Node* last = node;
  while (last->next != nullptr) last = last->next;
  return last->value;
}

int run(Array<Str>) {
  Array<int> a(8);
  for (int i = 0; i < 8; i++) a[i] = i * 10;
  show("sum", sum_all(a));
  show("masked", masked(a, 0xdeadbeef));
  show("guarded", guarded(a, 3) + guarded(a, 8) + guarded(a, -1));
  show("clamped", clamped(a, -100) + clamped(a, 100) + clamped(a, 4));
  show("search", binary_search(a, 35) * 100 + binary_search(a, 0) * 10 + binary_search(a, 999));
  show("divided", divided(100, 7) + divided(100, 0));
  Node* node = new Node();
  node->value = 5;
  show("non-null", non_null(node) * 100 + non_null(nullptr));
  node->next = new Node();
  show("last", non_null(node));
  node->next->value = 3;
  show("both", non_null(node));
  return 0;
}

WEFT_MAIN(run)

//| sum 560
//| masked 200
//| guarded 28
//| clamped 110
//| search 408
//| divided 14
//| non-null 499
//| last 0
//| both 8
