// Dijkstra's algorithm with a heap of structs, and breadth-first search.

#include "tests/battery/show.h"

using namespace weft;

struct Edge {
  int to;
  int length;
};
struct Entry {
  int distance;
  int node;
};
class Heap : public Object {
 public:
  void push(Entry entry) {
    items_.append(entry);
    int64_t i = items_.length() - 1;
    while (i > 0) {
      int64_t parent = (i - 1) / 2;
      if (items_[parent].distance <= items_[i].distance) break;
      swap(i, parent);
      i = parent;
    }
  }
  Entry pop() {
    Entry top = items_[0];
    Entry last = items_.pop();
    if (!items_.is_empty()) {
      items_[0] = last;
      int64_t i = 0;
      while (true) {
        int64_t child = 2 * i + 1;
        if (child >= items_.length()) break;
        if (child + 1 < items_.length() && items_[child + 1].distance < items_[child].distance)
          child++;
        if (items_[i].distance <= items_[child].distance) break;
        swap(i, child);
        i = child;
      }
    }
    return top;
  }
  bool is_empty() const { return items_.is_empty(); }

 private:
  void swap(int64_t i, int64_t j) {
    Entry t = items_[i];
    items_[i] = items_[j];
    items_[j] = t;
  }
  List<Entry> items_;
};

int run(Array<Str>) {
  constexpr int kNodes = 60;
  Array<List<Edge>> graph(kNodes);
  for (int i = 0; i < kNodes; i++) {
    graph[i] = List<Edge>();
    graph[i].append(Edge{(i + 1) % kNodes, 7});
    graph[i].append(Edge{(i * 7 + 3) % kNodes, 10 + i % 5});
  }
  Array<int> distance(kNodes);
  fill(distance, INT32_MAX);
  Heap* heap = new Heap();
  distance[0] = 0;
  heap->push(Entry{0, 0});
  int popped = 0;
  while (!heap->is_empty()) {
    auto [length, node] = heap->pop();
    popped++;
    if (length > distance[node]) continue;
    for (const Edge& edge : graph[node]) {
      int next = length + edge.length;
      if (next < distance[edge.to]) {
        distance[edge.to] = next;
        heap->push(Entry{next, edge.to});
      }
    }
  }
  int64_t sum = 0;
  int farthest = 0;
  for (int d : distance) {
    sum += d;
    farthest = max(farthest, d);
  }
  show("sum", sum);
  show("farthest", farthest);
  show("popped", popped);
  return 0;
}

WEFT_MAIN(run)

//| sum 2446
//| farthest 68
//| popped 61
