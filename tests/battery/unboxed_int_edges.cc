// battery: solo
// Integers of every size in objects of an Unboxed class: some fit into a reference, some do not.

#include "tests/battery/show.h"

using namespace weft;

class Value : public Object {
 public:
  virtual Str kind() { return "value"; }
};
class Integer : public Unboxed<int64_t, Value> {
 public:
  using Unboxed::Unboxed;
  Str kind() override { return "integer"; }
};
class Pair : public Value {
 public:
  Value* first;
  Value* second;
  Pair(Value* first, Value* second) : first(first), second(second) {}
};

static Value* const frozen_small = new Integer(-5);
static Value* const frozen_large = new Integer(INT64_MIN);
static Array<Value*> frozen_array = [] {
  Array<Value*> result(64);
  for (int i = 0; i < 63; i++) result[i] = new Integer(int64_t{1} << i);
  return result;
}();

WEFT_NOINLINE static Value* make(int64_t value) { return new Integer(value); }
WEFT_NOINLINE static int64_t value_of(Value* value) { return cast<Integer>(value)->value(); }

static Value* add(Value* a, Value* b) {
  Integer* x = dyn_cast<Integer>(a);
  Integer* y = dyn_cast<Integer>(b);
  if (x == nullptr || y == nullptr) return nullptr;
  return new Integer(x->value() + y->value());
}

int run(Array<Str>) {
  int right = 0;
  int tried = 0;
  for (int shift = 0; shift < 64; shift++) {
    for (int64_t delta = -2; delta <= 2; delta++) {
      int64_t wanted = (int64_t{1} << shift) + delta;
      for (int sign = 0; sign < 2; sign++) {
        Value* value = make(wanted);
        tried++;
        right += isa<Integer>(value) && value_of(value) == wanted && value->kind() == "integer" &&
                 same_value(value, make(wanted)) && !same_value(value, make(wanted + 1)) &&
                 value == value && identity_hash(value) == identity_hash(value);
        wanted = -wanted;
      }
    }
  }
  show("all as they were", right == tried);
  show("small", value_of(frozen_small));
  show("large", value_of(frozen_large));
  int frozen = 0;
  for (int i = 0; i < 63; i++) frozen += value_of(frozen_array[i]) == int64_t{1} << i;
  show("frozen", frozen);
  show("null among them",
       frozen_array[63] == nullptr && add(frozen_array[63], frozen_small) == nullptr);

  Value* sum = new Integer(1);
  for (int i = 0; i < 70; i++) {
    sum = add(sum, sum);
    if (i == 20 || i == 46 || i == 47 || i == 61 || i == 62 || i == 63) {
      gc::collect();
      show("sum", value_of(sum));
    }
  }
  Value* chain = nullptr;
  for (int i = 0; i < 1000; i++) chain = new Pair(new Integer(i * int64_t{1000000000000}), chain);
  gc::collect();
  int64_t total = 0;
  for (Pair* pair = cast<Pair>(chain); pair != nullptr; pair = cast<Pair>(pair->second)) {
    total += value_of(pair->first) / 1000000000;
  }
  show("total", total);
  int64_t caught = 0;
  for (int i = 0; i < 10; i++) {
    try {
      Value* value = make(int64_t{1} << (6 * i));
      if (i % 2 == 0) throw new ValueError("even");
      caught += value_of(value);
    } catch (ValueError* e) {
      caught += 1;
    }
  }
  show("caught", caught);
  return 0;
}

WEFT_MAIN(run)

//| all as they were true
//| small -5
//| large -9223372036854775808
//| frozen 63
//| null among them true
//| sum 2097152
//| sum 140737488355328
//| sum 281474976710656
//| sum 4611686018427387904
//| sum -9223372036854775808
//| sum 0
//| total 499500000
//| caught 18018797629997125
