// Unboxed classes: objects with virtual methods that hold one int or double.

#include "tests/battery/show.h"

using namespace weft;

class Value : public Object {
 public:
  virtual Str show() = 0;
  virtual bool truthy() { return true; }
  virtual Value* add(Value*) { throw new ValueError("cannot add"); }
};
class Number : public Unboxed<double, Value> {
 public:
  using Unboxed::Unboxed;
  Str show() override { return format_double(value()); }
  bool truthy() override { return value() != 0; }
  Value* add(Value* other) override {
    if (Number* n = dyn_cast<Number>(other)) return new Number(value() + n->value());
    return Value::add(other);
  }
};
class Integer : public Unboxed<int64_t, Value> {
 public:
  explicit Integer(int64_t value) : Unboxed(value) {}
  Str show() override { return format_int(value()) + "i"; }
  Value* add(Value* other) override {
    if (Integer* i = dyn_cast<Integer>(other)) return new Integer(value() + i->value());
    if (Number* n = dyn_cast<Number>(other)) {
      return new Number(static_cast<double>(value()) + n->value());
    }
    return Value::add(other);
  }
};
class Nil : public Value {
 public:
  Str show() override { return "nil"; }
  bool truthy() override { return false; }
};

static Value* const nil = new Nil();
static Value* const half = new Number(0.5);

int run(Array<Str>) {
  List<Value*> values;
  values.append(new Number(1.5));
  values.append(new Integer(-7));
  values.append(nil);
  values.append(half);
  values.append(new Integer(INT64_MAX));
  values.append(new Integer(INT64_MIN));
  values.append(new Number(-0.0));
  values.append(new Number(1e300));
  for (Value* v : values) println(v->show() + (v->truthy() ? Str(" true") : Str(" false")));
  println(values[0]->add(half)->show());
  println(values[1]->add(values[1])->show());
  println(values[1]->add(half)->show());
  try {
    half->add(nil);
  } catch (ValueError* e) {
    println(e->message);
  }
  show("isa", isa<Number>(values[0]) && !isa<Number>(values[1]) && isa<Value>(values[1]));
  show("cast", cast<Integer>(values[1])->value());
  Value* sum = new Integer(0);
  for (int i = 1; i <= 1000; i++) sum = sum->add(new Integer(i));
  println(sum->show());
  double total = 0;
  for (Value* v : values) {
    if (Number* n = dyn_cast<Number>(v)) total += n->value();
  }
  show("total", total);
  show("nan", is_nan((new Number(kNaN))->value()));
  return 0;
}

WEFT_MAIN(run)

//| 1.5 true
//| -7i true
//| nil false
//| 0.5 true
//| 9223372036854775807i true
//| -9223372036854775808i true
//| -0 false
//| 1e+300 true
//| 2
//| -14i
//| -6.5
//| cannot add
//| isa true
//| cast -7
//| 500500i
//| total 1e+300
//| nan true
