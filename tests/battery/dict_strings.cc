// Dict with string keys: order of insertion, update in place, removal, lookup.

#include "tests/battery/show.h"

using namespace weft;

int run(Array<Str>) {
  Dict<Str, int> ages;
  show("empty", ages.is_empty());
  ages["ann"] = 30;
  ages["bob"] = 25;
  ages.set("cid", 41);
  show("new", ages.set("dan", 7));
  show("old", ages.set("ann", 31));
  ages["bob"] += 100;
  for (auto [name, age] : ages) show(name, age);
  show("length", ages.length());
  show("contains", ages.contains("cid") && !ages.contains("eve"));
  show("built key", ages[Str("c") + "id"]);
  show("get", ages.get("bob"));
  show("get missing", ages.get("eve", -1));
  show("get default", ages.get("eve"));
  int age = 0;
  show("lookup", ages.lookup("dan", age));
  show("age", age);
  show("lookup missing", ages.lookup("eve", age));
  show("kept", age);
  try {
    ages.at("eve")++;
  } catch (LookupError* e) {
    println(e->message);
  }
  ages.at("dan")++;
  show("at", ages["dan"]);
  show("remove", ages.remove("ann"));
  show("remove again", ages.remove("ann"));
  ages["ann"] = 1;
  for (auto [name, value] : ages) print(name + " ");
  println("|");
  show("created by []", ages["new"]);
  show("length", ages.length());
  ages.clear();
  show("cleared", ages.length());
  ages[""] = 5;
  show("empty key", ages[""]);
  Dict<Str, int> null(nullptr);
  show("null", null == nullptr);
  return 0;
}

WEFT_MAIN(run)

//| empty true
//| new true
//| old false
//| ann 31
//| bob 125
//| cid 41
//| dan 7
//| length 4
//| contains true
//| built key 41
//| get 125
//| get missing -1
//| get default 0
//| lookup true
//| age 7
//| lookup missing false
//| kept 7
//| no such key
//| at 8
//| remove true
//| remove again false
//| bob cid dan ann |
//| created by [] 0
//| length 5
//| cleared 0
//| empty key 5
//| null true
