// Globals that are built by code: interned names, tables, cycles and shared objects.

#include "tests/battery/show.h"

using namespace weft;

class Symbol : public Object {
 public:
  Str name;
  int id;
  Symbol(Str name, int id) : name(name), id(id) {}
};

class Table : public Object {
 public:
  Dict<Str, Symbol*> symbols;
  List<Symbol*> order;
  Symbol* intern(Str name) {
    Symbol* symbol = symbols.get(name, nullptr);
    if (symbol == nullptr) {
      symbol = new Symbol(name, static_cast<int>(order.length()));
      symbols[name] = symbol;
      order.append(symbol);
    }
    return symbol;
  }
};

static Table* const table = new Table();
static Symbol* const plus = table->intern("+");
static Symbol* const minus = table->intern("-");
static Symbol* const also_plus = table->intern("+");

class Person : public Object {
 public:
  Str name;
  Person* partner = nullptr;
  explicit Person(Str name) : name(name) {}
};
static Person* ann = new Person("Ann");
static Person* ben = [] {
  Person* person = new Person("Ben");
  person->partner = ann;
  ann->partner = person;
  return person;
}();

class Operation : public Object {
 public:
  virtual int apply(int a, int b) = 0;
};
class Add : public Operation {
 public:
  int apply(int a, int b) override { return a + b; }
};
class Scale : public Operation {
 public:
  int factor;
  explicit Scale(int factor) : factor(factor) {}
  int apply(int a, int b) override { return factor * (a + b); }
};
static Array<Operation*> make_operations() {
  Array<Operation*> result(3);
  result[0] = new Add();
  result[1] = new Scale(10);
  result[2] = result[0];
  return result;
}
static Array<Operation*> operations = make_operations();

static Closure<int(int)> add_five = [] {
  int five = 5;
  return Closure<int(int)>([five](int x) { return x + five; });
}();

static const double kSquareRoot = sqrt(2.0);
static Str kText = format_double(kSquareRoot);
static WeakRef<Person> weak(ann);

static int fail_and_recover() {
  try {
    throw new ValueError("at translation time");
  } catch (ValueError* e) {
    return static_cast<int>(e->message.length());
  }
}
static int recovered = fail_and_recover();

int run(Array<Str>) {
  show("interned", plus == also_plus);
  show("different", plus != minus);
  show("found", table->intern("-")->id);
  show("new", table->intern("*")->id);
  show("symbols", table->order.length());
  for (auto [name, symbol] : table->symbols) show(name, symbol->id);
  println(ben->partner->name + " " + ann->partner->name);
  show("cycle", ann->partner->partner == ann);
  for (Operation* operation : operations) show("apply", operation->apply(2, 3));
  show("shared", operations[0] == operations[2]);
  show("closure", add_five(37));
  println(kText);
  show("weak", weak.get() == ann);
  show("recovered", recovered);
  int64_t before = identity_hash(ann);
  gc::collect();
  show("identity_hash", identity_hash(ann) == before);
  show("hash of a string", kText.hash() == Str("1.4142135623730951").hash());
  return 0;
}

WEFT_MAIN(run)

//| interned true
//| different true
//| found 1
//| new 2
//| symbols 3
//| + 0
//| - 1
//| * 2
//| Ann Ben
//| cycle true
//| apply 5
//| apply 50
//| apply 5
//| shared true
//| closure 42
//| 1.4142135623730951
//| weak true
//| recovered 19
//| identity_hash true
//| hash of a string true
