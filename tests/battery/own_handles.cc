// A handle class of one's own: a stack that is passed by value and shared.

#include "tests/battery/show.h"

using namespace weft;

class StackData : public Object {
 public:
  Array<int> items = Array<int>(2);
  int count = 0;
};
class WEFT_HANDLE Stack {
 public:
  Stack() : data_(new StackData()) {}
  explicit Stack(StackData* data) : data_(data) {}

  void push(int x) const {
    if (data_->count == data_->items.length()) {
      data_->items = resized(data_->items, 2 * data_->count);
    }
    data_->items[data_->count++] = x;
  }
  int pop() const { return data_->items[--data_->count]; }
  int& top() const { return data_->items[data_->count - 1]; }
  int count() const { return data_->count; }
  bool is_null() const { return data_ == nullptr; }
  Stack self() const { return *this; }
  static Stack none() { return Stack(nullptr); }

 private:
  StackData* data_;
};

class WEFT_HANDLE Named {
 public:
  Named(Str name, Stack stack) : name_(name), stack_(stack) {}
  Str name() const { return name_; }
  Stack stack() const { return stack_; }

 private:
  Str name_;
  Stack stack_;
};

static void fill(Stack s, int n) {
  for (int i = 0; i < n; i++) s.push(i);
}

int run(Array<Str>) {
  Stack stack;
  fill(stack, 10);
  show("count", stack.count());
  Stack same = stack;
  show("pop", same.pop());
  show("shared", stack.count());
  stack.top() += 100;
  show("top", same.top());
  same = Stack();
  same.push(5);
  show("apart", stack.count() * 10 + same.count());
  show("null", Stack::none().is_null());
  stack.self().push(77);
  show("self", stack.pop());
  List<Stack> stacks;
  stacks.append(stack);
  stacks.append(same);
  stacks[1].push(6);
  show("in a list", same.count());
  Named named("n", same);
  Named copy = named;
  copy.stack().push(7);
  show(named.name(), named.stack().top());
  Array<Stack> array(1);
  show("zeroed", array[0].is_null());
  return 0;
}

WEFT_MAIN(run)

//| count 10
//| pop 9
//| shared 9
//| top 108
//| apart 91
//| null true
//| self 77
//| in a list 2
//| n 7
//| zeroed true
