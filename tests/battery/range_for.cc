// Range-for over arrays, lists, strings, dicts and tables, by value and by reference.

#include "tests/battery/show.h"

using namespace weft;

static constexpr int kPrimes[] = {2, 3, 5, 7, 11};

int run(Array<Str>) {
  Array<int> array(4);
  int next = 1;
  for (int& item : array) {
    item = next;
    next *= 3;
  }
  for (int item : array) show("array", item);
  List<double> list;
  list.append(0.5);
  list.append(1.5);
  for (double& x : list) x *= 2;
  for (auto x : list) show("list", x);
  for (uint8_t byte : Str("hi")) show("byte", byte);
  Dict<Str, int> dict;
  dict["one"] = 1;
  dict["two"] = 2;
  for (auto [key, value] : dict) show(key, value);
  for (const auto& item : dict) show("item " + item.key, item.value);
  int product = 1;
  for (int p : kPrimes) product *= p;
  show("table", product);
  int found = -1;
  for (int p : kPrimes) {
    if (p < 4) continue;
    found = p;
    break;
  }
  show("found", found);
  for (int x : List<int>()) show("never", x);
  // The list grows while it is walked over.
  List<int> growing;
  growing.append(4);
  for (int x : growing) {
    show("growing", x);
    if (x > 1) growing.append(x / 2);
  }
  return 0;
}

WEFT_MAIN(run)

//| array 1
//| array 3
//| array 9
//| array 27
//| list 1
//| list 3
//| byte 104
//| byte 105
//| one 1
//| two 2
//| item one 1
//| item two 2
//| table 2310
//| found 5
//| growing 4
//| growing 2
//| growing 1
