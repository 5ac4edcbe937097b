// battery: solo
// Every kind of double in objects of an Unboxed class: they come out as they went in.

#include "tests/battery/show.h"

using namespace weft;

class Value : public Object {
 public:
  virtual Str kind() { return "value"; }
};
class Number : public Unboxed<double, Value> {
 public:
  using Unboxed::Unboxed;
  Str kind() override { return value() < 0 ? Str("negative") : Str("number"); }
};
class Holder : public Value {
 public:
  Value* left = nullptr;
  Value* right;
  explicit Holder(Value* right) : right(right) {}
  Str kind() override { return "holder"; }
};

static Value* const frozen_pi = new Number(3.25);
static Value* const frozen_nan = new Number(kNaN);
static Value* const frozen_zero = new Number(0.0);
static Array<Value*> frozen_array = [] {
  Array<Value*> result(5);
  result[0] = new Number(-0.0);
  result[2] = new Number(kInfinity);
  result[3] = new Holder(new Number(1e-310));
  result[4] = new Number(f64_from_bits(1));
  return result;
}();

WEFT_NOINLINE static Value* make(uint64_t bits) { return new Number(f64_from_bits(bits)); }
WEFT_NOINLINE static uint64_t bits_of(Value* value) {
  Number* number = dyn_cast<Number>(value);
  return number == nullptr ? 1234567 : f64_bits(number->value());
}

int run(Array<Str>) {
  Array<uint64_t> edges(20);
  int count = 0;
  auto add = [&](uint64_t bits) { edges[count++] = bits; };
  add(0);
  add(0x8000000000000000u);
  add(1);
  add(0x8000000000000001u);
  add(0x000fffffffffffffu);
  add(0x0010000000000000u);
  add(0x3ff0000000000000u);
  add(0xbff0000000000000u);
  add(0x7fefffffffffffffu);
  add(0xffefffffffffffffu);
  add(0x7ff0000000000000u);
  add(0xfff0000000000000u);
  add(0x0000ffffffffffffu);
  add(0x0001000000000000u);
  add(0x0002000000000000u);
  add(0xfffdu << 16);
  add(0x4330000000000001u);
  add(0xc330000000000001u);
  int right = 0;
  for (int i = 0; i < count; i++) right += bits_of(make(edges[i])) == edges[i];
  show("as they were", right == count);
  // A NaN stays one, whatever it looks like.
  Array<uint64_t> nans(8);
  nans[0] = 0x7ff8000000000000u;
  nans[1] = 0xfff8000000000000u;
  nans[2] = 0x7fffffffffffffffu;
  nans[3] = 0xffffffffffffffffu;
  nans[4] = 0x7ff0000000000001u;
  nans[5] = 0xfff0000000000001u;
  nans[6] = 0xfffe000000000000u;
  nans[7] = 0xffff000000000001u;
  int stayed = 0;
  for (uint64_t bits : nans) {
    Value* value = make(bits);
    Number* number = dyn_cast<Number>(value);
    stayed += number != nullptr && is_nan(number->value()) && value->kind() == "number" &&
              same_value(value, value);
  }
  show("still NaNs", stayed);
  double infinity = kInfinity;
  show("made by dividing", is_nan(cast<Number>(new Number(infinity - infinity))->value()));
  show("same zeros", same_value(frozen_zero, make(0)));
  show("other zeros", same_value(frozen_zero, make(0x8000000000000000u)));
  show("NaN is not null", frozen_nan != nullptr && isa<Number>(frozen_nan));
  show("frozen", cast<Number>(frozen_pi)->value());

  List<Value*> mixed;
  for (Value* value : frozen_array) mixed.append(value);
  mixed.append(nullptr);
  mixed.append(new Holder(nullptr));
  mixed.append(new Number(-2.5));
  gc::collect();
  for (Value* value : mixed) {
    Str line = value == nullptr ? Str("null") : value->kind();
    if (Number* number = dyn_cast<Number>(value))
      line = line + " " + format_double(number->value());
    if (Holder* holder = dyn_cast<Holder>(value)) {
      line = line + (holder->right == nullptr ? Str(" of null") : " of " + holder->right->kind());
      holder->left = new Number(0.5);
      holder->right = holder->left;
      gc::collect();
      line = line + " " + format_double(cast<Number>(holder->right)->value());
    }
    println(line);
  }
  return 0;
}

WEFT_MAIN(run)

//| as they were true
//| still NaNs 8
//| made by dividing true
//| same zeros true
//| other zeros false
//| NaN is not null true
//| frozen 3.25
//| number -0
//| null
//| number inf
//| holder of number 0.5
//| number 5e-324
//| null
//| holder of null 0.5
//| negative -2.5
