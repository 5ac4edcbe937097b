// battery: solo
// Unboxed objects where references go: weak references, exceptions, keys of dicts, globals, values,
// places, closures and finalizers, with collections in between.

#include "tests/battery/show.h"

using namespace weft;

class Value : public Object {};
class Number : public Unboxed<double, Value> {
 public:
  using Unboxed::Unboxed;
};
class Integer : public Unboxed<int64_t, Value> {
 public:
  using Unboxed::Unboxed;
};
class Name : public Value {
 public:
  Str text;
  explicit Name(Str text) : text(text) {}
};

static Str text_of(Value* value) {
  if (value == nullptr) return "null";
  if (Number* n = dyn_cast<Number>(value)) return format_double(n->value());
  if (Integer* i = dyn_cast<Integer>(value)) return format_int(i->value()) + "i";
  return cast<Name>(value)->text;
}

class Thrown : public Exception {
 public:
  Value* value;
  explicit Thrown(Value* value) : Exception("thrown"), value(value) {}
};

struct Key {
  Value* value;
};
template <>
struct weft::Hasher<Key> {
  static uint64_t hash(Key key) {
    if (Number* n = dyn_cast<Number>(key.value)) return mix_hash(f64_bits(n->value()));
    if (Integer* i = dyn_cast<Integer>(key.value))
      return mix_hash(static_cast<uint64_t>(i->value()));
    if (Name* name = dyn_cast<Name>(key.value)) return Hasher<Str>::hash(name->text);
    return 0;
  }
  static bool equal(Key a, Key b) {
    Name* x = dyn_cast<Name>(a.value);
    Name* y = dyn_cast<Name>(b.value);
    if (x != nullptr && y != nullptr) return x->text == y->text;
    return same_value(a.value, b.value);
  }
};

struct Two {
  Value* first = nullptr;
  Value* second = nullptr;
};

static Value* current = new Number(0.5);
static Two both{new Integer(3), new Name("three")};
static WeakRef<Value> frozen_weak(current);

static void pick(int64_t number) {
  if (number % 4 == 0) throw new Thrown(new Number(static_cast<double>(number) / 8));
  if (number % 4 == 1) throw new Thrown(new Integer(number << 50));
  if (number % 4 == 2) throw new Thrown(new Name("two"));
  throw new Thrown(nullptr);
}

WEFT_NOINLINE static void replace(Value*& place, Value* by) {
  gc::collect();
  place = by;
}

class Last : public Value {
 public:
  Value* kept;
  explicit Last(Value* kept) : kept(kept) {}
  void finalize() override { current = kept; }
};

int run(Array<Str>) {
  Value* kept = new Number(6.5);
  WeakRef<Value> weak(kept);
  WeakRef<Number> weak_number(cast<Number>(kept));
  Value* large = new Integer(INT64_MAX);
  WeakRef<Value> weak_large(large);
  for (int i = 0; i < 3; i++) gc::collect();
  show("weak", text_of(weak.get()) + " " + text_of(weak_number.get()));
  show("weak large", text_of(weak_large.get()) + " " + text_of(large));
  show("frozen weak", text_of(frozen_weak.get()) + " " + text_of(current) + " " + text_of(kept));

  Str line = "";
  for (int i = 0; i < 8; i++) {
    try {
      pick(i);
    } catch (Thrown* e) {
      gc::collect();
      line = line + " " + text_of(e->value);
    }
  }
  show("thrown", line);

  Dict<Key, Value*> dict;
  for (int i = 0; i < 40; i++) {
    dict[Key{new Number(i / 2.0)}] = new Integer(i);
    dict[Key{new Integer(i)}] = new Number(i * 0.125);
    dict[Key{new Name(format_int(i))}] = i % 3 == 0 ? nullptr : static_cast<Value*>(new Name("n"));
  }
  gc::collect();
  show("entries", dict.length());
  show("found", text_of(dict[Key{new Number(9.5)}]) + " " + text_of(dict[Key{new Integer(9)}]) +
                    " " + text_of(dict[Key{new Name("9")}]) + " " +
                    text_of(dict[Key{new Name("10")}]));

  show("both", text_of(both.first) + " " + text_of(both.second));
  replace(both.first, new Number(1.25));
  replace(both.second, new Integer(-4));
  show("both", text_of(both.first) + " " + text_of(both.second));
  Array<Two> pairs(3);
  for (int i = 0; i < 3; i++) {
    replace(pairs[i].first, new Integer(i));
    replace(pairs[i].second, i == 1 ? nullptr : static_cast<Value*>(new Number(i)));
  }
  Value* local = nullptr;
  replace(local, new Number(2.75));
  gc::collect();
  line = "";
  for (Two pair : pairs) line = line + " " + text_of(pair.first) + " " + text_of(pair.second);
  show("pairs", line + " " + text_of(local));

  Closure<Value*(Value*)> next = [step = new Integer(5)](Value* value) -> Value* {
    return new Integer(cast<Integer>(value)->value() + step->value());
  };
  gc::collect();
  show("closure", text_of(next(next(new Integer(1)))));
  int64_t hash = identity_hash(current);
  gc::collect();
  show("hash", hash == identity_hash(current) && identity_hash(new Number(0)) >= 0);
  Value* chosen = dict.length() > 3 ? static_cast<Value*>(new Number(4)) : new Name("none");
  show("chosen", text_of(chosen));
  new Last(new Number(9));
  return 0;
}

WEFT_MAIN(run)

//| weak 6.5 6.5
//| weak large 9223372036854775807i 9223372036854775807i
//| frozen weak 0.5 0.5 6.5
//| thrown  0 1125899906842624i two null 0.5 5629499534213120i two null
//| entries 120
//| found 19i 1.125 null n
//| both 3i three
//| both 1.25 -4i
//| pairs  0i 0 1i null 2i 2 2.75
//| closure 11i
//| hash true
//| chosen 4
