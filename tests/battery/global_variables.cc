// Globals of every kind: constants, variables, objects, containers, and what changes at run time.

#include "tests/battery/show.h"

using namespace weft;

static int counter = 5;
static double ratio = 0.5 * 3;
static Str greeting = Str("hel") + "lo";
static bool flag = counter > 3;
static Str nothing = nullptr;
int external_linkage = 8;
inline int inline_variable = 9;
const int kConstant = counter * 2;
static int zero_initialised;

class Node : public Object {
 public:
  int value;
  Node* next;
  Node(int value, Node* next) : value(value), next(next) {}
};
static Node* chain = new Node(1, new Node(2, new Node(3, nullptr)));
static Node* const fixed = chain->next;

struct Config {
  int width = 80;
  Str name = "default";
};
static Config config;
static Config wide{200, "wide"};

static Array<int> squares = [] {
  Array<int> result(10);
  for (int i = 0; i < 10; i++) result[i] = i * i;
  return result;
}();
static List<Str> journal;
static Dict<Str, int> ages;
static int64_t sum_of_squares = [] {
  int64_t sum = 0;
  for (int x : squares) sum += x;
  return sum;
}();

class Registry : public Object {
 public:
  static Registry* instance;
  static inline int count = 3;
  List<int> items;
};
Registry* Registry::instance = new Registry();

static int next() {
  static int calls = 100;
  return ++calls;
}

int run(Array<Str>) {
  show("counter", counter);
  counter += 10;
  show("changed", counter);
  show("ratio", ratio);
  println(greeting);
  show("flag", flag);
  show("null", nothing == nullptr);
  show("others", external_linkage * 10 + inline_variable);
  show("constant", kConstant);
  show("zero", zero_initialised);
  show("chain", chain->next->next->value);
  show("fixed", fixed->value);
  chain->next->value = 20;
  show("same object", fixed->value);
  chain = new Node(7, chain);
  show("new head", chain->value + chain->next->value);
  println(config.name + " " + wide.name);
  config.width++;
  wide = config;
  wide.name = "copy";
  show(config.name, wide.width);
  show("squares", squares[9]);
  squares[9] = 0;
  show("sum", sum_of_squares);
  journal.append("first");
  show("log", journal.length());
  ages["ann"] = 30;
  show("ages", ages["ann"]);
  Registry::instance->items.append(Registry::count);
  Registry::count = 4;
  show("registry", Registry::instance->items[0] * 10 + Registry::count);
  next();
  show("static local", next());
  int& place = counter;
  place = 1;
  show("reference", counter);
  return 0;
}

WEFT_MAIN(run)

//| counter 5
//| changed 15
//| ratio 1.5
//| hello
//| flag true
//| null true
//| others 89
//| constant 10
//| zero 0
//| chain 3
//| fixed 2
//| same object 20
//| new head 8
//| default wide
//| default 81
//| squares 81
//| sum 285
//| log 1
//| ages 30
//| registry 34
//| static local 102
//| reference 1
