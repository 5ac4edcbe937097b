// Small value classes of the kind that interpreters are made of: optional, span, variant by hand.

#include "tests/battery/show.h"

using namespace weft;

template <class T>
struct Maybe {
  bool known = false;
  T value{};

  static Maybe of(T value) {
    Maybe result;
    result.known = true;
    result.value = value;
    return result;
  }
  T or_else(T other) const { return known ? value : other; }
};

struct Span {
  Array<int> items;
  int64_t start;
  int64_t length;

  int& operator[](int64_t i) const { return items[start + i]; }
  Span sub(int64_t from, int64_t count) const { return Span{items, start + from, count}; }
};

enum class Tag : uint8_t { kNil, kNumber, kText };
struct Value {
  Tag tag = Tag::kNil;
  double number = 0;
  Str text = nullptr;

  static Value of(double number) {
    Value v;
    v.tag = Tag::kNumber;
    v.number = number;
    return v;
  }
  static Value of(Str text) {
    Value v;
    v.tag = Tag::kText;
    v.text = text;
    return v;
  }
  Str show() const {
    switch (tag) {
      case Tag::kNil:
        return "nil";
      case Tag::kNumber:
        return format_double(number);
      case Tag::kText:
        return "'" + text + "'";
    }
    return "?";
  }
};

static Maybe<int> find(Array<int> items, int wanted) {
  for (int i = 0; i < items.length(); i++) {
    if (items[i] == wanted) return Maybe<int>::of(i);
  }
  return Maybe<int>();
}

int run(Array<Str>) {
  Array<int> items(6);
  for (int i = 0; i < 6; i++) items[i] = i * i;
  show("found", find(items, 16).or_else(-1));
  show("missing", find(items, 17).or_else(-1));
  println(Maybe<Str>::of("text").or_else("none") + " " + Maybe<Str>().or_else("none"));
  Span span{items, 1, 5};
  span[0] = 100;
  show("span", items[1]);
  show("sub", span.sub(2, 2)[1]);
  List<Value> stack;
  stack.append(Value::of(2.5));
  stack.append(Value::of(Str("two")));
  stack.append(Value());
  for (const Value& v : stack) println(v.show());
  stack[0] = stack[1];
  println(stack[0].show());
  return 0;
}

WEFT_MAIN(run)

//| found 4
//| missing -1
//| text none
//| span 100
//| sub 16
//| 2.5
//| 'two'
//| nil
//| 'two'
