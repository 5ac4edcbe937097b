// Class templates: values and objects, specialisations, static members, nested ones, defaults.

#include "tests/battery/show.h"

using namespace weft;

template <class T, int N = 4>
class Ring {
 public:
  Ring() : items_(N) {}
  void push(T item) {
    items_[next_ % N] = item;
    next_++;
  }
  T get(int back) const { return items_[(next_ - 1 - back) % N]; }
  static constexpr int kSize = N;

 private:
  Array<T> items_;
  int next_ = 0;
};

template <class T>
class Stack : public Object {
 public:
  struct Node : public Object {
    T value;
    Node* next;
    Node(T value, Node* next) : value(value), next(next) {}
  };
  void push(T value) {
    top_ = new Node(value, top_);
    pushed++;
  }
  T pop();
  bool empty() const { return top_ == nullptr; }
  static inline int pushed = 0;

 private:
  Node* top_ = nullptr;
};
template <class T>
T Stack<T>::pop() {
  T value = top_->value;
  top_ = top_->next;
  return value;
}

template <class T>
struct Describe {
  static Str name() { return "unknown"; }
};
template <>
struct Describe<int> {
  static Str name() { return "int"; }
};
template <class T>
struct Describe<List<T>> {
  static Str name() { return "list of " + Describe<T>::name(); }
};
template <class T>
struct Describe<T*> {
  static Str name() { return "pointer to " + Describe<T>::name(); }
};

template <class T>
struct Pair {
  T first;
  T second;
  template <class U>
  Pair<U> to() const {
    return Pair<U>{static_cast<U>(first), static_cast<U>(second)};
  }
};
template <class T>
Pair(T, T) -> Pair<T>;

template <class T>
class Virtual : public Object {
 public:
  virtual T get() = 0;
};
template <class T>
class Constant : public Virtual<T> {
 public:
  T value;
  explicit Constant(T value) : value(value) {}
  T get() override { return value; }
};

int run(Array<Str>) {
  Ring<int> ring;
  for (int i = 0; i < 10; i++) ring.push(i * i);
  show("ring", ring.get(0) * 1000 + ring.get(3));
  Ring<Str, 2> words;
  words.push("a");
  words.push("b");
  words.push("c");
  println(words.get(1) + words.get(0) + format_int(Ring<Str, 2>::kSize));
  Stack<double>* stack = new Stack<double>();
  stack->push(1.5);
  stack->push(2.5);
  show("pop", stack->pop());
  show("pop", stack->pop());
  show("empty", stack->empty());
  show("pushed", Stack<double>::pushed * 10 + Stack<int>::pushed);
  println(Describe<int>::name() + ", " + Describe<List<List<int>>>::name() + ", " +
          Describe<Object*>::name());
  Pair pair{1, 2};
  show("converted", pair.to<double>().second / 4);
  Virtual<Str>* constant = new Constant<Str>("constant");
  println(constant->get());
  show("another", (new Constant<int>(5))->get());
  return 0;
}

WEFT_MAIN(run)

//| ring 81036
//| bc2
//| pop 2.5
//| pop 1.5
//| empty true
//| pushed 20
//| int, list of list of int, pointer to unknown
//| converted 0.5
//| constant
//| another 5
