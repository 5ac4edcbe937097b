// Unboxed objects in lists, dicts, arrays, fields, globals and closures.

#include "tests/battery/show.h"

using namespace weft;

class Value : public Object {
 public:
  virtual bool is_number() { return false; }
};
class Number : public Unboxed<int64_t, Value> {
 public:
  using Unboxed::Unboxed;
  bool is_number() override { return true; }
  Number* next() { return new Number(value() + 1); }
};
class Pair : public Value {
 public:
  Value* first;
  Value* second;
  Pair(Value* first, Value* second) : first(first), second(second) {}
};
static Value* zero = new Number(0);
static Array<Value*> cached = [] {
  Array<Value*> result(10);
  for (int i = 0; i < 10; i++) result[i] = new Number(i * i);
  return result;
}();

static int64_t total(Value* value) {
  if (Number* n = dyn_cast<Number>(value)) return n->value();
  Pair* pair = cast<Pair>(value);
  return total(pair->first) + total(pair->second);
}

int run(Array<Str>) {
  List<Value*> list;
  for (int i = 0; i < 20; i++) {
    list.append(i % 3 == 0 ? static_cast<Value*>(new Pair(new Number(i), zero)) : new Number(i));
  }
  gc::collect();
  int64_t sum = 0;
  int numbers = 0;
  for (Value* v : list) {
    sum += total(v);
    numbers += v->is_number();
  }
  show("sum", sum);
  show("numbers", numbers);
  Value* tree = cached[3];
  for (Value* v : cached) tree = new Pair(tree, v);
  show("tree", total(tree));
  Dict<Str, Value*> dict;
  dict["a"] = new Number(1);
  dict["b"] = dict["a"];
  show("dict", total(dict["a"]) + total(dict["b"]));
  Closure<Value*()> closure = [v = new Number(41)] { return v->next(); };
  gc::collect();
  show("closure", total(closure()));
  show("null", dyn_cast<Number>(static_cast<Value*>(nullptr)) == nullptr);
  show("same value", same_value(cached[2], new Number(4)));
  show("not a pair", isa<Pair>(zero));
  Number* n = new Number(0);
  for (int i = 0; i < 1000; i++) n = n->next();
  show("counted", n->value());
  return 0;
}

WEFT_MAIN(run)

//| sum 190
//| numbers 13
//| tree 294
//| dict 2
//| closure 42
//| null true
//| same value true
//| not a pair false
//| counted 1000
