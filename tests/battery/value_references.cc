// Structs that hold objects, strings, arrays and containers: copies share what they refer to.

#include "tests/battery/show.h"

using namespace weft;

class Node : public Object {
 public:
  int value;
  explicit Node(int value) : value(value) {}
};

struct Entry {
  Str name;
  Node* node;
  Array<int> numbers;
  List<Str> tags;
  double weight;
};

static Entry make(Str name, int value) {
  Entry entry{name, new Node(value), Array<int>(2), List<Str>(), 0.5};
  entry.numbers[0] = value;
  return entry;
}

static Node* pick(Entry a, Entry b, bool first) { return first ? a.node : b.node; }

int run(Array<Str>) {
  Entry a = make("a", 1);
  Entry b = a;
  b.name = "b";
  b.node->value = 10;
  b.numbers[1] = 5;
  b.tags.append("shared");
  b.weight = 2;
  println(a.name + " " + b.name);
  show("node", a.node->value);
  show("numbers", a.numbers[1]);
  show("tags", a.tags.length());
  show("weight", a.weight);
  b.node = new Node(99);
  show("own pointer", a.node->value);
  List<Entry> entries;
  for (int i = 0; i < 20; i++) entries.append(make("n" + format_int(i), i * i));
  int total = 0;
  for (Entry entry : entries) total += entry.node->value + entry.numbers[0];
  show("total", total);
  show("picked", pick(entries[3], entries[4], false)->value);
  Array<Entry> array(2);
  show("null name", array[0].name == nullptr);
  show("null node", array[0].node == nullptr);
  show("null list", array[0].tags == nullptr);
  array[0] = entries[7];
  println(array[0].name);
  Entry& place = array[1];
  place = array[0];
  place.name = place.name + "!";
  println(array[0].name + " " + array[1].name);
  return 0;
}

WEFT_MAIN(run)

//| a b
//| node 10
//| numbers 5
//| tags 1
//| weight 0.5
//| own pointer 10
//| total 4940
//| picked 16
//| null name true
//| null node true
//| null list true
//| n7
//| n7 n7!
