// battery: solo
// Several Unboxed classes in one program, at different depths: tests of the class, casts and
// virtual calls at every level, whatever each object looks like.

#include "tests/battery/show.h"

using namespace weft;

class Value : public Object {
 public:
  virtual Str name() { return "value"; }
  virtual bool is_number() { return false; }
};
class Numeric : public Value {
 public:
  bool is_number() override { return true; }
  virtual double as_double() = 0;
};
class Number : public Unboxed<double, Numeric> {
 public:
  using Unboxed::Unboxed;
  Str name() override { return "number"; }
  double as_double() override { return value(); }
};
class Percent : public Number {
 public:
  explicit Percent(double value) : Number(value / 100) {}
  Str name() override { return "percent of " + Number::name(); }
};
class Degrees : public Unboxed<double, Numeric> {
 public:
  using Unboxed::Unboxed;
  Str name() override { return "degrees"; }
  double as_double() override { return value() / 180; }
};
class Integer : public Unboxed<int64_t, Numeric> {
 public:
  using Unboxed::Unboxed;
  double as_double() override { return static_cast<double>(value()); }
  Str name() override { return "integer"; }
};
class Ordinal final : public Integer {
 public:
  using Integer::Integer;
  Str name() override { return "ordinal"; }
};
// Not in the hierarchy of the others.
class Word : public Unboxed<int64_t> {
 public:
  using Unboxed::Unboxed;
};
// A base with a field, and a finalizer: never in a reference.
class Tagged : public Value {
 public:
  int tag = 7;
};
class Labelled : public Unboxed<double, Tagged> {
 public:
  using Unboxed::Unboxed;
  Str name() override { return "labelled " + text_of(tag); }
};
class Watched : public Unboxed<int64_t, Value> {
 public:
  using Unboxed::Unboxed;
  void finalize() override { count++; }
  static int count;
};
int Watched::count = 0;

// Uses the object while it is made.
static List<Object*> registered;
class Registered : public Unboxed<double, Value> {
 public:
  explicit Registered(double value) : Unboxed(value) { registered.append(this); }
  Str name() override { return "registered"; }
};

class Text : public Value {
 public:
  Str name() override { return "text"; }
};

static void tell(Object* object) {
  Str line = "";
  auto test = [&](bool holds, Str name) {
    if (holds) line = line + " " + name;
  };
  test(isa<Object>(object), "Object");
  test(isa<Value>(object), "Value");
  test(isa<Numeric>(object), "Numeric");
  test(isa<Unboxed<double, Numeric>>(object), "UnboxedDouble");
  test(isa<Number>(object), "Number");
  test(isa<Percent>(object), "Percent");
  test(isa<Degrees>(object), "Degrees");
  test(isa<Unboxed<int64_t, Numeric>>(object), "UnboxedInt");
  test(isa<Integer>(object), "Integer");
  test(isa<Ordinal>(object), "Ordinal");
  test(isa<Word>(object), "Word");
  test(isa<Labelled>(object), "Labelled");
  test(isa<Watched>(object), "Watched");
  test(isa<Registered>(object), "Registered");
  test(isa<Text>(object), "Text");
  if (Value* value = dyn_cast<Value>(object)) {
    line = line + " | " + value->name() + (value->is_number() ? Str(" #") : Str(""));
    if (Numeric* numeric = dyn_cast<Numeric>(value)) {
      line = line + " " + format_double(numeric->as_double());
    }
    if (Number* number = dyn_cast<Number>(value)) {
      line = line + " " + format_double(number->value());
    }
    if (auto* held = dyn_cast<Unboxed<double, Numeric>>(value)) {
      line = line + " " + format_double(held->value());
    }
    if (auto* held = dyn_cast<Unboxed<int64_t, Numeric>>(value)) {
      line = line + " " + format_int(held->value());
    }
  }
  if (Word* word = dyn_cast<Word>(object)) line = line + " word " + format_int(word->value());
  println(object == nullptr ? Str("null") : line);
}

int run(Array<Str>) {
  List<Object*> objects;
  objects.append(new Number(1.5));
  objects.append(new Number(-0.25));
  objects.append(new Number(1e9));
  objects.append(new Percent(50));
  objects.append(new Degrees(90));
  objects.append(new Integer(12));
  objects.append(new Integer(INT64_MAX));
  objects.append(new Integer(-12));
  objects.append(new Ordinal(3));
  objects.append(new Word(77));
  objects.append(nullptr);
  objects.append(new Text());
  objects.append(new Labelled(2));
  objects.append(new Registered(8));
  gc::collect();
  for (Object* object : objects) tell(object);
  for (Object* object : registered) tell(object);
  for (int i = 0; i < objects.length(); i++) {
    for (int j = 0; j < objects.length(); j++) {
      if (i != j && same_value(objects[i], objects[j])) println("the same");
    }
  }
  show("same",
       same_value(new Percent(50), new Number(0.5)) && same_value(new Ordinal(3), new Integer(3)));
  show("other hierarchy", same_value(new Word(3), new Integer(3)));
  show("labelled", (new Labelled(4))->value() + (new Labelled(4))->tag);
  show("watched", (new Watched(4))->value() + Watched::count * 0);
  return 0;
}

WEFT_MAIN(run)

//|  Object Value Numeric UnboxedDouble Number | number # 1.5 1.5 1.5
//|  Object Value Numeric UnboxedDouble Number | number # -0.25 -0.25 -0.25
//|  Object Value Numeric UnboxedDouble Number | number # 1000000000 1000000000 1000000000
//|  Object Value Numeric UnboxedDouble Number Percent | percent of number # 0.5 0.5 0.5
//|  Object Value Numeric UnboxedDouble Degrees | degrees # 0.5 90
//|  Object Value Numeric UnboxedInt Integer | integer # 12 12
//|  Object Value Numeric UnboxedInt Integer | integer # 9.223372036854776e+18 9223372036854775807
//|  Object Value Numeric UnboxedInt Integer | integer # -12 -12
//|  Object Value Numeric UnboxedInt Integer Ordinal | ordinal # 3 3
//|  Object Word word 77
//| null
//|  Object Value Text | text
//|  Object Value Labelled | labelled 7
//|  Object Value Registered | registered
//|  Object Value Registered | registered
//| same true
//| other hierarchy false
//| labelled 11
//| watched 4
